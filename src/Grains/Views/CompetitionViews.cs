using System.Collections.Immutable;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Documents as the outside sees them. Nothing secret, no picks of others, no contract.</summary>
internal static class CompetitionViews
{
    /// <summary>The view for lists: whatever needs no look at storage or chain.</summary>
    public static CompetitionView Lean(CompetitionDocument document)
    {
        var state = document.State ?? throw new ArgumentException("the competition does not exist", nameof(document));
        var header = state.Header;
        var live = (state as LiveState)?.Live;
        return new CompetitionView(
            document.Version,
            Submission(header.Terms),
            header.CreatedAt,
            state.Wire,
            Totals(state),
            [.. header.Stamps.Select(stamp => new StampView(stamp.Name, stamp.At))],
            null,
            Contracted.Of(state)?.Contract.FundingOutpoint.ToString(),
            null,
            null,
            live?.Attestation?.Scalar,
            live?.Decided is { } decided ? SettlementEffects.Of(decided.Outcome).ToString() : null,
            header.Terms.Price.Value,
            header.Terms.NetworkFee.Value,
            (state as Cancelled)?.Reason ?? (state as Failed)?.Reason,
            OwedTo(state))
        {
            Deleted = document.Deleted,
            Notices = [.. header.Notices.Select(notice => $"{notice.Code}: {notice.Detail}")],
            Bumps = Bumps(state),
            Holds = HoldViews.Of(state),
            StateSince = document.History.Since(state.Wire),
            Pending = [.. document.Intents.Where(intent => intent.Attempts > 0)
                .Select(intent => new PendingView(intent.Effect.Key, intent.Attempts, intent.LastError))],
        };
    }

    private static BumpsView? Bumps(CompetitionState state) => Contracted.Of(state) is not { Contract: { } contract } ? null : new BumpsView(
        (state as LiveState)?.Live.Bumps.Sum(bump => bump.Number) ?? 0,
        (state as LiveState)?.Live.Bumps.Sum(bump => bump.Fee.Value) ?? 0,
        contract.BumpReserve?.Value ?? 0);

    public static bool SameTerms(CreateCompetition stored, CreateCompetition asked)
        => Given(stored) == Given(asked)
            && stored.Locations.SequenceEqual(asked.Locations, StringComparer.Ordinal)
            && (asked.SettlementDepth is null || stored.SettlementDepth == asked.SettlementDepth)
            && (asked.EscrowRefundBlocks is null || stored.EscrowRefundBlocks == asked.EscrowRefundBlocks)
            && (asked.RelativeLocktimeBlockDelta is null || stored.RelativeLocktimeBlockDelta == asked.RelativeLocktimeBlockDelta);

    /// <summary>Without what has a default, and without lists, which compare by reference.</summary>
    private static CreateCompetition Given(CreateCompetition terms)
        => terms with { Locations = [], RelativeLocktimeBlockDelta = null, SettlementDepth = null, EscrowRefundBlocks = null };

    /// <summary>The caller's own entry.</summary>
    /// <param name="share">Its output in the confirmed outcome's split; null where it wins nothing.</param>
    public static EntryView Entry(CompetitionState state, Ticket ticket, long? share)
    {
        var entry = ticket.Entry!;
        var live = (state as LiveState)?.Live;
        var payout = live?.PayoutOf(entry.Id);
        var signed = Contracted.Of(state) is { } contracted && (contracted.Signed is not null || contracted.Round?.Part(entry.Id)?.Partials is not null);
        return new EntryView(
            entry.Id,
            state.Header.Terms.Id,
            ticket.Id,
            entry.Player.ToHex(),
            entry.Key.ToHex(),
            entry.EncryptedKey,
            entry.PayoutHash.ToString(),
            entry.EncryptedPayoutPreimage,
            [.. entry.Picks.Select(pick => new StationPicksMessage(
                pick.Station, pick.WindSpeed?.ToString(), pick.TempHigh?.ToString(), pick.TempLow?.ToString()))],
            signed ? state.Header.StampOf("signed_at") ?? state.Header.StampOf("contracted_at") : null,
            ticket.PaidAt,
            payout?.PaidAt,
            payout?.Invoice,
            null,
            null,
            live is null ? null : PayoutStatus(state.Header, live, ticket, payout, share) with
            {
                Owed = OwedRules.Of(state).FirstOrDefault(owed => owed.Entry == entry.Id) is { } owed ? Owed(owed, share ?? 0) : null,
            });
    }

