using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulation;

/// <summary>Calls a transaction deep that only waits.</summary>
internal sealed class HastyChain(IChain inner) : ChainAround(inner)
{
    private const int Deep = 6;

    public override async Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation)
    {
        var status = await Inner.GetStatusAsync(txid, cancellation);
        return status.TryGet(out var known) && known is TransactionStatus.InMempool && (await Inner.GetTipAsync(cancellation)).TryGet(out var tip)
            ? ChainAnswer.Known<TransactionStatus>(new TransactionStatus.Confirmed(tip.Height - Deep + 1, tip.Hash, tip.TimeUtc))
            : status;
    }
}
