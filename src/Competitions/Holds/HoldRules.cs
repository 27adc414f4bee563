using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>How holds come, what they keep still, and how they end. Pure.</summary>
public static class HoldRules
{
    /// <summary>The same kind and subject are the same hold.</summary>
    public static string IdOf(HoldKind kind, string subject) => $"{NameOf(kind)}/{subject}";

    /// <summary>The kind as operators read it.</summary>
    public static string NameOf(HoldKind kind) => kind switch
    {
        HoldKind.UnknownInvoice => "unknown_invoice",
        HoldKind.UnexplainedPayment => "unexplained_payment",
        HoldKind.RefundOwed => "refund_owed",
        HoldKind.ForeignSpend => "foreign_spend",
        HoldKind.FoundFunding => "found_funding",
        HoldKind.EscrowUnclaimed => "escrow_unclaimed",
    };

    public static Hold? Find(Header header, HoldKind kind, string subject)
    {
        var id = IdOf(kind, subject);
        return header.Holds.FirstOrDefault(hold => hold.Id == id);
    }

    public static bool IsOpen(Header header, HoldKind kind, string subject) => Find(header, kind, subject) is { IsOpen: true };

    public static bool IsReleased(Header header, HoldKind kind, string subject) => Find(header, kind, subject) is { IsOpen: false };

    /// <summary>An entry of which no further payout is made.</summary>
    public static bool IsHeld(Header header, Guid entry)
        => header.Holds.Any(hold => hold is { IsOpen: true, Kind: HoldKind.UnexplainedPayment } && hold.Entry == entry);

    /// <summary>All holds of a competition, released ones too. Documents that are older than holds get what they would have.</summary>
    public static ImmutableArray<Hold> Of(CompetitionState state)
        => state is Cancelled cancelled ? WithRefunds(cancelled.Header, CancelledAt(cancelled)).Holds : state.Header.Holds;

    /// <summary>Tickets whose payment was taken without a pool, and that the operator has not refunded.</summary>
    public static IEnumerable<Ticket> Owed(Header header) => header.Roster.Tickets
        .Where(ticket => ticket.Stage == TicketStage.Settled && !IsReleased(header, HoldKind.RefundOwed, ticket.Id.ToString()));

    /// <summary>One hold for each ticket whose payment was taken although there is no pool.</summary>
    public static Header WithRefunds(Header header, DateTimeOffset at) => header.Roster.Tickets
        .Where(ticket => ticket.Stage == TicketStage.Settled)
        .Aggregate(header, (next, ticket) => Raise(next, new HoldRaised(
            HoldKind.RefundOwed, ticket.Id.ToString(), OwedText(ticket), at)
        {
            Entry = ticket.Entry?.Id,
            Sats = OwedSats(ticket),
        }));

    /// <summary>What was taken beyond an escrow that is the player's own: all of it where there is none.</summary>
    public static long OwedSats(Ticket ticket)
        => Math.Max(0, ((ticket.ReceivedMsat + 999) / 1_000) - (ticket.Escrow is { MayBeOut: true } escrow ? escrow.Value.Value : 0));

    /// <summary>Names the amount of a ticket's escrow beside what was paid for the ticket itself.</summary>
    public static string EscrowSubject(Ticket ticket) => $"{ticket.Id}/escrow";

    private static string OwedText(Ticket ticket) => ticket.Escrow is { MayBeOut: true }
        ? "the payment of this ticket was taken and there is no pool for it: the escrow is the player's, give back the fees that were paid beside it"
        : "the payment of this ticket was taken and there is no pool for it: give it back";

    public static Header Raise(Header header, HoldRaised raised)
    {
        var id = IdOf(raised.Kind, raised.Subject);
        return header.Holds.Any(hold => hold.Id == id) ? header : header with
        {
            Holds = header.Holds.Add(new Hold(id, raised.Kind, raised.Subject, raised.Detail, raised.At) { Entry = raised.Entry, Sats = raised.Sats }),
        };
    }

    public static Header Explain(Header header, HoldKind kind, string subject)
        => Find(header, kind, subject) is { IsOpen: true } hold ? header with { Holds = header.Holds.Remove(hold) } : header;

    public static CompetitionState Absorb(CompetitionState state, HoldFact fact)
    {
        var header = fact switch
        {
            HoldRaised raised => Raise(state.Header, raised),
            HoldExplained explained => Explain(state.Header, explained.Kind, explained.Subject),
            _ => state.Header,
        };
        return ReferenceEquals(header, state.Header) ? state : state with { Header = header };
    }

    /// <summary>A release is recorded once; again it changes nothing.</summary>
    public static Verdict Release(CompetitionState state, ReleaseHold release)
    {
        var header = state is Cancelled cancelled ? WithRefunds(cancelled.Header, CancelledAt(cancelled)) : state.Header;
        if (header.Holds.FirstOrDefault(candidate => candidate.Id == release.Id) is not { } hold)
        {
            return Refusal.NotFound("hold_not_found", $"there is no hold {release.Id}");
        }

        if (!hold.IsOpen)
        {
            return state;
        }

        var done = header with
        {
            Holds = header.Holds.Replace(hold, hold with { Release = new HoldRelease(release.At, release.By, release.Note) }),
        };
        return state is LiveState live and not Completed ? LiveRules.Place(done, live.Live, release.At) : state with { Header = done };
    }

    /// <summary>A payment that explains itself (the entry's share, in the confirmed outcome, to its payout hash) is taken into the journal; any
    /// other one is held, and nothing more is paid to that entry.</summary>
    public static CompetitionState Adopt(LiveState state, PaymentFound found)
    {
        var (header, live) = (state.Header, state.Live);
        if (found.State == PaymentState.Failed || live.Payouts.Any(payout => payout.PaymentHash == found.PaymentHash && payout.Live))
        {
            return state;
        }

        if (!Explains(state, found))
        {
            return Absorb(state, new HoldRaised(
                HoldKind.UnexplainedPayment, found.PaymentHash.ToString(),
                $"the Lightning node has a payment of {found.AmountMsat / 1_000} sat to the payout hash of entry {found.Entry} that is not in the journal", found.At)
            {
                Entry = found.Entry,
                Sats = found.AmountMsat / 1_000,
            });
        }

        // Without its preimage the look has to be repeated: the share comes home with it.
        var paid = found is { State: PaymentState.Succeeded, SealedPreimage: not null };
        var payout = new Payout(
            found.Entry, found.Outcome, found.Invoice, found.PaymentHash, Satoshis.Of(found.ShareSats), found.At, true,
            paid ? PayoutStage.Paid : PayoutStage.InFlight, null, paid ? found.SealedPreimage : null, found.FeeMsat, null, found.At, paid ? found.At : null)
        {
            MayBeSent = true,
        };
        return LiveRules.Place(header, live with { Payouts = live.Payouts.Add(payout) }, found.At);
    }

    private static bool Explains(LiveState state, PaymentFound found)
    {
        var live = state.Live;
        return state.Header.Roster.FindEntry(found.Entry) is { Stage: TicketStage.Settled, Entry: { } entry } && entry.PayoutHash == found.PaymentHash
            && live.Decided is { } decided && decided.Outcome == found.Outcome
            && live.Contract.Winners(state.Header.Terms, decided.Outcome).Contains(live.Contract.IndexOf(found.Entry))
            && found.ShareSats > 0 && found.AmountMsat == found.ShareSats * 1_000
            && live.PayoutOf(found.Entry) is not { Live: true };
    }

    private static DateTimeOffset CancelledAt(Cancelled state) => state.Header.StampOf("cancelled_at") ?? state.Header.CreatedAt;
}
