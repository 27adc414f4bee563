using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>Once a minute: raises the generation while money moves, so that a backup of before is told from the data that went on (D43); and begins a
/// start again under which storage failed, since nobody else would ever say that new money may be taken.</summary>
internal sealed partial class GenerationKeeper(IGrainFactory grains, Intake intake, TimeProvider clock, ILogger<GenerationKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    /// <summary>Goes on until it is cancelled; stays on the caller's scheduler.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var service = grains.GetGrain<IServiceGrain>(0);
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(Period, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (stopping.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                await LookAsync(service);
            }
#pragma warning disable CA1031 // The next minute tries again; a disk that is full shows in health.
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogFailure(UnreadableDocumentException.ReasonOf(failure));
            }
        }
    }

    private async Task LookAsync(IServiceGrain service)
    {
        if (!intake.HasBegun)
        {
            await service.StartAsync();
            intake.Forget("service");
        }

        if (intake.TakeTouched())
        {
            try
            {
                await service.AdvanceAsync();
            }
            catch
            {
                intake.Touch();
                throw;
            }
        }
    }

    [LoggerMessage(45, LogLevel.Warning, "the generation could not be raised, or the start not begun again: {Why}")]
    private partial void LogFailure(string why);
}
