using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>After the silo is up: the replay guard is awake before the first request, and every competition that is not over goes on.</summary>
internal sealed partial class SiloStart(IGrainFactory grains, ICompetitionIndex index, ILogger<SiloStart> logger) : IHostedService
{
    /// <summary>Shards of the replay guard; the gateway spreads event ids over them.</summary>
    public const int ReplayShards = 16;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < ReplayShards; shard++)
        {
            // An id that nobody can have used: taking it wakes the shard, which from now on knows when it started.
            await grains.GetGrain<IReplayGuardGrain>(shard).TakeAsync($"start-{shard}", long.MaxValue);
        }

        var open = (await index.ListAsync()).Where(view => view.State is not "completed").ToList();
        foreach (var view in open)
        {
            await grains.GetGrain<ICompetitionGrain>(view.Submission.Id).WakeAsync(WakeReason.Start);
        }

        LogResumed(open.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(40, LogLevel.Information, "{Count} competitions go on")]
    private partial void LogResumed(int count);
}
