using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulation;

/// <summary>Calls a spender confirmed that only waits.</summary>
internal sealed class CredulousChain(IChain inner) : ChainAround(inner)
{
    public override async Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation)
    {
        var spending = await Inner.GetSpendingAsync(output, cancellation);
        return spending.TryGet(out var known) && known is OutputSpending.Spent { Status: TransactionStatus.InMempool } spent
            && (await Inner.GetTipAsync(cancellation)).TryGet(out var tip)
            ? ChainAnswer.Known<OutputSpending>(spent with { Status = new TransactionStatus.Confirmed(tip.Height, tip.Hash, tip.TimeUtc) })
            : spending;
    }
}
