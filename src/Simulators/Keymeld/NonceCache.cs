namespace Coordinator.Simulators.Keymeld;

/// <summary>The header nonces of the last ten minutes. In memory only, as the reference's. One caller at a time.</summary>
internal sealed class NonceCache
{
    private const int Capacity = 100_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(600);

    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, DateTimeOffset At)> _order = new();

    internal bool Contains(string key, DateTimeOffset now)
    {
        Forget(now);
        return _seen.ContainsKey(key);
    }

    internal void Add(string key, DateTimeOffset now)
    {
        if (_seen.TryAdd(key, now))
        {
            _order.Enqueue((key, now));
        }

        Forget(now);
    }

    internal void Clear()
    {
        _seen.Clear();
        _order.Clear();
    }

    private void Forget(DateTimeOffset now)
    {
        while (_order.TryPeek(out var oldest) && (oldest.At + Lifetime < now || _order.Count > Capacity))
        {
            _seen.Remove(oldest.Key);
            _order.Dequeue();
        }
    }
}