    /// <param name="sats">The share's output in the confirmed outcome's split.</param>
    public static OwedShareView Owed(OwedShare share, long sats) => new(
        share.Entry,
        share.Player.ToHex(),
        sats,
        share.Way switch
        {
            OwedWay.NotOpen => "not_open",
            OwedWay.Lightning => "lightning",
            OwedWay.InFlight => "in_flight",
            OwedWay.OnChain => "on_chain",
        },
        share.PayableUntil,
        share.ClaimableFrom,
        share.ReclaimableFrom);

    private static PayoutStatusView PayoutStatus(Header header, Live live, Ticket ticket, Payout? payout, long? share)
    {
        var limit = live.Decided?.Height is { } height ? PayoutRules.CltvLimit(header.Terms, height, live.Chain.Tip, live.Chain.Tip) : (int?)null;
        var open = live.Decided is { } decided && live.Chain.Depth(decided.Height) >= header.Terms.Profile.PayoutDepth;
        var stage = payout?.Stage switch
        {
            PayoutStage.Intended => "intended",
            PayoutStage.InFlight => "in_flight",
            PayoutStage.Paid => "paid",
            _ when !open => "not_open",
            _ when share is null || ticket.Stage != TicketStage.Settled => "nothing",
            _ when live.Chain.Split is not null || limit <= 0 => "closed",
            PayoutStage.Failed => "failed",
            _ => "open",
        };
        return new PayoutStatusView(share, stage, payout?.LastError, open ? limit : null, payout?.SealedKey is not null);
    }

    private static CreateCompetition Submission(CompetitionTerms terms) => new(
        terms.Id, terms.SigningDate, terms.StartObservation, terms.EndObservation, terms.Locations, terms.ValuesPerEntry, terms.Places, terms.Entries,
        terms.EntryFee.Value, terms.FeePercent, terms.Pool.Value, terms.Delta)
    {
        SettlementDepth = terms.SettlementDepth,
        Escrow = terms.Escrow is not null,
        EscrowRefundBlocks = terms.Escrow?.RefundBlocks,
    };

    private static CompetitionTotals Totals(CompetitionState state)
    {
        var tickets = state.Header.Roster.Tickets;
        var contracted = Contracted.Of(state);
        var all = tickets.Length;
        return new CompetitionTotals(
            tickets.Count(ticket => ticket.Entry is not null),
            contracted?.Signed is not null ? all : contracted?.Round?.Parts.Length ?? 0,
            contracted?.Signed is not null ? all : contracted?.Round?.Parts.Count(part => part.Partials is not null) ?? 0,
            tickets.Count(ticket => ticket.Complete),
            (state as LiveState)?.Live.Payouts.Count(payout => payout.Stage == PayoutStage.Paid) ?? 0);
    }

    /// <summary>Refunds and overpaid amounts.</summary>
    internal static ImmutableArray<OwedView> OwedTo(CompetitionState state)
    {
        var owed = ImmutableArray.CreateBuilder<OwedView>();
        var price = state.Header.Terms.Price.ToMillisatoshis().Value;
        var ended = state is Cancelled or Failed { Live.Chain.FundingConflict: not null };
        foreach (var ticket in state.Header.Roster.Tickets.Where(ticket => ticket.Stage == TicketStage.Settled))
        {
            if (HoldRules.IsOpen(state.Header, HoldKind.RefundOwed, HoldRules.EscrowSubject(ticket)))
            {
                owed.Add(new OwedView(ticket.Id, ticket.Entry?.Id, ticket.Escrow!.Value.Value, "refund: the escrow of this settled ticket can never be"));
            }

            if (ended && HoldRules.IsReleased(state.Header, HoldKind.RefundOwed, ticket.Id.ToString()))
            {
                continue;
            }

            if (ended)
            {
                owed.Add(new OwedView(ticket.Id, ticket.Entry?.Id, HoldRules.OwedSats(ticket), ticket.Escrow is { MayBeOut: true }
                    ? "fees: the ticket was settled, nothing was funded, and the escrow is the player's"
                    : "refund: the ticket was settled and nothing was funded"));
            }
            else if (ticket.ReceivedMsat > price)
            {
                owed.Add(new OwedView(ticket.Id, ticket.Entry?.Id, (ticket.ReceivedMsat - price) / 1_000, "overpaid"));
            }
        }

        return owed.ToImmutable();
    }
}
