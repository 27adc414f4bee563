using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>
/// The session values of one message (BIP-327, GetSessionValues; dlctix.md §11.4) packed in 129 bytes: b ‖ e ‖ R parsed ‖ flags. R is
/// the nonce without the adaptor point; the flag tells whether the nonce with it has odd y.
/// </summary>
internal static unsafe class SessionMath
{
    public const int Size = 32 + 32 + Points.Size + 1;

    /// <summary>Bytes of a finished signature: compressed R without the adaptor point ‖ s.</summary>
    public const int SignatureSize = 65;

    private static readonly TaggedHash NonceCoefficient = new("MuSig/noncecoef");
    private static readonly byte[] Generator = PublicKeyOfOne();

    public static ReadOnlySpan<byte> B(ReadOnlySpan<byte> session) => session[..32];

    public static ReadOnlySpan<byte> E(ReadOnlySpan<byte> session) => session.Slice(32, 32);

    public static ReadOnlySpan<byte> R(ReadOnlySpan<byte> session) => session.Slice(64, Points.Size);

    public static bool IsOdd(ReadOnlySpan<byte> session) => session[128] != 0;

    /// <summary>Fills a session from the aggregate nonce in parsed form.</summary>
    public static void Open(
        KeyAggregate keys, ReadOnlySpan<byte> aggregate128, ReadOnlySpan<byte> message, PublicKey? adaptor, Span<byte> session)
    {
        Span<byte> wire = stackalloc byte[NonceTable.WireSize];
        NonceTable.Serialize(aggregate128, wire);
        var xonly = keys.Key.Bytes[1..];
        var b = session[..32];
        NonceCoefficient.Of(wire, xonly, message, b);
        Scalars.Reduce(b);

        var r = session.Slice(64, Points.Size);
        aggregate128[Points.Size..].CopyTo(r);
        Points.Multiply(r, b);
        Points.Add(r, aggregate128[..Points.Size]);
        if (Points.IsInfinity(r))
        {
            Generator.CopyTo(r);
        }

        Challenge(r, adaptor, xonly, message, session.Slice(32, 32), out var isOdd);
        session[128] = (byte)(isOdd ? 1 : 0);
    }

    /// <summary>e for the nonce R + T; answers also whether that nonce has odd y. Infinity counts as x = 0 with even y.</summary>
    public static void Challenge(
        ReadOnlySpan<byte> r64, PublicKey? adaptor, ReadOnlySpan<byte> xonly, ReadOnlySpan<byte> message, Span<byte> e, out bool isOdd)
    {
        Span<byte> adapted = stackalloc byte[Points.Size];
        Span<byte> compressed = stackalloc byte[33];
        r64.CopyTo(adapted);
        if (adaptor is not null)
        {
            Points.Add(adapted, adaptor.Parsed);
        }

        Points.Serialize(adapted, compressed);
        isOdd = compressed[0] == 3;
        TaggedHash.Bip340Challenge.Of(compressed[1..], xonly, message, e);
        Scalars.Reduce(e);
    }

    /// <summary>
    /// One partial signature (dlctix.md §11.5). Does not check itself: the aggregate is checked. The nonce must be wiped right after.
    /// </summary>
    public static void Sign(
        KeyAggregate keys, int member, ReadOnlySpan<byte> session, ReadOnlySpan<byte> secret32, ReadOnlySpan<byte> nonce64,
        Span<byte> partial32)
    {
        Span<byte> nonce = stackalloc byte[32];
        Span<byte> term = stackalloc byte[32];
        Span<byte> factor = stackalloc byte[32];
        nonce64[32..].CopyTo(nonce);
        Scalars.Multiply(nonce, B(session));
        Scalars.Add(nonce, nonce64[..32]);
        if (IsOdd(session))
        {
            Scalars.Negate(nonce);
        }

        E(session).CopyTo(factor);
        Scalars.Multiply(factor, keys.Coefficient(member));
        secret32.CopyTo(term);
        if (keys.SignsNegated)
        {
            Scalars.Negate(term);
        }

        Scalars.Multiply(term, factor);
        Scalars.Add(nonce, term);
        nonce.CopyTo(partial32);
        CryptographicOperations.ZeroMemory(nonce);
        CryptographicOperations.ZeroMemory(term);
    }

