using Coordinator.Competitions;
using Coordinator.Grains;
using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>
/// A pool is funded only while every seat's payment is really held with blocks left, before the signing deadline, and while the oracle has not attested
/// (money rule 2, D17, D38). What changed in the moment between the coordinator's look and its write is nobody's fault.
/// </summary>
internal sealed class FundingRule(Evidence evidence) : Rule(evidence)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(2);
    private const int MomentBlocks = 3;

    public override string Name => "funding-check";

    internal override void OnDocument(Guid id, CompetitionDocument? before, CompetitionDocument after)
    {
        if (after.State is not LiveState state || before?.State is LiveState)
        {
            return;
        }

        var (roster, terms) = (state.Header.Roster, state.Header.Terms);
        Check(before?.State is SigningComplete, () => $"{id} is funded from {before?.State?.Wire ?? "nothing"}");
        foreach (var ticket in roster.Tickets)
        {
            var invoice = Evidence.Invoice(ticket.Hash);
            var isHeld = invoice?.State == InvoiceState.Accepted || (invoice is not null && Evidence.Now - Evidence.InvoiceSince(ticket.Hash) <= Moment);
            Check(isHeld, () => $"{id} is funded while {ticket.Hash} is {invoice?.State.ToString() ?? "unknown"} since {Evidence.InvoiceSince(ticket.Hash):u}");
            var limit = invoice?.Htlcs.Select(htlc => (int?)htlc.ExpiryHeight).Min();
            Check(limit is { } expiry && HoldTimes.MayFund(expiry, Evidence.Height - MomentBlocks, terms.SettlementDepth), () =>
                $"{id} is funded at height {Evidence.Height}, the payment of {ticket.Hash} is held until {limit}");
        }

        Check(Evidence.Now <= terms.SigningDeadline + Moment, () => $"{id} is funded at {Evidence.Now:u}, after its signing deadline {terms.SigningDeadline:u}");
        Check(Evidence.AttestedAt(id) is not { } attested || Evidence.Now - attested <= Moment, () => $"{id} is funded although it was attested at {Evidence.AttestedAt(id):u}");
    }
}
