using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>After the silo is up: the replay guard is awake before the first request, and every competition that is not over goes on.</summary>
internal sealed partial class SiloStart(IGrainFactory grains, ICompetitionIndex index, Intake intake, ILogger<SiloStart> logger) : IHostedService
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

        try
        {
            await grains.GetGrain<IServiceGrain>(0).StartAsync();
        }
#pragma warning disable CA1031 // Without its own document the service takes no new money and says so; whoever asks for what is theirs is still answered.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            intake.Report("service", UnreadableDocumentException.ReasonOf(failure));
            LogBroken(UnreadableDocumentException.ReasonOf(failure));
            await WakeAllAsync();
        }
    }

    /// <summary>What was begun goes on without the service's document, too; nothing new is taken, since the start never ends.</summary>
    private async Task WakeAllAsync()
    {
        foreach (var view in (await index.ListAsync()).Where(view => view.State is not "completed"))
        {
            try
            {
                await grains.GetGrain<ICompetitionGrain>(view.Submission.Id).WakeAsync(WakeReason.Start);
            }
#pragma warning disable CA1031 // One that cannot be read must not keep the others from going on.
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                intake.Report($"competition/{view.Submission.Id}", UnreadableDocumentException.ReasonOf(failure));
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(44, LogLevel.Critical, "the service cannot go on with its competitions: {Why}")]
    private partial void LogBroken(string why);
}
