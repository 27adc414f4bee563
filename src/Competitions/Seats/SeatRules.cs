namespace Coordinator.Competitions;

/// <summary>How seats change hands (states.md, ticket sub-machine; D16, D39). Pure.</summary>
public static class SeatRules
{
    /// <summary>How long an unpaid ticket is kept for its holder.</summary>
    public static readonly TimeSpan Reservation = TimeSpan.FromMinutes(10);

    /// <summary>How long a paid ticket may stay without an entry.</summary>
    public static readonly TimeSpan EntryGrace = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan EntryIdAge = TimeSpan.FromMinutes(5);

    /// <summary>What LND says of an invoice, applied to the seat it belongs to.</summary>
    public static Header Absorb(Header header, InvoiceSeen seen)
    {
        if (header.Roster.FindHash(seen.Hash) is not { } ticket)
        {
            return header;
        }

        return seen.Status switch
        {
            InvoiceStatus.Accepted when ticket.Stage == TicketStage.Reserved => header.With(Accept(header, ticket, seen)),
            InvoiceStatus.Accepted when ticket.Stage == TicketStage.Paid => header.With(
                ticket with { HtlcExpiry = seen.HtlcExpiry ?? ticket.HtlcExpiry, ReceivedMsat = Math.Max(ticket.ReceivedMsat, seen.ReceivedMsat) }),
            InvoiceStatus.Settled when ticket.Stage != TicketStage.Settled => header.With(
                ticket with { Stage = TicketStage.Settled, SettledAt = seen.At, ReceivedMsat = seen.ReceivedMsat, Escrow = Backing(header, ticket) }),
            InvoiceStatus.Canceled when ticket.Stage is TicketStage.Reserved or TicketStage.Paid => header.With(ticket with { Stage = TicketStage.Rotating }),
            _ => header,
        };
    }

    /// <summary>A payment is taken only where its escrow is deep: books that do not know that it was sent are older than LND (D43). If it was not, it
    /// is sent now, and what was taken is the player's all the same.</summary>
    private static TicketEscrow? Backing(Header header, Ticket ticket)
        => ticket.Escrow is { MayBeOut: false, Released: false } unsent ? unsent with { SentAt = header.EscrowTip } : ticket.Escrow;

    private static Ticket Accept(Header header, Ticket ticket, InvoiceSeen seen)
    {
        var late = seen.At >= header.Terms.Close;
        var enough = seen.ReceivedMsat >= header.Terms.Price.ToMillisatoshis().Value;
        return late || !enough || seen.HtlcExpiry is null
            ? ticket with { Stage = TicketStage.Rotating }
            : ticket with { Stage = TicketStage.Paid, PaidAt = seen.At, HtlcExpiry = seen.HtlcExpiry, ReceivedMsat = seen.ReceivedMsat };
    }

    /// <summary>Reservations that lapsed and payments without an entry are given back.</summary>
    public static Header Lapse(Header header, DateTimeOffset now)
    {
        var roster = header.Roster;
        foreach (var ticket in roster.Tickets)
        {
            var forgotten = ticket.Stage == TicketStage.Paid && ticket.Entry is null && ticket.PaidAt + EntryGrace <= now;
            if (ticket.Lapsed(now) || forgotten)
            {
                roster = roster.Put(ticket with { Stage = TicketStage.Rotating });
            }
        }

        return header with { Roster = roster };
    }

    /// <summary>The next moment at which a seat lapses.</summary>
    public static DateTimeOffset? NextLapse(Header header) => header.Roster.Tickets.Min(ticket => ticket.Stage switch
    {
        TicketStage.Reserved => ticket.ReservedUntil,
        TicketStage.Paid when ticket.Entry is null => ticket.PaidAt + EntryGrace,
        _ => null,
    });

    /// <summary>A free seat whose hash somebody was shown after all gets a new one; whatever was paid to the old one is given back.</summary>
    public static Header Spend(Header header, TicketHashUsed used)
        => header.Roster.FindHash(used.Hash) is { Stage: TicketStage.Free } ticket ? header.With(ticket with { Stage = TicketStage.Rotating }) : header;

    /// <summary>A seat whose old invoice is seen cancelled is free under its new hash.</summary>
    public static Header Rotate(Header header, TicketRotated rotated)
    {
        if (header.Roster.Find(rotated.Ticket) is not { Stage: TicketStage.Rotating } ticket || ticket.Hash != rotated.OldHash)
        {
            return header;
        }

        var roster = header.Roster.Put(ticket.Renew(rotated.NewHash, rotated.SealedPreimage));
        return header with { Roster = roster with { RetiredHashes = roster.RetiredHashes.Add(rotated.OldHash) } };
    }

    /// <summary>Reserves a seat, or returns the caller's own: the unused one, or the unpaid one whose draft uses the same key.</summary>
    public static (Header? Next, Refusal? Refusal) Reserve(Header header, RequestTicket request)
    {
        if (request.At >= header.Terms.Close)
        {
            return (null, Refusal.Conflict("entries_closed", $"entries closed at {header.Terms.Close:O}"));
        }

        if (header.Roster.Tickets.Any(ticket => ticket.Stage == TicketStage.Reserved && !ticket.Lapsed(request.At)
            && request.Player.Equals(ticket.Holder) && request.Key.Equals(ticket.Entry?.Key)))
        {
            return (header, null);
        }

        if (request.Key.XOnly.Equals(header.MarketMaker.XOnly) || header.Roster.UsedKeys.Contains(request.Key.XOnly))
        {
            return (null, Refusal.Conflict("key_in_use", "this key is in use in this competition: take a fresh one"));
        }

        var own = header.Roster.Tickets.FirstOrDefault(ticket => request.Player.Equals(ticket.Holder) && ticket.Entry is null
            && (ticket.Stage == TicketStage.Paid || (ticket.Stage == TicketStage.Reserved && !ticket.Lapsed(request.At))));
        if (own?.Escrow is { } escrow && !escrow.Player.Equals(request.Key))
        {
            return (null, Refusal.Conflict("escrow_key", $"this seat's escrow is made for the key {escrow.Player}: go on with it, or let the reservation lapse"));
        }

        if (own is not null)
        {
            return (header.With(own with { BtcKey = request.Key }), null);
        }

        return ReserveFree(header, request);
    }