    /// <summary>Whether a member's partial signature fits its own public nonce (dlctix.md §11.6).</summary>
    public static bool VerifyPartial(
        KeyAggregate keys, int member, ReadOnlySpan<byte> session, ReadOnlySpan<byte> nonce128, ReadOnlySpan<byte> partial32)
    {
        Span<byte> error = stackalloc byte[Points.Size];
        return Scalars.IsReduced(partial32) && !PartialError(keys, member, session, nonce128, partial32, error);
    }

    /// <summary>What s_i·G differs by from what it should be; false and infinity where it is right.</summary>
    public static bool PartialError(
        KeyAggregate keys, int member, ReadOnlySpan<byte> session, ReadOnlySpan<byte> nonce128, ReadOnlySpan<byte> partial32,
        Span<byte> error64)
    {
        Span<byte> expected = stackalloc byte[Points.Size];
        nonce128[Points.Size..].CopyTo(expected);
        Points.Multiply(expected, B(session));
        Points.Add(expected, nonce128[..Points.Size]);
        if (IsOdd(session))
        {
            Points.Negate(expected);
        }

        keys.EffectiveKey(member).CopyTo(error64);
        Points.Multiply(error64, E(session));
        if (keys.SignsNegated)
        {
            Points.Negate(error64);
        }

        Points.Add(expected, error64);
        return Difference(partial32, expected, error64);
    }

    /// <summary>What s·G differs by from ±R + e·even(Q); false and infinity where they are equal.</summary>
    public static bool SumError(
        ReadOnlySpan<byte> s, ReadOnlySpan<byte> r64, bool negateR, ReadOnlySpan<byte> e, PublicKey key, Span<byte> error64)
    {
        Span<byte> expected = stackalloc byte[Points.Size];
        r64.CopyTo(expected);
        if (negateR)
        {
            Points.Negate(expected);
        }

        key.Parsed.CopyTo(error64);
        Points.Multiply(error64, e);
        if (key.IsOdd)
        {
            Points.Negate(error64);
        }

        Points.Add(expected, error64);
        return Difference(s, expected, error64);
    }

    private static bool Difference(ReadOnlySpan<byte> s, Span<byte> expected64, Span<byte> error64)
    {
        Points.Generate(s, error64);
        if (Points.AreEqual(error64, expected64))
        {
            error64.Clear();
            return false;
        }

        Points.Negate(expected64);
        Points.Add(error64, expected64);
        return true;
    }

    /// <summary>
    /// Turns the sum of all partial signatures into R ‖ s (65 bytes) and verifies it under the aggregate key (dlctix.md §11.7).
    /// </summary>
    public static bool Finish(
        KeyAggregate keys, ReadOnlySpan<byte> session, ReadOnlySpan<byte> message, bool hasAdaptor, ReadOnlySpan<byte> sum32,
        Span<byte> signature65)
    {
        Points.Serialize(R(session), signature65);
        var s = signature65.Slice(33, 32);
        sum32.CopyTo(s);
        if (!Scalars.IsZero(keys.Tweak))
        {
            Span<byte> shift = stackalloc byte[32];
            keys.Tweak.CopyTo(shift);
            Scalars.Multiply(shift, E(session));
            if (keys.Key.IsOdd)
            {
                Scalars.Negate(shift);
            }

            Scalars.Add(s, shift);
        }

        return hasAdaptor
            ? Holds(s, R(session), IsOdd(session), E(session), keys.Key)
            : VerifySchnorr(keys.XOnlyParsed, message, signature65.Slice(1, 64));
    }

    /// <summary>s·G == ±R + e·even(Q), with −R where the adapted nonce is odd.</summary>
    public static bool Holds(ReadOnlySpan<byte> s, ReadOnlySpan<byte> r64, bool negateR, ReadOnlySpan<byte> e, PublicKey key)
    {
        Span<byte> error = stackalloc byte[Points.Size];
        return !SumError(s, r64, negateR, e, key, error);
    }

    /// <summary>BIP-340 verification under an x-only key that is already parsed.</summary>
    public static bool VerifySchnorr(ReadOnlySpan<byte> xonly64, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature64)
    {
        byte none = 0;
        fixed (byte* xonly = xonly64, sig = signature64, msg = message)
        {
            return Native.secp256k1_schnorrsig_verify(Native.Context, sig, msg is null ? &none : msg, (nuint)message.Length, xonly) == 1;
        }
    }

    private static byte[] PublicKeyOfOne()
    {
        var generator = new byte[Points.Size];
        Points.Generate(Scalars.One, generator);
        return generator;
    }
}
