namespace Coordinator.Competitions;

/// <summary>How facts change a funded competition, and which state follows. Pure.</summary>
public static class LiveRules
{
    /// <summary>The funding intent: from this write on the transaction may be out.</summary>
    public static CompetitionState Begin(SigningComplete signed, FundingCleared cleared)
    {
        var live = new Live(signed.Contract, signed.Signed, ChainView.Empty with { Tip = cleared.Tip }, false, null, null, [], []);
        return Place(signed.Header.Stamped("funding_broadcasted_at", cleared.At), live, cleared.At);
    }

    public static CompetitionState Absorb(LiveState state, Fact fact)
    {
        var (header, live) = (state.Header, state.Live);
        return fact switch
        {
            ChainSeen seen => Place(header, See(header, live, seen), seen.At),
            InvoiceSeen seen => Place(AbsorbInvoice(header, live, seen), live, seen.At),
            AttestationSeen seen when live.Attestation is null
                => Place(header, live with { Attestation = new Attestation(seen.Outcome, seen.Scalar) }, seen.At),
            PaymentSeen seen => Place(header, PayoutRules.Absorb(live, seen), seen.At),
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
            return live.Settling
                ? new Failed(header.Stamped("failed_at", at), live, $"the funding transaction was replaced by {by} after tickets were settled: refunds are owed")
                : new Cancelled(header.Stamped("cancelled_at", at), $"the funding transaction was replaced by {by}", HoldsCoins: false);
        }

        header = Stamp(header, live, at);
        return Foreign(live.Chain) is { } foreign
                ? new Failed(header.Stamped("failed_at", at), live, $"{foreign}, which is not of the contract")
            : LiveWants.Done(header, live) ? new Completed(header.Stamped("completed_at", at), live)
            : live.Abandoned is { } reason ? new Failed(header.Stamped("failed_at", at), live, reason)
            : live.Decided is not null ? Split(header, live)
            : live.Attestation is not null && live.Settling && AllFinal(header) ? new Attested(header, live)
            : live.Chain.Outcome is { Kind: OutcomeSpendKind.Expiry } ? new ExpiryBroadcasted(header, live)
            : live.Settling && AllFinal(header) ? new AwaitingAttestation(header, live)
            : live.Settling ? new FundingConfirmed(header, live)
            : new FundingBroadcasted(header, live);
    }

    /// <summary>A confirmed spender that the contract does not know (D41): an alarm, whatever else is decided.</summary>
    private static string? Foreign(ChainView chain)
        => chain.Outcome is { Kind: OutcomeSpendKind.Foreign, Height: not null } outcome ? $"the pool was spent by {outcome.Txid}"
            : chain.Split is { Kind: SplitSpendKind.Foreign, Height: not null } split ? $"the outcome's output was spent by {split.Txid}"
            : chain.Shares.FirstOrDefault(share => share is { Kind: ShareSpendKind.Foreign, Height: not null }) is { } share
                ? $"the share of player {share.Winner} was spent by {share.Txid}"
            : null;

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
