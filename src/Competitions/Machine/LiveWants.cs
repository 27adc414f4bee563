namespace Coordinator.Competitions;

/// <summary>What a funded competition wants done, from what is known of it (D15 to D20, D41). Pure.</summary>
public static class LiveWants
{
    public static IEnumerable<Effect> Of(Header header, Live live)
    {
        if (live.Chain.FundingConflict is not null)
        {
            return EscrowRules.IsUsed(header) ? EscrowWants.Ending(header) : [];
        }

        List<Effect> wants = [.. Funding(header, live), .. Seats(header, live), .. Outcome(header, live), .. Payments(header, live), .. Settlement(header, live)];
        return [.. wants, .. BumpRules.Of(header, live, wants)];
    }

    /// <summary>True when every satoshi of the pool is decided at depth and no payment is open.</summary>
    public static bool Done(Header header, Live live)
    {
        bool Deep(int? height) => live.Chain.Depth(height) >= header.Terms.SettlementDepth;
        if (live.Decided is not { } decided || !Deep(decided.Height) || live.Chain.Split is not { } split || !Deep(split.Height)
            || live.Payouts.Any(payout => payout.Stage is PayoutStage.Intended or PayoutStage.InFlight) || !LiveRules.AllFinal(header))
        {
            return false;
        }

        return split.Kind is SplitSpendKind.Close or SplitSpendKind.Reclaim
            || (split.Kind == SplitSpendKind.Split
                && live.Contract.Winners(header.Terms, decided.Outcome).All(winner => live.Chain.Share(winner) is { } share && Deep(share.Height)));
    }

    /// <summary>An abandoned pool is funded all the same once every payment is given back: then it is ours, and only a confirmed funding brings
    /// the coins home (D15). Until then nothing is sent.</summary>
    private static IEnumerable<Effect> Funding(Header header, Live live)
        => live.Chain.FundingSeen || (live.Abandoned is not null && !LiveRules.AllFinal(header)) ? [] : [new BroadcastFunding()];

    private static IEnumerable<Effect> Seats(Header header, Live live)
    {
        var open = header.Roster.Tickets.Where(ticket => ticket.Unresolved).OrderBy(ticket => ticket.HtlcExpiry);
        return live.Settling ? open.Select(ticket => new SettleInvoice(ticket.Id, ticket.Hash))
            : live.Abandoned is not null ? open.Select(ticket => (Effect)new CancelInvoice(ticket.Hash))
            : [];
    }

    private static IEnumerable<Effect> Outcome(Header header, Live live)
    {
        if (live.Chain.Outcome is not null || live.Chain.FundingHeight is null)
        {
            yield break;
        }

        if (live.Attestation is { } attestation)
        {
            yield return new BroadcastOutcome(attestation.Outcome);
        }
        else if (live.Chain.MedianTimePast > header.Terms.Expiry)
        {
            yield return new BroadcastExpiry();
        }
    }

    private static IEnumerable<Effect> Payments(Header header, Live live) => live.Payouts
        .Where(payout => payout.Stage is PayoutStage.Intended or PayoutStage.InFlight && (payout.MayBeOut || !HoldRules.IsHeld(header, payout.Entry)))
        .Select(payout => new PayWinner(payout.Entry, payout.PaymentHash));

    private static IEnumerable<Effect> Settlement(Header header, Live live)
    {
        if (live.Decided is not { Height: { } height } decided)
        {
            return [];
        }

        var winners = live.Contract.Winners(header.Terms, decided.Outcome);
        return live.Chain.Split switch
        {
            null => SpendOutcome(header, live, winners, height),
            { Kind: SplitSpendKind.Split } split => winners.SelectMany(winner => Sweep(header, live, winner, split.Height)),
            _ => [],
        };
    }

    private static IEnumerable<Effect> SpendOutcome(Header header, Live live, IReadOnlyCollection<int> winners, int height)
    {
        var (tip, delta) = (live.Chain.Tip, header.Terms.Delta);
        var sold = winners.Where(winner => Sold(header, live, winner)).ToList();
        if (sold.Count == winners.Count && sold.All(winner => live.PayoutOf(live.Contract.Seats[winner])?.Closable == true))
        {
            yield return new BroadcastClose();
        }
        else if (sold.Count > 0)
        {
            if (tip >= height + delta - 1)
            {
                yield return new BroadcastSplit(sold[0]);
            }
        }
        else if (tip >= height + (2 * delta) - 1 && winners.All(winner => Unsold(header, live, winner)))
        {
            yield return new ReclaimOutcome();
        }
    }

    private static IEnumerable<Effect> Sweep(Header header, Live live, int winner, int? splitHeight)
    {
        // A winner who was paid and claims all the same is not confirmed yet: the claim of ours stays wanted.
        var spend = live.Chain.Share(winner);
        if (spend is { Height: not null } or { Kind: not ShareSpendKind.Win })
        {
            yield break;
        }

        var entry = live.Contract.Seats[winner];
        var payout = live.PayoutOf(entry);
        var ours = Unsold(header, live, winner) || live.Released.Contains(entry) || payout?.Stage == PayoutStage.Paid;
        var open = payout?.Stage is PayoutStage.Intended or PayoutStage.InFlight;
        if (payout?.Closable == true)
        {
            yield return new SweepShare(winner, ShareSweep.Close);
        }
        else if (payout?.Sellable == true)
        {
            yield return new SweepShare(winner, ShareSweep.SellBack);
        }
        else if (!open && spend is null && splitHeight is { } height && live.Chain.Tip >= (ReclaimFrom(header, height, ours, Sold(header, live, winner)) ?? int.MaxValue))
        {
            yield return new SweepShare(winner, ShareSweep.Reclaim);
        }
    }

    /// <summary>The tip at which a share may be taken back: from g+2Δ where it is ours, later where the terms give a grace, else never (D20).</summary>
    internal static int? ReclaimFrom(Header header, int splitHeight, bool ours, bool sold)
        => ours ? splitHeight + (2 * header.Terms.Delta) - 1
            : sold && header.Terms.ReclaimGrace is { } grace ? splitHeight + (2 * header.Terms.Delta) + grace
            : null;

    /// <summary>Whether the seat of this player index was sold by LND's final word (D16).</summary>
    internal static bool Sold(Header header, Live live, int winner)
        => header.Roster.FindEntry(live.Contract.Seats[winner])?.Stage == TicketStage.Settled;

    /// <summary>Whether it was not, by LND's final word; a seat without one is neither.</summary>
    internal static bool Unsold(Header header, Live live, int winner)
        => header.Roster.FindEntry(live.Contract.Seats[winner])?.Stage == TicketStage.Canceled;
}
