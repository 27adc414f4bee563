using System.Diagnostics;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>The chain source with a span for every transaction that is sent: this is where a trace learns what the chain will call it.</summary>
internal sealed class TracedChain(IChain inner) : IChain, IDisposable, IAsyncDisposable
{
    private static readonly ActivitySource Source = new("Coordinator.Chain");

    public async Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation)
    {
        using var span = Start([transaction]);
        return End(span, await inner.BroadcastAsync(transaction, cancellation));
    }

    public async Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
    {
        using var span = Start(transactions);
        return End(span, await inner.BroadcastPackageAsync(transactions, cancellation));
    }

    public Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation) => inner.GetTipAsync(cancellation);

    public Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation) => inner.FindBlockHashAsync(height, cancellation);

    public Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation) => inner.GetStatusAsync(txid, cancellation);

    public Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation) => inner.FindTransactionAsync(txid, cancellation);

    public Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation) => inner.GetSpendingAsync(output, cancellation);

    public Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation) => inner.GetFeeEstimatesAsync(cancellation);

    public Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation) => inner.GetScriptHistoryAsync(script, cancellation);

    public Task ExpectAsync(IEnumerable<Script> scripts, CancellationToken cancellation) => inner.ExpectAsync(scripts, cancellation);

    public Task<ChainAnswer<bool>> OffersPackagesAsync(CancellationToken cancellation) => inner.OffersPackagesAsync(cancellation);

    public void Dispose() => (inner as IDisposable)?.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (inner is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            Dispose();
        }
    }

    private static Activity? Start(IReadOnlyList<Transaction> transactions)
    {
        var span = Source.StartActivity("broadcast", ActivityKind.Client);
        if (span is not null)
        {
            span.SetTag(CompetitionTrace.TxidKey, transactions[^1].Txid.ToString());
            if (transactions.Count > 1)
            {
                span.SetTag("bitcoin.parent.txid", transactions[0].Txid.ToString());
            }
        }

        return span;
    }

    private static BroadcastAnswer End(Activity? span, BroadcastAnswer answer)
    {
        span?.SetTag("bitcoin.broadcast", answer.IsOut ? "out" : answer.Describe());
        return answer;
    }
}
