using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>
/// No ticket preimage leaves the coordinator before the funding was as deep as the terms say, nor after the pool was given up; and a seat that LND
/// did not report SETTLED never shows its preimage in a transaction (money rules 1 and 6, D15, D16).
/// </summary>
internal sealed class PreimageRule(Evidence evidence) : Rule(evidence)
{
    private readonly HashSet<Guid> _abandoned = [];

    public override string Name => "preimages";

    internal override void OnDocument(Guid id, CompetitionDocument? before, CompetitionDocument after)
    {
        if (after.State is not LiveState { Live: var live })
        {
            Check(!after.Intents.Any(intent => intent.Effect is SettleInvoice), () => $"{id} is {after.State!.Wire} and wants to settle");
            return;
        }

        if (live.Abandoned is not null)
        {
            _abandoned.Add(id);
        }

        if (after.Intents.Any(intent => intent.Effect is SettleInvoice) && before?.Intents.Any(intent => intent.Effect is SettleInvoice) != true)
        {
            Check(WasDeep(id), () => $"{id} wants to settle, its funding {live.Contract.FundingTxid} had {Evidence.Deepest(live.Contract.FundingTxid)} confirmations at most");
            Check(!_abandoned.Contains(id), () => $"{id} gave its payments back and wants to settle");
        }
    }

    internal override void OnInvoice(string node, SimulatedInvoice? before, SimulatedInvoice after)
    {
        if (node != Evidence.World.CoordinatorNode || !after.Hold || after.State != InvoiceState.Settled || before?.State == InvoiceState.Settled)
        {
            return;
        }

        var hash = Hash32.From(after.Hash.ToBytes());
        if (Evidence.TicketOf(hash) is not { Competition: var id })
        {
            Check(false, () => $"invoice {hash} was settled and no competition on the disk ever had it");
            return;
        }

        Check(WasDeep(id), () => $"{id}: invoice {hash} was settled before the funding was as deep as the terms say");
        Check(!_abandoned.Contains(id), () => $"{id}: invoice {hash} was settled after its payments were given back");
        Check(Intended(id, hash), () => $"{id}: invoice {hash} was settled without an intent on the disk");
    }

    internal override void OnSent(Transaction transaction) => CheckWitnesses(transaction);

    internal override void OnTransaction(Transaction transaction) => CheckWitnesses(transaction);

    private void CheckWitnesses(Transaction transaction)
    {
        foreach (var item in transaction.Inputs.SelectMany(input => input.Witness).Where(item => item.Length == 32))
        {
            var hash = Hash32.Of(item);
            if (Evidence.TicketOf(hash) is { Competition: var id })
            {
                Check(WasDeep(id), () => $"{id}: {transaction.Txid} shows the preimage of ticket {hash} before the funding was deep");
                Check(Evidence.Invoice(hash)?.State == InvoiceState.Settled, () => $"{id}: {transaction.Txid} shows the preimage of the unsold ticket {hash}");
            }
        }
    }

    private bool WasDeep(Guid id) => Evidence.Document(id)?.State is { } state && Evidence.ContractOf(state) is { } contract
        && Evidence.Deepest(contract.FundingTxid) >= state.Header.Terms.SettlementDepth;

    private bool Intended(Guid id, Hash32 hash) => Evidence.Document(id) is { State: LiveState { Live.Settling: true } live }
        && live.Header.Roster.FindHash(hash) is not null;
}
