using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>Raises the generation once a minute while money moves, so that a backup of before is told from the data that went on (D43).</summary>
internal sealed partial class GenerationKeeper(IGrainFactory grains, Intake intake, TimeProvider clock, ILogger<GenerationKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    /// <summary>Goes on until it is cancelled; stays on the caller's scheduler.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(Period, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (stopping.IsCancellationRequested || !intake.TakeTouched())
            {
                continue;
            }

            try
            {
                await grains.GetGrain<IServiceGrain>(0).AdvanceAsync();
            }
#pragma warning disable CA1031 // The next minute tries again; a disk that is full shows in health.
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                intake.Touch();
                LogFailure(UnreadableDocumentException.ReasonOf(failure));
            }
        }
    }

    [LoggerMessage(45, LogLevel.Warning, "the generation could not be raised: {Why}")]
    private partial void LogFailure(string why);
}
