using Coordinator.Chain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>Asks for the tip and wakes those who wait for blocks when it changed. One question for all competitions.</summary>
public sealed partial class BlockWatcher(
    IChain chain, WakeBoard board, IGrainFactory grains, TimeProvider clock, WatcherOptions options, ILogger<BlockWatcher> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    /// <summary>Looks until it is cancelled; stays on the caller's scheduler.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        BlockHash? seen = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if ((await chain.GetTipAsync(stopping)).TryGet(out var tip) && tip.Hash != seen)
                {
                    await grains.GetGrain<IWalletGrain>(0).WakeAsync();
                    foreach (var competition in board.ForBlocks())
                    {
                        await grains.GetGrain<ICompetitionGrain>(competition).WakeAsync(WakeReason.Block);
                    }

                    seen = tip.Hash;
                }
            }
#pragma warning disable CA1031 // A watcher outlives every failure: what it missed, reminders and polls find.
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogFailure(failure.GetType().Name);
            }

            await Task.Delay(options.BlockPoll, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "the block watcher failed once ({Failure}) and goes on")]
    private partial void LogFailure(string failure);
}

/// <summary>How often watchers look.</summary>
/// <param name="BlockPoll">Between two questions for the tip.</param>
public sealed record WatcherOptions(TimeSpan BlockPoll);
