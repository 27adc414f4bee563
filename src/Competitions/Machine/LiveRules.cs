using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>How facts change a funded competition, and which state follows. Pure.</summary>
public static class LiveRules
{
    /// <summary>The funding intent: from this write on the transaction may be out.</summary>
    public static CompetitionState Begin(SigningComplete signed, FundingCleared cleared)
    {
        var live = new Live(signed.Contract, signed.Signed, ChainView.Empty with { Tip = cleared.Tip }, false, null, null, [], []) { FundingSentAt = cleared.Tip };
        return Place(signed.Header.Stamped("funding_broadcasted_at", cleared.At), live, cleared.At);
    }

    public static CompetitionState Absorb(LiveState state, Fact fact)
    {
        var (header, live) = (state.Header, state.Live);
        return fact switch
        {
            ChainSeen seen => Place(header, See(header, live, seen), seen.At),
            EscrowsSeen seen when live.Chain.FundingConflict is not null => Place(EscrowWants.WithHolds(EscrowRules.Absorb(header, seen), seen.At), live, seen.At),
            InvoiceSeen seen => Place(AbsorbInvoice(header, live, seen), live, seen.At),
            AttestationSeen seen when live.Attestation is null
                => Place(header, live with { Attestation = new Attestation(seen.Outcome, seen.Scalar) }, seen.At),
            Noticed noticed => header.Noted(noticed) is var noted && ReferenceEquals(noted, header) ? state : state with { Header = noted },
            BumpIntended intended => Place(header, BumpRules.With(live, intended.Bump), intended.At),
            PaymentSeen seen => Place(header, PayoutRules.Absorb(live, seen), seen.At),
            PaymentFound found => HoldRules.Adopt(state, found),
            HoldFact hold => HoldRules.Absorb(state, hold),
            _ => state,
        };
    }

    private static Live See(Header header, Live live, ChainSeen seen)
    {
        var next = live with { Chain = seen.Chain };
        var deep = seen.Chain.Depth(seen.Chain.FundingHeight) >= header.Terms.SettlementDepth;
        if (next.Abandoned is null && deep)
        {
            next = next with { Settling = true };
        }

        // Before the first settle intent a payment that comes too near its expiry is given back: nobody holds a preimage, the pool is ours (D15).
        if (!next.Settling && next.Abandoned is null
            && header.Roster.EarliestHtlcExpiry is { } expiry && seen.Chain.Tip >= HoldTimes.HtlcLimit(expiry))
        {
            next = next with { Abandoned = "held payments came too near their expiry before the funding was deep enough" };
        }

        return next;
    }

    /// <summary>After the funding broadcast a cancelled invoice is an unsold seat, never a new ticket.</summary>
    private static Header AbsorbInvoice(Header header, Live live, InvoiceSeen seen)
    {
        if (seen.Status != InvoiceStatus.Canceled)
        {
            return SeatRules.Absorb(header, seen);
        }

        return header.Roster.FindHash(seen.Hash) is { Unresolved: true } ticket
            ? header.With(ticket with { Stage = TicketStage.Canceled })
            : header;
    }

    /// <summary>The state that follows from what is known; steps are stamped the first time they are seen.</summary>
    public static CompetitionState Place(Header header, Live live, DateTimeOffset at)
    {
        if (live.Chain.FundingConflict is { } by)
        {
            return Replaced(header, live, by, at);
        }

        header = Stamp(header, live, at);
        if (Foreign(header, live.Chain) is { } foreign)
        {
            header = HoldRules.Raise(header, new HoldRaised(HoldKind.ForeignSpend, foreign.By.ToString(), foreign.Text, at));
            if (HoldRules.IsOpen(header, HoldKind.ForeignSpend, foreign.By.ToString()))
            {
                return new Failed(header.Stamped("failed_at", at), live, foreign.Text);
            }

            if (foreign.IsWhole)
            {
                return foreign.Depth >= header.Terms.SettlementDepth && AllFinal(header) && !live.Payouts.Any(payout => payout.MayBeOut && payout.Live && payout.Stage != PayoutStage.Paid)
                    ? new Completed(header.Stamped("completed_at", at), live)
                    : new Failed(header.Stamped("failed_at", at), live, foreign.Text);
            }
        }

        return LiveWants.Done(header, live) ? new Completed(header.Stamped("completed_at", at), live)
            : live.Abandoned is { } reason ? new Failed(header.Stamped("failed_at", at), live, reason)
            : live.Decided is not null ? Split(header, live)
            : live.Attestation is not null && live.Settling && AllFinal(header) ? new Attested(header, live)
            : live.Chain.Outcome is { Kind: OutcomeSpendKind.Expiry } ? new ExpiryBroadcasted(header, live)
            : live.Settling && AllFinal(header) ? new AwaitingAttestation(header, live)
            : live.Settling ? new FundingConfirmed(header, live)
            : new FundingBroadcasted(header, live);
    }

