using System.Threading.Channels;
using Coordinator.Bitcoin;
using Coordinator.Lightning;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coordinator.Grains;

/// <summary>Follows every invoice somebody waits for, one stream each, and wakes its competition at every change.</summary>
public sealed partial class InvoiceWatcher(ILightning lightning, WakeBoard board, IGrainFactory grains, ILogger<InvoiceWatcher> logger) : BackgroundService
{
    // Holds at most one signal. Unlike a semaphore's, its wait goes on where it began.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SortedDictionary<Hash32, CancellationTokenSource> _followed = [];
    private readonly SortedDictionary<Guid, SortedSet<Hash32>> _wanted = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    /// <summary>Follows until it is cancelled; stays on the caller's scheduler.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        board.Changed += Signal;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                Follow(stopping);
                await _changed.Reader.ReadAsync(stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: every stream is bound to the same token.
        }
        finally
        {
            board.Changed -= Signal;
        }
    }

    private void Signal() => _changed.Writer.TryWrite(true);

    /// <summary>Opens streams for what is new and closes those nobody waits for, of the competitions that said something.</summary>
    private void Follow(CancellationToken stopping)
    {
        foreach (var (competition, waiting) in board.TakeChanged())
        {
            var before = _wanted.GetValueOrDefault(competition) ?? [];
            var now = new SortedSet<Hash32>(waiting.Invoices);
            foreach (var hash in before.Where(hash => !now.Contains(hash) && _followed.ContainsKey(hash)))
            {
                _followed[hash].Cancel();
                _followed[hash].Dispose();
                _followed.Remove(hash);
            }

            foreach (var hash in now.Where(hash => !_followed.ContainsKey(hash)))
            {
                var source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                _followed[hash] = source;
                _ = WatchAsync(hash, competition, source.Token);
            }

            if (now.Count == 0)
            {
                _wanted.Remove(competition);
            }
            else
            {
                _wanted[competition] = now;
            }
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
