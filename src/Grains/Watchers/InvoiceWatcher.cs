using Coordinator.Bitcoin;
using Coordinator.Lightning;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>Follows every invoice somebody waits for, one stream each, and wakes its competition at every change.</summary>
public sealed partial class InvoiceWatcher(ILightning lightning, WakeBoard board, IGrainFactory grains, ILogger<InvoiceWatcher> logger) : BackgroundService
{
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly SortedDictionary<Hash32, CancellationTokenSource> _followed = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        board.Changed += Signal;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Follow(stoppingToken);
                await _changed.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            board.Changed -= Signal;
            foreach (var followed in _followed.Values)
            {
                await followed.CancelAsync();
            }
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    private void Signal()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Signalled already.
        }
        catch (ObjectDisposedException)
        {
            // Stopping.
        }
    }

    /// <summary>Opens streams for what is new and closes those nobody waits for.</summary>
    private void Follow(CancellationToken stopping)
    {
        var wanted = new SortedDictionary<Hash32, Guid>();
        foreach (var (hash, competition) in board.ForInvoices())
        {
            wanted[hash] = competition;
        }

        foreach (var hash in _followed.Keys.Where(hash => !wanted.ContainsKey(hash)).ToList())
        {
            _followed[hash].Cancel();
            _followed[hash].Dispose();
            _followed.Remove(hash);
        }

        foreach (var (hash, competition) in wanted.Where(entry => !_followed.ContainsKey(entry.Key)))
        {
            var source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            _followed[hash] = source;
            _ = WatchAsync(hash, competition, source.Token);
        }
    }

    private async Task WatchAsync(Hash32 hash, Guid competition, CancellationToken cancellation)
    {
        try
        {
            await foreach (var invoice in lightning.WatchInvoiceAsync(InvoiceEffects.Name(hash), cancellation))
            {
                if (invoice.State != InvoiceState.Open)
                {
                    await grains.GetGrain<ICompetitionGrain>(competition).WakeAsync(WakeReason.Invoice);
                }
            }
        }
#pragma warning disable CA1031 // A broken stream costs time only: the competition polls its invoices.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailure(failure.GetType().Name);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits any more.
        }
    }

    [LoggerMessage(21, LogLevel.Warning, "an invoice stream ended ({Failure}); the invoice is polled")]
    private partial void LogFailure(string failure);
}
