using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Tickets and entries.</summary>
public sealed partial class CompetitionGrain
{
    public async Task<Answer<TicketView>> RequestTicketAsync(TicketRequest request)
    {
        if (XOnlyPublicKey.TryParse(request.Player) is not { } player || PublicKey.TryParse(request.BtcPubkey) is not { } key)
        {
            return Problems.Invalid("btc_pubkey", "btc_pubkey: expected a compressed public key of 66 hex digits");
        }

        if (_committed.State is null)
        {
            return Unknown();
        }

        if ((services.Intake.Refusal ?? await BarredAsync(request.Player)) is { } closed)
        {
            return closed;
        }

        var now = clock.GetUtcNow();
        await AbsorbAsync(new TimePassed(now));
        await FreeASeatAsync();
        now = clock.GetUtcNow();
        if (await DecideAsync(new RequestTicket(player, key, services.Entropy.Uuid7(now), now)) is { } problem)
        {
            return problem;
        }

        if (request.Draft is { } draft && Held(player, key) is { Entry: null } seat)
        {
            var entered = await EnterAsync(draft with { TicketId = seat.Id, Id = draft.Id == Guid.Empty ? seat.OfferedEntryId!.Value : draft.Id });
            if (entered is not null)
            {
                return entered;
            }
        }

        await RunNowAsync<PrepareEscrow>(intent => Held(player, key)?.Hash == intent.Hash);
        await RunNowAsync<IssueInvoice>(intent => Held(player, key)?.Hash == intent.Hash);
        return await TicketAnswerAsync(Held(player, key));
    }

    private async Task<Answer<TicketView>> TicketAnswerAsync(Ticket? held)
        => held is { PaymentRequest: { } invoice } ? View(held, invoice) with { Escrow = await EscrowViewAsync(held) }
            : held is { Escrow: null } && _committed.State!.Header.Terms.Escrow is not null
                ? Problems.Unavailable("escrow_pending", "the coordinator's wallet has no coin for this ticket's escrow yet: ask again, the ticket is yours")
            : Problems.Unavailable("invoice_pending", "the Lightning node has not made the invoice yet: ask again, the ticket is yours");

    /// <summary>Only tickets are refused: what a barred player has paid for stays theirs.</summary>
    private async Task<Problem?> BarredAsync(string player)
    {
        var bar = await GrainFactory.GetGrain<IPlayerGrain>(player).BarredAsync();
        return bar is not null && bar.Until > clock.GetUtcNow()
            ? new Problem(
                ProblemKind.Forbidden,
                "player_barred",
                $"no tickets until {bar.Until:O}: the part of entry {bar.Entry} was missing when competition {bar.Competition} had to be signed")
            : null;
    }

    public Task<Answer<string>> TicketStatusAsync(string player, Guid ticket) => Task.FromResult(StatusOf(player, ticket));

    public async Task<Answer<EntryView>> SubmitEntryAsync(EntryRequest request)
    {
        if (_committed.State is null)
        {
            return Unknown() with { Kind = ProblemKind.Invalid, Detail = "Competition not found" };
        }

        return await EnterAsync(request) is { } problem
            ? problem
            : CompetitionViews.Entry(_committed.State, _committed.State.Header.Roster.Find(request.TicketId)!, null);
    }

    public async Task<ImmutableArray<EntryView>> EntriesOfAsync(string player)
    {
        if (_committed.State is not { } state || XOnlyPublicKey.TryParse(player) is not { } key)
        {
            _ = _committed.State is null ? Unknown() : null;
            return [];
        }

        var views = ImmutableArray.CreateBuilder<EntryView>();
        foreach (var ticket in state.Header.Roster.Tickets.Where(ticket => key.Equals(ticket.Entry?.Player)).OrderBy(ticket => ticket.Entry!.At))
        {
            views.Add(CompetitionViews.Entry(state, ticket, await ShareAsync(state, ticket.Entry!.Id)));
        }

        return views.ToImmutable();
    }

