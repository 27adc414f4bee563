using Coordinator.Chain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>Asks for the tip and wakes those who wait for blocks when it changed. One question for all competitions.</summary>
/// <param name="signal">Where the source tells of new blocks by itself; without it the tip is asked for in equal pauses.</param>
public sealed partial class BlockWatcher(
    IChain chain, WakeBoard board, IGrainFactory grains, TimeProvider clock, WatcherOptions options, ILogger<BlockWatcher> logger, IBlockSignal? signal = null)
    : BackgroundService
{
    /// <summary>A source that does not answer is asked less and less often, down to once in so many pauses.</summary>
    private const int LongestPause = 4;

    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(10);

    private BlockHash? _seen;
    private ChainFault? _fault;
    private long _told;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    /// <summary>Looks until it is cancelled; stays on the caller's scheduler.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            var tip = await LookAsync(stopping);
            failures = tip is null ? failures + 1 : 0;
            await (tip is null || signal is null
                ? Task.Delay(options.BlockPoll * Math.Clamp(failures, 1, LongestPause), clock, stopping)
                : signal.WaitAsync(tip, options.BlockPoll, stopping))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <returns>The tip, once everybody who waits for it is awake; null where it cannot be had or somebody could not be woken.</returns>
    private async Task<ChainTip?> LookAsync(CancellationToken stopping)
    {
        try
        {
            var answer = await chain.GetTipAsync(stopping);
            Tell(answer);
            if (!answer.TryGet(out var tip))
            {
                return null;
            }

            if (tip.Hash != _seen)
            {
                await grains.GetGrain<IWalletGrain>(0).WakeAsync();
                foreach (var competition in board.ForBlocks())
                {
                    await grains.GetGrain<ICompetitionGrain>(competition).WakeAsync(WakeReason.Block);
                }

                _seen = tip.Hash;
            }

            return tip;
        }
#pragma warning disable CA1031 // A watcher outlives every failure: what it missed, reminders and polls find.
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailure(failure.GetType().Name);
            return null;
        }
    }

    /// <summary>Once when the source goes, now and then while it is away, and once when it is back.</summary>
    private void Tell(ChainAnswer<ChainTip> answer)
    {
        if (answer.TryGet(out var tip))
        {
            if (_fault is not null)
            {
                LogBack(tip.Height);
            }
        }
        else if (_fault != answer.Fault || clock.GetElapsedTime(_told) >= Reminder)
        {
            LogAway(answer.Describe());
            _told = clock.GetTimestamp();
        }

        _fault = answer.Fault;
    }

    [LoggerMessage(20, LogLevel.Warning, "the block watcher failed once ({Failure}) and goes on")]
    private partial void LogFailure(string failure);

    [LoggerMessage(22, LogLevel.Warning, "{Fault}; it is asked again until it answers")]
    private partial void LogAway(string fault);

    [LoggerMessage(23, LogLevel.Information, "the chain source answers again, at block {Height}")]
    private partial void LogBack(int height);
}

/// <summary>How often watchers look.</summary>
/// <param name="BlockPoll">Between two questions for the tip.</param>
public sealed record WatcherOptions(TimeSpan BlockPoll);