    /// <summary>The funding transaction can never confirm: before the first settle intent nobody has paid; after it, refunds are owed until the
    /// operator says of each that it was made (D15).</summary>
    private static CompetitionState Replaced(Header header, Live live, Txid by, DateTimeOffset at)
    {
        header = HoldRules.WithRefunds(header, at);
        if (EscrowRules.IsUsed(header))
        {
            return EscrowRules.IsOpen(header)
                ? new Failed(header.Stamped("failed_at", at), live, $"the funding transaction was replaced by {by}: every escrow goes back to its player")
                : new Cancelled(header.Stamped("cancelled_at", at), $"the funding transaction was replaced by {by}; every escrow is spent", HoldsCoins: false);
        }

        return !live.Settling ? new Cancelled(header.Stamped("cancelled_at", at), $"the funding transaction was replaced by {by}", HoldsCoins: false)
            : AllFinal(header) && !HoldRules.Owed(header).Any()
                ? new Cancelled(header.Stamped("cancelled_at", at), $"the funding transaction was replaced by {by}; what was owed for it is given back", HoldsCoins: false)
            : new Failed(header.Stamped("failed_at", at), live, $"the funding transaction was replaced by {by} after tickets were settled: refunds are owed");
    }

    /// <summary>A confirmed spender that the contract does not know (D41): an alarm, whatever else is decided.</summary>
    private static ForeignSpender? Foreign(Header header, ChainView chain)
        => chain.Outcome is { Kind: OutcomeSpendKind.Foreign, Height: not null } outcome
                ? new(outcome.Txid, $"the pool was spent by {outcome.Txid}, which is not of the contract", true, chain.Depth(outcome.Height))
            : chain.Split is { Kind: SplitSpendKind.Foreign, Height: not null } split
                ? new(split.Txid, $"the outcome's output was spent by {split.Txid}, which is not of the contract", true, chain.Depth(split.Height))
            : chain.Shares.FirstOrDefault(share => share is { Kind: ShareSpendKind.Foreign, Height: not null }
                && !HoldRules.IsReleased(header, HoldKind.ForeignSpend, share.Txid.ToString())) is { } share
                ? new(share.Txid, $"the share of player {share.Winner} was spent by {share.Txid}, which is not of the contract", false, chain.Depth(share.Height))
            : null;

    /// <param name="IsWhole">Nothing of the pool is left to decide.</param>
    private sealed record ForeignSpender(Txid By, string Text, bool IsWhole, int Depth);

    private static CompetitionState Split(Header header, Live live)
        => live.Chain.Split is null ? new OutcomeBroadcasted(header, live) : new DeltaBroadcasted(header, live);

    private static Header Stamp(Header header, Live live, DateTimeOffset at)
    {
        Header When(bool reached, string name, Header so) => reached ? so.Stamped(name, at) : so;
        header = When(live.Settling, "funding_confirmed_at", header);
        header = When(live.Settling && AllFinal(header), "funding_settled_at", header);
        header = When(live.Settling && AllFinal(header), "awaiting_attestation_at", header);
        header = When(live.Attestation is not null, "attested_at", header);
        header = When(live.Chain.Outcome?.Kind == OutcomeSpendKind.Expiry, "expiry_broadcasted_at", header);
        header = When(live.Decided is not null, "outcome_broadcasted_at", header);
        return When(live.Decided is not null && live.Chain.Split is not null, "delta_broadcasted_at", header);
    }

    internal static bool AllFinal(Header header) => header.Roster.Tickets.All(ticket => ticket.Final);
}