    /// <summary>Puts an entry on its seat; null where it is there.</summary>
    private async Task<Problem?> EnterAsync(EntryRequest request)
    {
        var now = clock.GetUtcNow();
        var (entry, invalid) = Entries.Parse(request, Id, services.Settings.RequireKeyProof, now);
        if (entry is null)
        {
            return invalid;
        }

        await AbsorbAsync(new TimePassed(now));
        var submit = new SubmitEntry(request.TicketId, entry, now);
        if (_committed.State!.Decide(submit).Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        if (await ClaimAsync(entry, request.TicketId) is { } taken)
        {
            return taken;
        }

        // The player's own list first: an entry that is on disk is never missing there.
        await GrainFactory.GetGrain<IPlayerGrain>(entry.Player.ToHex()).AddAsync(Id);
        return await DecideAsync(submit);
    }

    /// <summary>Key and payout hash belong to this seat's player for ever, over all competitions (D39).</summary>
    private async Task<Problem?> ClaimAsync(Entry entry, Guid ticket)
    {
        var owner = Claims.Seat(Id, ticket, entry.Player.ToHex());
        var taken = await Task.WhenAll(
            GrainFactory.ClaimAsync(Claims.Key, entry.Key.XOnly.ToHex(), owner),
            GrainFactory.ClaimAsync(Claims.Hash, entry.PayoutHash.ToString(), owner));
        return !taken[0] ? new Problem(ProblemKind.Conflict, "key_in_use", "this key was used before: take a fresh one")
            : !taken[1] ? new Problem(ProblemKind.Conflict, "payout_hash_in_use", "this payout hash was used before: take a fresh preimage")
            : null;
    }

    private Answer<string> StatusOf(string player, Guid id)
    {
        if (_committed.State is not { } state)
        {
            return Unknown();
        }

        if (state.Header.Roster.Find(id) is not { } ticket)
        {
            return Problems.NotFound("ticket_not_found", "item not found: Ticket not found");
        }

        if (ticket.Holder?.ToHex() != player)
        {
            return Problems.Invalid("ticket_not_yours", "Ticket not reserved by this user");
        }

        return ticket.Stage switch
        {
            TicketStage.Settled => ticket.Entry is not null ? "Used" : "Settled",
            TicketStage.Paid => ticket.Entry is not null ? "Used" : "Paid",
            TicketStage.Reserved => ticket.Lapsed(clock.GetUtcNow()) ? "Expired" : "Reserved",
            TicketStage.Canceled => "Cancelled",
            TicketStage.Rotating => "Expired",
            _ => "Created",
        };
    }

    private Ticket? Held(XOnlyPublicKey player, PublicKey key) => _committed.State!.Header.Roster.Tickets.FirstOrDefault(ticket =>
        player.Equals(ticket.Holder) && (ticket.Entry is null || ticket.Entry.Key.Equals(key)) && ticket.Stage is (TicketStage.Reserved or TicketStage.Paid));

    /// <summary>Where no seat is free but one is being given back, its old invoice is cancelled now rather than at the next turn.</summary>
    private async Task FreeASeatAsync()
    {
        var roster = _committed.State!.Header.Roster;
        if (!roster.Tickets.Any(ticket => ticket.Stage == TicketStage.Free))
        {
            await RunNowAsync<RotateTicket>(_ => true);
        }
    }

    /// <summary>Carries out pending intents of one kind in the caller's turn; only ticket requests do this (D27).</summary>
    private async Task RunNowAsync<T>(Func<T, bool> which)
        where T : Effect
    {
        var due = _committed.Intents.Where(intent => intent.Effect is T effect && which(effect)).Take(AtOnce).ToList();
        if (due.Count > 0)
        {
            await RunAsync(due, CancellationToken.None);
            Schedule();
        }
    }

    private TicketView View(Ticket ticket, string invoice)
    {
        var header = _committed.State!.Header;
        var keymeld = header.Keymeld is { } session && session.EnclaveOf(ticket.Id) is { } enclave
            ? new TicketKeymeldView(session.GatewayUrl, session.Id, enclave.Id, enclave.Key.ToHex(), enclave.Epoch)
            : null;
        return new TicketView(
            ticket.Id, invoice, ticket.Hash.ToString(), header.Terms.Price.Value, header.Terms.NetworkFee.Value, ticket.OfferedEntryId!.Value,
            ticket.ReservedUntil!.Value, keymeld);
    }
}
