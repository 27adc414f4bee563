using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>
/// How each competition ended: nothing funded and every millisatoshi given back, or closed on chain to the last output and settled as the oracle
/// attested (or as expired), each sold winner with exactly the share, once, and each unsold seat with its money and nothing else (D16).
/// </summary>
internal sealed class EndRule(Evidence evidence) : Rule(evidence)
{
    public override string Name => "endings";

    internal override void OnEnd()
    {
        foreach (var (id, document) in Evidence.Documents)
        {
            if (Evidence.Contract(id) is { } contract && Evidence.Depth(contract.Pool.Txid) > 0)
            {
                CheckFunded(contract, document.State!);
            }
            else
            {
                CheckUnfunded(id, document.State!);
            }
        }
    }

    private void CheckUnfunded(Guid id, CompetitionState state)
    {
        var kept = Evidence.CoordinatorInvoices
            .Where(invoice => invoice.State == InvoiceState.Settled && Evidence.TicketOf(Hash32.From(invoice.Hash.ToBytes()))?.Competition == id)
            .Select(invoice => invoice.Hash).ToList();
        Check(kept.Count == 0, () => $"{id} is {state.Wire} and was never funded, and the payments {string.Join(", ", kept)} were taken");
        foreach (var player in Evidence.World.Players.Where(player => player.Competition == id))
        {
            Check(OnChain(player) == 0, () => $"{id} was never funded and {player.Node} has {OnChain(player)} sat of it");
        }

        var paid = Evidence.Payouts.Where(payout => payout.Competition == id).Any(payout => Evidence.Payment(payout.Payout.PaymentHash)?.Status == PaymentStatus.Succeeded);
        Check(!paid, () => $"{id} was never funded and paid a winner");
    }

    private void CheckFunded(AuditedContract contract, CompetitionState state)
    {
        var id = contract.Competition;
        if (Evidence.ConfirmedSpenderOf(contract.Pool) is not { } spender || !contract.Outcomes.TryGetValue(spender.Txid, out var outcome))
        {
            Check(false, () => $"{id} is {state.Wire}: its pool {contract.Pool} is not spent by a transaction of the contract");
            return;
        }

        CheckDecision(contract, outcome);
        CheckClosed(contract, outcome, state);
        foreach (var seat in Evidence.SeatsOf(contract))
        {
            CheckSeat(contract, outcome, seat);
        }
    }

    /// <summary>The ranking by the oracle's own count of its own entries, place by place.</summary>
    private void CheckDecision(AuditedContract contract, Outcome outcome)
    {
        var record = Evidence.World.Oracle.Export().Events.FirstOrDefault(kept => kept.Terms.Id == contract.Competition);
        if (outcome.IsExpiry)
        {
            Check(contract.Shares(outcome).Select(share => share.Player).Order().SequenceEqual(Enumerable.Range(0, contract.Terms.Entries)),
                () => $"{contract.Competition} expired and does not pay everybody");
            return;
        }

        Check(record?.Outcome == outcome.AttestationIndex, () => $"{contract.Competition} ended as {outcome}, the oracle attested {record?.Outcome?.ToString() ?? "nothing"}");
        if (record?.Outcome is not { } attested)
        {
            return;
        }

        var ranking = OutcomeRanking.Of(contract.Terms.Entries, contract.Terms.Places);
        var order = record.Entries.Select(entry => entry.Id).Order(UuidOrder.BigEndian).ToList();
        var ranked = ranking.WinnersOf(attested).Select(position => order[position]).ToList();
        var weights = attested == ranking.RefundIndex ? Enumerable.Repeat(1UL, ranked.Count) : PlaceWeights.For(contract.Terms.Places);
        var seats = Evidence.SeatsOf(contract).ToList();
        var wanted = ranked.Zip(weights).Select(pair => (seats.FirstOrDefault(seat => seat.Entry == pair.First)?.Player ?? -1, pair.Second)).Order();
        var written = contract.Dlc.Parameters.OutcomePayouts.Find(outcome)!.Winners.Select(winner => (winner.PlayerIndex, winner.Weight)).Order();
        Check(wanted.SequenceEqual(written), () =>
            $"{contract.Competition}: the oracle ranked {string.Join(", ", ranked)} as {outcome}; the contract pays players {string.Join(", ", written)}");
    }

    private void CheckClosed(AuditedContract contract, Outcome outcome, CompetitionState state)
    {
        var id = contract.Competition;
        var spender = Evidence.ConfirmedSpenderOf(new OutPoint(contract.Dlc.OutcomeTxid(outcome), 0));
        Check(spender is not null, () => $"{id} is {state.Wire}: the output of {outcome} is not spent");
        if (spender?.Txid == contract.Dlc.SplitTxid(outcome))
        {
            foreach (var (player, share) in contract.Shares(outcome))
            {
                Check(Evidence.ConfirmedSpenderOf(contract.ShareOutput(outcome, player)) is not null, () =>
                    $"{id} is {state.Wire}: the share of player {player}, {share} sat, lies there");
            }
        }
    }

    private void CheckSeat(AuditedContract contract, Outcome outcome, Seat seat)
    {
        var (id, entry) = (contract.Competition, seat.Entry);
        var share = contract.Shares(outcome).Where(pair => pair.Player == seat.Player).Sum(pair => pair.Share);
        var paid = Evidence.PaymentsFor(id, entry).Where(payment => payment.Status == PaymentStatus.Succeeded).Sum(payment => payment.ValueMsat);
        var claimed = Evidence.ShareSpend(seat) is { How: ShareEnd.Win } spend ? spend.By : null;
        Check(Evidence.IsSold(seat.Ticket) || Evidence.IsUnsold(seat.Ticket), () => $"{id}: the invoice of entry {entry} is {Evidence.Invoice(seat.Ticket)?.State}");
        if (!Evidence.IsSold(seat.Ticket))
        {
            Check(paid == 0 && claimed is null, () => $"{id}: the seat of entry {entry} is unsold, and it got {paid} msat and {claimed?.Txid.ToString() ?? "nothing"}");
            return;
        }

        var released = contract.Terms.ReclaimGrace is not null || (Evidence.Document(id)?.State is LiveState live && live.Live.Released.Contains(entry));
        Check(paid == share * 1_000 ? claimed is null || share == 0 : paid == 0 && (claimed is not null || released), () =>
            $"{id}: entry {entry} should have {share} sat under {outcome}, was paid {paid} msat and took {claimed?.Txid.ToString() ?? "nothing"} on chain");
        if (claimed is not null)
        {
            var player = PlayerOf(id, seat);
            Check(player is not null && OnChain(player) is var got && got < share && got * 2 >= share, () =>
                $"{id}: {player?.Node} claimed {share} sat of entry {entry} and has {(player is null ? 0 : OnChain(player))}");
        }
    }

    /// <summary>Who paid for the seat is whose it is; a node that plays with several seats is judged by all of them together.</summary>
    private AuditedPlayer? PlayerOf(Guid id, Seat seat)
    {
        var payer = Evidence.Invoice(seat.Ticket)?.Htlcs.LastOrDefault(htlc => htlc.State == HtlcState.Settled)?.Payer;
        return Evidence.World.Players.FirstOrDefault(player => player.Competition == id && player.Node == payer);
    }

    private long OnChain(AuditedPlayer player) => Evidence.Unspent
        .Where(output => output.ScriptPubKey.Equals(player.ChainScript)).Sum(output => output.Value.Value);
}
