namespace Coordinator.Bitcoin;

/// <summary>One member's part of a signature: a scalar below the group order, 32 bytes big-endian; zero is legal.</summary>
public sealed class PartialSignature : WireBytes, IWireBytes<PartialSignature>
{
    private PartialSignature(ReadOnlySpan<byte> bytes)
        : base(bytes)
    {
    }

    public static int Size => 32;

    public static string Name => "partial signature";

    public static PartialSignature? TryFrom(ReadOnlySpan<byte> bytes) => IsValid(bytes) ? new(bytes) : null;

    public static bool IsValid(ReadOnlySpan<byte> bytes) => Scalars.IsReduced(bytes);

    /// <exception cref="BitcoinFormatException">Not a partial signature.</exception>
    public static PartialSignature Parse(string hex) => Require<PartialSignature>(hex);

    internal static PartialSignature FromTrusted(ReadOnlySpan<byte> bytes) => new(bytes);
}

/// <summary>A BIP-340 signature: the x coordinate of R ‖ s, 64 bytes. R is not checked to be on the curve before verification.</summary>
public sealed class CompactSignature : WireBytes, IWireBytes<CompactSignature>
{
    private CompactSignature(ReadOnlySpan<byte> bytes)
        : base(bytes)
    {
    }

    public static int Size => 64;

    public static string Name => "signature";

    public static CompactSignature? TryFrom(ReadOnlySpan<byte> bytes) => IsValid(bytes) ? new(bytes) : null;

    public static bool IsValid(ReadOnlySpan<byte> bytes) => bytes.Length == 64 && Scalars.IsReduced(bytes[32..]);

    /// <exception cref="BitcoinFormatException">Not 64 bytes with a scalar at the end.</exception>
    public static CompactSignature Parse(string hex) => Require<CompactSignature>(hex);

    /// <summary>BIP-340 verification.</summary>
    public bool Verify(XOnlyPublicKey key, ReadOnlySpan<byte> message) => Secp256k1.SchnorrVerify(key, message, Bytes);
}

/// <summary>
/// A signature that lacks the scalar of its adaptor point: compressed R without that point (33 bytes, zeros for infinity) ‖ s, 65 bytes
/// (dlctix.md §11.8, §12).
/// </summary>
public sealed class AdaptorSignature : WireBytes, IWireBytes<AdaptorSignature>
{
    private readonly byte[] _r;

    private AdaptorSignature(ReadOnlySpan<byte> bytes, byte[] r)
        : base(bytes) => _r = r;

    public static int Size => 65;

    public static string Name => "adaptor signature";

    private ReadOnlySpan<byte> S => Bytes[33..];

    public static AdaptorSignature? TryFrom(ReadOnlySpan<byte> bytes)
    {
        var r = new byte[Points.Size];
        return TryRead(bytes, r) ? new(bytes, r) : null;
    }

    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        Span<byte> r = stackalloc byte[Points.Size];
        return TryRead(bytes, r);
    }

    /// <exception cref="BitcoinFormatException">Not an adaptor signature.</exception>
    public static AdaptorSignature Parse(string hex) => Require<AdaptorSignature>(hex);

    /// <summary>
    /// True where the scalar of <paramref name="adaptor"/>, and nothing else, completes this to a signature on the message.
    /// </summary>
    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, PublicKey adaptor)
    {
        Span<byte> e = stackalloc byte[32];
        SessionMath.Challenge(_r, adaptor, key.Bytes[1..], message, e, out var isOdd);
        return SessionMath.Holds(S, _r, isOdd, e, key);
    }

    /// <summary>
    /// Completes the signature with the adaptor point's scalar. Null where the nonce comes out as infinity. The result is a valid
    /// signature exactly when this one verifies under that scalar's point.
    /// </summary>
    public CompactSignature? Adapt(SecretKey scalar)
    {
        Span<byte> nonce = stackalloc byte[Points.Size];
        Span<byte> compressed = stackalloc byte[33];
        Span<byte> s = stackalloc byte[32];
        _r.CopyTo(nonce);
        Points.Add(nonce, scalar.PublicKey.Parsed);
        if (Points.IsInfinity(nonce))
        {
            return null;
        }

        Points.Serialize(nonce, compressed);
        scalar.Bytes.CopyTo(s);
        if (compressed[0] == 3)
        {
            Scalars.Negate(s);
        }

        Scalars.Add(s, S);
        return CompactSignature.TryFrom([.. compressed[1..], .. s]);
    }

    /// <summary>
    /// The adaptor point's scalar, read off the completed signature as it was published; null where the two do not belong together.
    /// </summary>
    public SecretKey? Reveal(CompactSignature completed)
    {
        Span<byte> nonce = stackalloc byte[Points.Size];
        Span<byte> difference = stackalloc byte[Points.Size];
        Span<byte> point = stackalloc byte[Points.Size];
        if (!Points.TryParse([2, .. completed.Bytes[..32]], allowInfinity: false, nonce))
        {
            return null;
        }

        Span<byte> scalar = stackalloc byte[32];
        S.CopyTo(scalar);
        Scalars.Negate(scalar);
        Scalars.Add(scalar, completed.Bytes[32..]);
        Points.Generate(scalar, point);

        _r.CopyTo(difference);
        Points.Negate(difference);
        Points.Add(difference, nonce); // Rf − R, where the completed nonce is even
        if (Points.AreEqual(point, difference))
        {
            return SecretKey.TryFrom(scalar);
        }

        _r.CopyTo(difference);
        Points.Add(difference, nonce); // Rf + R, where it is odd
        Scalars.Negate(scalar);
        return Points.AreEqual(point, difference) ? SecretKey.TryFrom(scalar) : null;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, Span<byte> r)
        => bytes.Length == 65 && Scalars.IsReduced(bytes[33..]) && Points.TryParse(bytes[..33], allowInfinity: true, r);
}
