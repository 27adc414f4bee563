namespace Coordinator.Nostr;

/// <summary>Refuses a signed request that was used before. Remembers ids in memory only, as long as they could pass the time check;
/// since a restart forgets them, events created before the start are refused. Safe for any number of threads.</summary>
public sealed class Nip98ReplayGuard
{
    private const int Shards = 16;
    private readonly long _firstSecond;
    private readonly long _window;
    private readonly int _perShard;
    private readonly Shard[] _shards;

    /// <param name="startedAt">When this process began to serve. An event of the same second is refused: it may be older.</param>
    /// <param name="window">The window given to <see cref="Nip98.Verify"/>.</param>
    /// <param name="capacity">How many ids are remembered at once, over all shards; beyond it requests are refused as busy.</param>
    public Nip98ReplayGuard(DateTimeOffset startedAt, TimeSpan window, int capacity = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, Shards);
        var floor = startedAt.ToUnixTimeSeconds();
        _firstSecond = DateTimeOffset.FromUnixTimeSeconds(floor) == startedAt ? floor : floor + 1;
        _window = (long)window.TotalSeconds;
        _perShard = capacity / Shards;
        _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];
    }

    /// <summary>Remembers the login's event; null where it is fresh, else the refusal. Call it once per request, after
    /// <see cref="Nip98.Verify"/> succeeded, so that garbage fills nothing.</summary>
    public Nip98Error? Admit(Nip98Login login, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(login);
        if (login.CreatedAt < _firstSecond)
        {
            return Nip98Error.Of(Nip98Problem.ExpiredTimestamp);
        }

        var shard = _shards[Convert.ToInt32(login.EventId[..1], 16)];
        lock (shard)
        {
            shard.Forget(now.ToUnixTimeSeconds() - _window);
            return shard.Contains(login.EventId) ? Nip98Error.Of(Nip98Problem.Replayed)
                : shard.Count >= _perShard ? Nip98Error.Of(Nip98Problem.Busy)
                : shard.Add(login);
        }
    }

    private sealed class Shard
    {
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
        private readonly PriorityQueue<string, long> _byTime = new();

        internal int Count => _ids.Count;

        internal bool Contains(string id) => _ids.Contains(id);

        internal Nip98Error? Add(Nip98Login login)
        {
            _ids.Add(login.EventId);
            _byTime.Enqueue(login.EventId, login.CreatedAt);
            return null;
        }

        /// <summary>Drops what the time check refuses anyway: created before the given second.</summary>
        internal void Forget(long before)
        {
            while (_byTime.TryPeek(out var id, out var createdAt) && createdAt < before)
            {
                _byTime.Dequeue();
                _ids.Remove(id);
            }
        }
    }
}
