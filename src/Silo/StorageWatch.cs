using Coordinator.Storage;

namespace Coordinator.Silo;

/// <summary>Ends the process once it may not write any more: another one is active, or the database is another one. Nothing it begins from then on reaches
/// the disk, so nothing of it is sent; it has to be gone all the same, so that nobody asks it.</summary>
internal sealed partial class StorageWatch(IOpenedStorage stores, IHostApplicationLifetime lifetime, ILogger<StorageWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            LogLost((await stores.Lost.WaitAsync(stoppingToken)).Message);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException)
        {
            // Stopping, with the storage still its own.
        }
    }

    [LoggerMessage(48, LogLevel.Critical, "the storage is lost and the service ends: {Why}")]
    private partial void LogLost(string why);
}
