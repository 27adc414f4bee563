using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Grains;
using Coordinator.Simulators.Chain;

namespace Coordinator.Simulation;

/// <summary>
/// Nothing that is or may be funded is called cancelled, unless another transaction has confirmed in its place; what is over stays over; a document's
/// version only grows (money rule 4, D15).
/// </summary>
internal sealed class CancelRule(Evidence evidence) : Rule(evidence)
{
    private readonly SortedDictionary<Guid, Txid> _given = [];

    public override string Name => "cancelled";

    internal override void OnDocument(Guid id, CompetitionDocument? before, CompetitionDocument after)
    {
        Check(before is null || after.Version > before.Version, () => $"{id} went from version {before!.Version} to {after.Version}");
        if (before?.State is { } was)
        {
            var now = after.State!;
            Check(was is not (Cancelled or Completed) || now.GetType() == was.GetType(), () => $"{id} was {was.Wire} and became {now.Wire}");
            Check(was is not LiveState || now is LiveState or Cancelled, () => $"{id} was {was.Wire} and became {now.Wire}");
        }

        if (after.State is Cancelled && before?.State is not (Cancelled or null) && Evidence.ContractOf(before.State) is { } contract)
        {
            var mayBeOut = before.State is LiveState || Evidence.Sent.ContainsKey(contract.FundingTxid);
            Check(!mayBeOut || IsReplaced(contract), () => $"{id} is cancelled, its funding {contract.FundingTxid} may still confirm");
            if (mayBeOut)
            {
                _given[id] = contract.FundingTxid;
            }
        }
    }

    internal override void OnSent(Transaction transaction)
        => Check(!_given.ContainsValue(transaction.Txid), () => $"the funding {transaction.Txid} of a cancelled competition is sent");

    internal override void OnTip(Block tip)
    {
        foreach (var (id, funding) in _given)
        {
            Check(Evidence.Depth(funding) == 0, () => $"{id} is cancelled and its funding {funding} has confirmed");
        }
    }

    private bool IsReplaced(ContractRef contract) => contract.Coins.Any(coin => Evidence.ConfirmedSpenderOf(coin) is { } by && by.Txid != contract.FundingTxid);
}
