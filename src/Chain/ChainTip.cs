namespace Coordinator.Chain;

/// <summary>The newest block and the clock that time locks are compared with.</summary>
/// <param name="Height">Its height; the genesis block has 0.</param>
/// <param name="Hash">Its id. Another hash at the same or a lower height than seen before is a reorganisation.</param>
/// <param name="TimeUtc">The time its miner wrote into it: may run back, and up to two hours ahead. Only for showing and for "the tip is stale".</param>
/// <param name="MedianTimePast">The median time past of this block: what a lock time in the next block is compared with.</param>
public sealed record ChainTip(int Height, BlockHash Hash, DateTimeOffset TimeUtc, MedianTimePast MedianTimePast);

/// <summary>The median of the times of the last eleven blocks (BIP-113), in unix seconds. It never runs back along one chain and lags the clock
/// by about an hour on mainnet. It is not the time of the tip, and not the wall clock.</summary>
public readonly record struct MedianTimePast(long UnixSeconds) : IComparable<MedianTimePast>
{
    /// <summary>The number of block times it is the median of.</summary>
    public const int Span = 11;

    /// <summary>The median of up to eleven block times in unix seconds, newest or oldest first; of fewer near the genesis block. Of an even
    /// number the later of the two in the middle, as consensus does.</summary>
    /// <exception cref="ArgumentException">No time, or more than eleven.</exception>
    public static MedianTimePast Of(IEnumerable<long> blockTimes)
    {
        long[] times = [.. blockTimes.Order()];
        return times.Length is > 0 and <= Span
            ? new(times[times.Length / 2])
            : throw new ArgumentException($"a median time past is of 1 to {Span} block times, not {times.Length}", nameof(blockTimes));
    }

    /// <summary>Whether a transaction with this absolute lock time in unix seconds may be in the next block: the median must be <em>greater</em>.</summary>
    public bool IsPast(long lockTimeUnixSeconds) => UnixSeconds > lockTimeUnixSeconds;

    /// <summary>The same moment as a date.</summary>
    public DateTimeOffset ToUtc() => DateTimeOffset.FromUnixTimeSeconds(UnixSeconds);

    public static bool operator <(MedianTimePast left, MedianTimePast right) => left.UnixSeconds < right.UnixSeconds;

    public static bool operator >(MedianTimePast left, MedianTimePast right) => left.UnixSeconds > right.UnixSeconds;

    public static bool operator <=(MedianTimePast left, MedianTimePast right) => left.UnixSeconds <= right.UnixSeconds;

    public static bool operator >=(MedianTimePast left, MedianTimePast right) => left.UnixSeconds >= right.UnixSeconds;

    public int CompareTo(MedianTimePast other) => UnixSeconds.CompareTo(other.UnixSeconds);
}
