using Coordinator.Nostr;

namespace Coordinator.Grains;

/// <summary>
/// A shard of used NIP-98 event ids, in memory, for every gateway. An id is kept as long as its event could pass the time check: none is
/// forgotten before that, however many come. After a start it refuses whatever was made before that start (D31).
/// </summary>
[GrainType("replay_guard")]
[KeepAlive]
public sealed class ReplayGuardGrain(TimeProvider clock) : Grain, IReplayGuardGrain
{
    /// <summary>Ids one shard holds at most.</summary>
    public const int Capacity = 10_000;

    /// <summary>How far the clocks of gateways and of this grain may differ.</summary>
    private const long Skew = 10;

    private static readonly long Window = (long)Nip98.DefaultWindow.TotalSeconds;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, long> _byTime = new();
    private long _firstSecond;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // An event of the second in which this began may be older than the beginning.
        var now = clock.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        _firstSecond = DateTimeOffset.FromUnixTimeSeconds(second) == now ? second : second + 1;
        return Task.CompletedTask;
    }

    public Task<ReplayVerdict> TakeAsync(string eventId, long createdAt)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        while (_byTime.TryPeek(out var oldest, out var made) && made < now - Window - Skew)
        {
            _byTime.Dequeue();
            _seen.Remove(oldest);
        }

        // One from beyond the window passes no time check; it would never be forgotten.
        return Task.FromResult(
            createdAt < _firstSecond || createdAt < now - Window - Skew || createdAt > now + Window + Skew ? ReplayVerdict.TooOld
            : _seen.Contains(eventId) ? ReplayVerdict.Replayed
            : _seen.Count >= Capacity ? ReplayVerdict.Full
            : Remember(eventId, createdAt));
    }

    private ReplayVerdict Remember(string eventId, long createdAt)
    {
        _seen.Add(eventId);
        _byTime.Enqueue(eventId, createdAt);
        return ReplayVerdict.Fresh;
    }
}
