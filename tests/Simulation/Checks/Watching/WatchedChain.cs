using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulation;

/// <summary>Notes what the coordinator sends, before the chain takes or refuses it.</summary>
internal sealed class WatchedChain(IChain inner, Evidence evidence) : IChain
{
    public Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation) => inner.GetTipAsync(cancellation);

    public Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation) => inner.FindBlockHashAsync(height, cancellation);

    public Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation) => inner.GetStatusAsync(txid, cancellation);

    public Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation) => inner.FindTransactionAsync(txid, cancellation);

    public Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation) => inner.GetSpendingAsync(output, cancellation);

    public Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation) => inner.GetFeeEstimatesAsync(cancellation);

    public Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation)
        => inner.GetScriptHistoryAsync(script, cancellation);

    public Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation)
    {
        evidence.NoteSent(transaction);
        return inner.BroadcastAsync(transaction, cancellation);
    }

    public Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
    {
        foreach (var transaction in transactions)
        {
            evidence.NoteSent(transaction);
        }

        return inner.BroadcastPackageAsync(transactions, cancellation);
    }
}