    private static (Header? Next, Refusal? Refusal) ReserveFree(Header header, RequestTicket request)
    {
        if (header.Roster.Tickets.Count(ticket => request.Player.Equals(ticket.Holder) && Holds(ticket, request.At)) >= header.Terms.EntriesPerPlayer)
        {
            return (null, Refusal.Conflict("too_many_entries", $"one player may hold {header.Terms.EntriesPerPlayer} seats of this competition"));
        }

        if (header.Roster.Tickets.All(ticket => ticket.Complete))
        {
            return (null, Refusal.Conflict("competition_full", "Competition full, total_allowed_entries matches total_entries"));
        }

        if (header.Roster.Tickets.FirstOrDefault(ticket => ticket.Stage == TicketStage.Free) is not { } free)
        {
            return (null, Refusal.Conflict("no_ticket", "No ticket available for competition"));
        }

        var until = Earlier(request.At + Reservation, header.Terms.Close);
        return (header.With(free.Reserve(request.Player, request.Key, request.OfferedEntryId, request.At, until)), null);
    }

    private static bool Holds(Ticket ticket, DateTimeOffset now)
        => ticket.Stage is TicketStage.Paid or TicketStage.Settled || (ticket.Stage == TicketStage.Reserved && !ticket.Lapsed(now));

    /// <summary>Puts an entry on a seat, as a draft until the seat is paid. The same entry again is the same answer.</summary>
    public static (Header? Next, Refusal? Refusal) Enter(Header header, SubmitEntry submit)
    {
        var entry = submit.Entry;
        if (header.Roster.Find(submit.Ticket) is not { } ticket)
        {
            return (null, Refusal.Invalid("ticket_not_found", "Ticket not found"));
        }

        if (ticket.Entry is { } present)
        {
            return present.SameAs(entry) ? (header, null) : (null, Refusal.Conflict("ticket_used", "Ticket has already been used"));
        }

        if (CheckSeat(header, ticket, submit) is { } refusal)
        {
            return (null, refusal);
        }

        var roster = header.Roster.Put(ticket with { Entry = entry });
        roster = roster with { UsedKeys = roster.UsedKeys.Add(entry.Key.XOnly), UsedPayoutHashes = roster.UsedPayoutHashes.Add(entry.PayoutHash) };
        return (header with { Roster = roster }, null);
    }

    private static Refusal? CheckSeat(Header header, Ticket ticket, SubmitEntry submit)
    {
        var (entry, roster) = (submit.Entry, header.Roster);
        return submit.At >= header.Terms.Close ? Refusal.Conflict("entries_closed", $"entries closed at {header.Terms.Close:O}")
            : !entry.Player.Equals(ticket.Holder) ? Refusal.Invalid("ticket_not_yours", "Ticket not reserved by this user")
            : ticket.Lapsed(submit.At) || ticket.Stage is not (TicketStage.Reserved or TicketStage.Paid)
                ? Refusal.Conflict("ticket_lapsed", "Ticket has not been paid in time: ask for a new one")
            : EntryIdRefusal(ticket, entry.Id, submit.At)
            ?? (!entry.Key.Equals(ticket.BtcKey)
                ? Refusal.Invalid("key_mismatch", $"Entry public key {entry.Key} must match ticket public key {ticket.BtcKey}")
            : roster.UsedKeys.Contains(entry.Key.XOnly) || entry.Key.XOnly.Equals(header.MarketMaker.XOnly)
                ? Refusal.Conflict("key_in_use", "this key is in use in this competition: take a fresh one")
            : roster.UsedPayoutHashes.Contains(entry.PayoutHash) || roster.KnowsTicketHash(entry.PayoutHash)
                ? Refusal.Conflict("payout_hash_in_use", "this payout hash is in use in this competition: take a fresh preimage")
            : roster.FindEntry(entry.Id) is not null ? Refusal.Conflict("entry_exists", $"an entry {entry.Id} exists")
            : PickRules.Check(header.Terms, entry.Id, entry.Picks) ?? RemoteRules.Check(header, entry));
    }

    /// <summary>The offered id, or a UUIDv7 of the last five minutes that ends in the same 62 bits: nobody grinds tie-breaks (D39).</summary>
    private static Refusal? EntryIdRefusal(Ticket ticket, Guid id, DateTimeOffset now)
    {
        if (id == ticket.OfferedEntryId)
        {
            return null;
        }

        if (id.Version != 7 || ticket.OfferedEntryId is not { } offered)
        {
            return Refusal.Invalid("entry_id", $"Client needs to provide a valid Uuidv7 for entry id {id}");
        }

        var (left, right) = (id.ToByteArray(bigEndian: true), offered.ToByteArray(bigEndian: true));
        var age = now.ToUnixTimeMilliseconds() - Convert.ToInt64(Convert.ToHexString(left.AsSpan(0, 6)), 16);
        var bound = left.AsSpan(9).SequenceEqual(right.AsSpan(9)) && (left[8] & 0x3f) == (right[8] & 0x3f);
        return bound && age >= -60_000 && age <= EntryIdAge.TotalMilliseconds
            ? null
            : Refusal.Invalid("entry_id", $"entry id {id} must be the one offered with the ticket, or end in its last 62 bits and be younger than five minutes");
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
