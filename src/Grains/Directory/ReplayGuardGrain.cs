namespace Coordinator.Grains;

/// <summary>A shard of used NIP-98 event ids, in memory. After a start it refuses whatever was made before that start (D31).</summary>
[GrainType("replay_guard")]
[KeepAlive]
public sealed class ReplayGuardGrain(TimeProvider clock) : Grain, IReplayGuardGrain
{
    /// <summary>Ids one shard holds at most.</summary>
    public const int Capacity = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(130);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset Until)> _order = new();
    private long _startedAt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _startedAt = clock.GetUtcNow().ToUnixTimeSeconds();
        return Task.CompletedTask;
    }

    public Task<ReplayVerdict> TakeAsync(string eventId, long createdAt)
    {
        var now = clock.GetUtcNow();
        while (_order.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _seen.Remove(_order.Dequeue().Id);
        }

        return Task.FromResult(
            createdAt < _startedAt ? ReplayVerdict.TooOld
            : _seen.Contains(eventId) ? ReplayVerdict.Replayed
            : _seen.Count >= Capacity ? ReplayVerdict.Full
            : Remember(eventId, now));
    }

    private ReplayVerdict Remember(string eventId, DateTimeOffset now)
    {
        _seen.Add(eventId);
        _order.Enqueue((eventId, now + Window));
        return ReplayVerdict.Fresh;
    }
}
