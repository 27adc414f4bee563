namespace Coordinator.Gateway.Limits;

/// <summary>
/// Gives each key an allowance that refills evenly: one number per key, the moment at which its allowance is whole again. Bounded: keys
/// that are whole again are dropped, and where there is still no room, new keys of a shard share one allowance. Any number of threads.
/// </summary>
internal sealed class RateTable<TKey>
    where TKey : notnull
{
    private const int Shards = 16;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];
    private readonly TimeProvider _time;
    private readonly int _perShard;
    private readonly long _cost;
    private readonly long _allowance;

    /// <param name="perSecond">Requests a second; 0 switches the table off.</param>
    /// <param name="burst">Requests at once; 0 switches the table off.</param>
    /// <param name="capacity">Keys remembered at once, over all shards.</param>
    /// <param name="time">Only differences of its timestamps count.</param>
    internal RateTable(int perSecond, int burst, int capacity, TimeProvider time)
    {
        (_time, _perShard) = (time, Math.Max(1, capacity / Shards));
        IsOff = perSecond == 0 || burst == 0;
        _cost = IsOff ? 0 : Math.Max(1, TimeSpan.TicksPerSecond / perSecond);
        _allowance = _cost * (burst - 1L);
    }

    internal bool IsOff { get; }

    /// <summary>Keys remembered now.</summary>
    internal int Count => _shards.Sum(shard =>
    {
        lock (shard)
        {
            return shard.Whole.Count;
        }
    });

    /// <summary>Takes one request off the key's allowance.</summary>
    /// <returns>Zero where it was there; else how long until it is, and nothing was taken.</returns>
    internal TimeSpan Take(TKey key) => Take(key, isTaken: true);

    /// <summary>How long until <see cref="Take(TKey)"/> would succeed; takes nothing.</summary>
    internal TimeSpan Look(TKey key) => Take(key, isTaken: false);

    private TimeSpan Take(TKey key, bool isTaken)
    {
        if (IsOff)
        {
            return TimeSpan.Zero;
        }

        var now = _time.GetElapsedTime(0, _time.GetTimestamp()).Ticks;
        var shard = _shards[key.GetHashCode() & (Shards - 1)];
        lock (shard)
        {
            var isKnown = shard.Whole.TryGetValue(key, out var whole);
            var isShared = !isKnown && !shard.HasRoom(_perShard, now);
            whole = Math.Max(now, isShared ? shard.Shared : whole);
            if (whole - now > _allowance)
            {
                return TimeSpan.FromTicks(whole - now - _allowance);
            }

            if (isTaken && isShared)
            {
                shard.Shared = whole + _cost;
            }
            else if (isTaken)
            {
                shard.Whole[key] = whole + _cost;
            }

            return TimeSpan.Zero;
        }
    }

    private sealed class Shard
    {
        private long _nextSweep = long.MinValue;

        internal Dictionary<TKey, long> Whole { get; } = [];

        /// <summary>The allowance of those for whom there is no room.</summary>
        internal long Shared { get; set; }

        /// <summary>Drops whom nothing is held against, at most once a second.</summary>
        internal bool HasRoom(int most, long now)
        {
            if (Whole.Count >= most && now >= _nextSweep)
            {
                _nextSweep = now + TimeSpan.TicksPerSecond;
                foreach (var key in Whole.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
                {
                    Whole.Remove(key);
                }
            }

            return Whole.Count < most;
        }
    }
}
