using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Competitions;

/// <summary>How escrows come to be, are seen and end (D21). Pure.</summary>
public static class EscrowRules
{
    /// <summary>A prepared escrow belongs to the seat that still has its hash and key.</summary>
    internal static Header Absorb(Header header, EscrowPrepared prepared)
        => header.Roster.Find(prepared.Ticket) is { Stage: TicketStage.Reserved, Escrow: null } ticket && ticket.Hash == prepared.Hash
            && prepared.Escrow.Player.Equals(ticket.BtcKey)
            ? header.With(ticket with { Escrow = prepared.Escrow })
            : header;

    internal static Header Absorb(Header header, EscrowsSeen seen)
    {
        if (!IsUsed(header))
        {
            return header;
        }

        header = header.EscrowTip == seen.Tip ? header : header with { EscrowTip = seen.Tip };
        foreach (var (outPoint, sight) in seen.Escrows)
        {
            if (header.Roster.Tickets.FirstOrDefault(ticket => ticket.Escrow?.OutPoint == outPoint) is { Escrow: { MayBeOut: true } escrow } ticket
                && escrow.Sight != sight)
            {
                header = header.With(ticket with { Escrow = escrow with { Sight = sight } });
            }
        }

        return header;
    }

    internal static Header Absorb(Header header, EscrowReleased released)
        => header.Roster.Tickets.FirstOrDefault(ticket => ticket.Escrow?.OutPoint == released.OutPoint) is { Escrow: { MayBeOut: false, Released: false } escrow } ticket
            ? header.With(ticket with { Escrow = escrow with { Released = true } })
            : header;

    /// <summary>The intent to send every escrow: from this write on they may be out.</summary>
    internal static Header Sent(Header header, int tip) => header.Roster.Tickets.Aggregate(
        header with { EscrowTip = tip }, (next, ticket) => next.With(ticket with { Escrow = ticket.Escrow! with { SentAt = tip } }));

    /// <summary>True where the competition has escrows.</summary>
    public static bool IsUsed(Header header) => header.Terms.Escrow is not null;

    /// <summary>True where an escrow may be on the chain and is not decided for good.</summary>
    public static bool IsOpen(Header header) => header.Roster.Tickets.Any(ticket => ticket.Escrow is { } escrow && IsOpen(header, escrow));

    /// <summary>Decided: spent, or replaced, so deep that it stays so; or never sent and its coins given back.</summary>
    public static bool IsOpen(Header header, TicketEscrow escrow)
        => escrow.MayBeOut ? !IsGone(header, escrow.Sight.Spender) && !IsGone(header, escrow.Sight.Conflict) : !escrow.Released;

    /// <summary>Replaced for good: the escrow can never be.</summary>
    public static bool IsReplaced(Header header, TicketEscrow escrow) => IsGone(header, escrow.Sight.Conflict);

    /// <summary>As deep as the terms ask before a preimage is revealed, and unspent.</summary>
    public static bool IsSafe(Header header, TicketEscrow escrow)
        => escrow is { MayBeOut: true, Sight: { Spender: null, Height: { } height } } && Depth(header, height) >= header.Terms.SettlementDepth;

    /// <summary>Every seat is sold and every escrow deep and unspent.</summary>
    public static bool AllSafe(Header header)
        => header.Roster.Tickets.All(ticket => ticket is { Stage: TicketStage.Settled, Escrow: { } escrow } && IsSafe(header, escrow));

    /// <summary>Every player has signed their input of the funding transaction; true without escrows.</summary>
    public static bool AllSigned(Header header) => !IsUsed(header) || header.Roster.Tickets.All(ticket => ticket.Escrow?.Signature is not null);

    /// <summary>Why a competition whose pool is not funded cannot go on; null where it can.</summary>
    internal static string? Ending(Header header)
        => !IsUsed(header) ? null
            : header.Roster.Tickets.Any(ticket => ticket.Escrow is { MayBeOut: true } escrow && IsReplaced(header, escrow))
                ? "the coins of an escrow were spent by another transaction"
            : header.Roster.Tickets.Any(ticket => ticket.Escrow is { MayBeOut: true, Sight.Spender: { Path: not EscrowPath.Together } spender } && IsGone(header, spender))
                ? "an escrow was spent before the pool was funded"
            : null;

    /// <summary>The player's signature on their seat.</summary>
    internal static Header Sign(Header header, Ticket ticket, string signature)
        => header.With(ticket with { Escrow = ticket.Escrow! with { Signature = signature } });

    private static bool IsGone(Header header, EscrowSpender? by)
        => by is { Height: { } height } && Depth(header, height) >= Math.Max(header.Terms.SettlementDepth, header.Terms.Network == Network.Regtest ? 1 : 6);

    private static int Depth(Header header, int height) => Math.Max(0, header.EscrowTip - height + 1);
}
