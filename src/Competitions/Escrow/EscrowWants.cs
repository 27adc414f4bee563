namespace Coordinator.Competitions;

/// <summary>What escrows want done while a pool is being made, and when there will be none (D21). Pure.</summary>
public static class EscrowWants
{
    /// <summary>Of a seat whose payment is awaited: its escrow first, its invoice after.</summary>
    internal static Effect? OfReserved(Header header, Ticket ticket)
        => EscrowRules.IsUsed(header) && ticket.Escrow is null ? new PrepareEscrow(ticket.Id, ticket.Hash)
            : ticket.PaymentRequest is null ? new IssueInvoice(ticket.Id, ticket.Hash)
            : null;

    /// <summary>Before the funding: whatever is not to be seen is sent again.</summary>
    public static IEnumerable<Effect> Keeping(Header header) => header.Roster.Tickets
        .Where(ticket => ticket.Escrow is { MayBeOut: true, Sight: { Seen: false, Conflict: null } })
        .Select(ticket => new BroadcastEscrow(ticket.Id, ticket.Hash));

    /// <summary>Payments whose escrow is deep enough, in order of their expiry.</summary>
    public static IEnumerable<Effect> Settling(Header header) => header.Roster.Tickets
        .Where(ticket => ticket is { Stage: TicketStage.Paid, Escrow: { } escrow } && EscrowRules.IsSafe(header, escrow))
        .OrderBy(ticket => ticket.HtlcExpiry)
        .Select(ticket => new SettleInvoice(ticket.Id, ticket.Hash));

    /// <summary>
    /// There will be no pool. An unpaid escrow is double-spent first and its payment given back after; one that confirmed all the same comes
    /// home by the coordinator's own way, because nobody holds its preimage. A paid one is its player's: it is kept on the chain, and taken
    /// back only after an operator has said that the player has the money.
    /// </summary>
    public static IEnumerable<Effect> Ending(Header header) => header.Roster.Tickets.SelectMany(ticket => Ending(header, ticket));

    private static IEnumerable<Effect> Ending(Header header, Ticket ticket)
    {
        if (ticket.Escrow is not { MayBeOut: true } escrow)
        {
            return
            [
                .. ticket.Unresolved ? [new CancelInvoice(ticket.Hash)] : Array.Empty<Effect>(),
                .. ticket.Escrow is { Released: false } ? [new ReleaseEscrow(ticket.Id, ticket.Hash)] : Array.Empty<Effect>(),
            ];
        }

        var confirmed = escrow.Sight.Height is not null;
        var replaced = EscrowRules.IsReplaced(header, escrow);
        var theirs = ticket.Stage == TicketStage.Settled;
        var wants = new List<Effect>();
        if (ticket.Unresolved && (confirmed || replaced))
        {
            wants.Add(new CancelInvoice(ticket.Hash));
        }

        if (!EscrowRules.IsOpen(header, escrow))
        {
            return wants;
        }

        if (!confirmed && theirs && !escrow.Sight.Seen)
        {
            wants.Add(new BroadcastEscrow(ticket.Id, ticket.Hash));
        }
        else if (!confirmed && !theirs)
        {
            wants.Add(new DoubleSpendEscrow(ticket.Id, ticket.Hash));
        }
        else if (confirmed && MayReclaim(header, ticket, escrow))
        {
            wants.Add(new ReclaimEscrow(ticket.Id, ticket.Hash));
        }

        return wants;
    }

    /// <summary>From T+144 on, by LND's final word: an unsold seat's escrow is ours; a sold one's only after the operator has released it.</summary>
    private static bool MayReclaim(Header header, Ticket ticket, TicketEscrow escrow)
        => ReclaimIsOpen(header, escrow)
            && (ticket.Stage == TicketStage.Canceled || (ticket.Stage == TicketStage.Settled && HoldRules.IsReleased(header, HoldKind.EscrowUnclaimed, ticket.Id.ToString())));

    /// <summary>The block after the tip may have the coordinator's own spend.</summary>
    public static bool ReclaimIsOpen(Header header, TicketEscrow escrow)
        => escrow.Sight is { Height: { } height, Spender: null } && header.EscrowTip >= height + escrow.RefundBlocks + Dlc.EscrowTerms.ReclaimAfter - 1;

    /// <summary>What waits for an operator's word where there is no pool: a paid escrow that can never be, and one that its player has left for so long
    /// that the coordinator could take it.</summary>
    internal static Header WithHolds(Header header, DateTimeOffset at) => header.Roster.Tickets
        .Where(ticket => ticket is { Stage: TicketStage.Settled, Escrow.MayBeOut: true })
        .Aggregate(header, (next, ticket) => EscrowRules.IsReplaced(next, ticket.Escrow!)
                ? Hold(next, ticket, HoldKind.RefundOwed, HoldRules.EscrowSubject(ticket), "the coins of this paid escrow were spent otherwise: give its amount back", at)
            : ReclaimIsOpen(next, ticket.Escrow!)
                ? Hold(
                    next, ticket, HoldKind.EscrowUnclaimed, ticket.Id.ToString(),
                    "the player has not taken this escrow back: pay it to them, then release it to take it home", at)
            : next);

    private static Header Hold(Header header, Ticket ticket, HoldKind kind, string subject, string detail, DateTimeOffset at)
        => HoldRules.Raise(header, new HoldRaised(kind, subject, detail, at) { Entry = ticket.Entry?.Id, Sats = ticket.Escrow!.Value.Value });
}
