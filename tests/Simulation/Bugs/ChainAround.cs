using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulation;

/// <summary>A chain port around another one; what a bug does not change goes through.</summary>
internal abstract class ChainAround(IChain inner) : IChain
{
    protected IChain Inner { get; } = inner;

    public virtual Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation) => Inner.GetTipAsync(cancellation);

    public virtual Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation) => Inner.FindBlockHashAsync(height, cancellation);

    public virtual Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation) => Inner.GetStatusAsync(txid, cancellation);

    public virtual Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation) => Inner.FindTransactionAsync(txid, cancellation);

    public virtual Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation) => Inner.GetSpendingAsync(output, cancellation);

    public virtual Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation) => Inner.GetFeeEstimatesAsync(cancellation);

    public virtual Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation)
        => Inner.GetScriptHistoryAsync(script, cancellation);

    public virtual Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation) => Inner.BroadcastAsync(transaction, cancellation);

    public virtual Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation)
        => Inner.BroadcastPackageAsync(transactions, cancellation);
}
