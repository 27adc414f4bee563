namespace Coordinator.Bitcoin;

/// <summary>One signer's public nonce: two compressed points, 66 bytes, neither of them infinity (BIP-327, NonceGen).</summary>
public sealed class PublicNonce : WireBytes, IWireBytes<PublicNonce>
{
    private readonly byte[] _points;

    private PublicNonce(ReadOnlySpan<byte> bytes, byte[] points)
        : base(bytes) => _points = points;

    public static int Size => 66;

    public static string Name => "public nonce";

    internal ReadOnlySpan<byte> Points => _points;

    public static PublicNonce? TryFrom(ReadOnlySpan<byte> bytes)
    {
        var points = new byte[NonceTable.EntrySize];
        return NonceTable.TryParse(bytes, allowInfinity: false, points) ? new(bytes, points) : null;
    }

    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        Span<byte> points = stackalloc byte[NonceTable.EntrySize];
        return NonceTable.TryParse(bytes, allowInfinity: false, points);
    }

    /// <exception cref="BitcoinFormatException">Not a public nonce.</exception>
    public static PublicNonce Parse(string hex) => Require<PublicNonce>(hex);
}

/// <summary>The sum of all signers' public nonces: 66 bytes; a half that is infinity is 33 zero bytes (BIP-327, NonceAgg).</summary>
public sealed class AggregateNonce : WireBytes, IWireBytes<AggregateNonce>
{
    private readonly byte[] _points;

    private AggregateNonce(ReadOnlySpan<byte> bytes, byte[] points)
        : base(bytes) => _points = points;

    public static int Size => 66;

    public static string Name => "aggregate nonce";

    internal ReadOnlySpan<byte> Points => _points;

    public static AggregateNonce? TryFrom(ReadOnlySpan<byte> bytes)
    {
        var points = new byte[NonceTable.EntrySize];
        return NonceTable.TryParse(bytes, allowInfinity: true, points) ? new(bytes, points) : null;
    }

    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        Span<byte> points = stackalloc byte[NonceTable.EntrySize];
        return NonceTable.TryParse(bytes, allowInfinity: true, points);
    }

    /// <exception cref="BitcoinFormatException">Not an aggregate nonce.</exception>
    public static AggregateNonce Parse(string hex) => Require<AggregateNonce>(hex);

    /// <summary>Adds up the nonces of all signers, each once (BIP-327, NonceAgg).</summary>
    public static AggregateNonce Of(IReadOnlyList<PublicNonce> nonces)
    {
        var packed = new byte[nonces.Count * NonceTable.EntrySize];
        for (var i = 0; i < nonces.Count; i++)
        {
            nonces[i].Points.CopyTo(packed.AsSpan(i * NonceTable.EntrySize));
        }

        var points = new byte[NonceTable.EntrySize];
        NonceTable.Sum(packed, nonces.Count, points);
        Span<byte> bytes = stackalloc byte[66];
        NonceTable.Serialize(points, bytes);
        return new(bytes, points);
    }

    /// <summary>As <see cref="Of"/>, from the bytes that came in.</summary>
    /// <exception cref="MuSigException">Names the first signer whose bytes are not a public nonce.</exception>
    public static AggregateNonce OfBytes(IReadOnlyList<byte[]> nonces)
    {
        var parsed = new PublicNonce[nonces.Count];
        for (var i = 0; i < parsed.Length; i++)
        {
            parsed[i] = PublicNonce.TryFrom(nonces[i])
                ?? throw new MuSigException($"signer {i} sent an invalid public nonce", i, "pubnonce");
        }

        return Of(parsed);
    }
}
