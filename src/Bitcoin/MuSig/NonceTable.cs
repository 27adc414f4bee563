namespace Coordinator.Bitcoin;

/// <summary>
/// The nonces of many messages, parsed once: per message two points of 64 bytes. Used both for one signer's public nonces and for
/// aggregates (where a half may be infinity). Reading is safe from several threads; writers must work on disjoint ranges.
/// </summary>
public sealed class NonceTable
{
    internal const int EntrySize = 2 * Points.Size;

    /// <summary>Bytes of one serialised nonce.</summary>
    public const int WireSize = 66;

    private readonly byte[] _points;

    private NonceTable(byte[] points) => _points = points;

    public int Count => _points.Length / EntrySize;

    internal ReadOnlySpan<byte> this[int index] => _points.AsSpan(index * EntrySize, EntrySize);

    /// <summary>Parses packed nonces of 66 bytes each.</summary>
    /// <param name="packed">A whole number of nonces.</param>
    /// <param name="allowInfinity">True for aggregates, false for what one signer sends.</param>
    /// <param name="firstBad">Where the result is null: the position of the first entry that is not a nonce.</param>
    /// <param name="runner">Who runs the ranges; one after the other when null.</param>
    public static NonceTable? TryParse(ReadOnlyMemory<byte> packed, bool allowInfinity, out int firstBad, RangeRunner? runner = null)
    {
        var count = packed.Length / WireSize;
        var points = new byte[count * EntrySize];
        var bad = int.MaxValue;
        RangeRunners.Or(runner)(count, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                if (!TryParse(packed.Span.Slice(i * WireSize, WireSize), allowInfinity, points.AsSpan(i * EntrySize, EntrySize)))
                {
                    Lower(ref bad, i);
                    return;
                }
            }
        });
        firstBad = bad == int.MaxValue ? -1 : bad;
        return bad == int.MaxValue && packed.Length % WireSize == 0 ? new(points) : null;
    }

    /// <summary>
    /// Adds up, for each of <paramref name="count"/> messages, the nonces of the signers that sign it.
    /// </summary>
    /// <param name="signers">One table per signer, in any order.</param>
    /// <param name="positions">Per signer: for each message the entry in its table, −1 where it does not sign; null for "all, in order".</param>
    public static NonceTable Sum(
        int count, IReadOnlyList<NonceTable> signers, IReadOnlyList<int[]?> positions, RangeRunner? runner = null)
    {
        var points = new byte[count * EntrySize];
        RangeRunners.Or(runner)(count, (from, to) =>
        {
            var gathered = new byte[signers.Count * EntrySize];
            for (var i = from; i < to; i++)
            {
                var found = 0;
                for (var signer = 0; signer < signers.Count; signer++)
                {
                    var position = positions[signer] is { } map ? map[i] : i;
                    if (position >= 0)
                    {
                        signers[signer][position].CopyTo(gathered.AsSpan(EntrySize * found++));
                    }
                }

                Sum(gathered, found, points.AsSpan(i * EntrySize, EntrySize));
            }
        });
        return new(points);
    }

    /// <summary>The packed 66-byte forms.</summary>
    public byte[] ToBytes()
    {
        var packed = new byte[Count * WireSize];
        for (var i = 0; i < Count; i++)
        {
            Serialize(this[i], packed.AsSpan(i * WireSize, WireSize));
        }

        return packed;
    }

    internal static NonceTable FromTrusted(byte[] points) => new(points);

    internal static bool TryParse(ReadOnlySpan<byte> nonce66, bool allowInfinity, Span<byte> points128)
        => nonce66.Length == WireSize
            && Points.TryParse(nonce66[..33], allowInfinity, points128[..Points.Size])
            && Points.TryParse(nonce66[33..], allowInfinity, points128[Points.Size..]);

    internal static void Serialize(ReadOnlySpan<byte> points128, Span<byte> nonce66)
    {
        Points.Serialize(points128[..Points.Size], nonce66);
        Points.Serialize(points128[Points.Size..], nonce66[33..]);
    }

    internal static void Sum(ReadOnlySpan<byte> entries, int count, Span<byte> points128)
    {
        Points.Sum(entries, EntrySize, count, points128[..Points.Size]);
        Points.Sum(entries[Points.Size..], EntrySize, count, points128[Points.Size..]);
    }

    private static void Lower(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value < seen)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}

/// <summary>
/// Runs <paramref name="body"/> over ranges [from, to) that together cover 0 to <paramref name="count"/>, on threads of its choice.
/// </summary>
public delegate void RangeRunner(int count, Action<int, int> body);

/// <summary>The runner used where none is given.</summary>
public static class RangeRunners
{
    /// <summary>Everything in one range on the calling thread.</summary>
    public static RangeRunner Sequential { get; } = static (count, body) => body(0, count);

    internal static RangeRunner Or(RangeRunner? runner) => runner ?? Sequential;
}
