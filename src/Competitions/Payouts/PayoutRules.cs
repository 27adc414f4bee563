using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>When and how a winner is paid over Lightning (D16, D18, D19). Pure.</summary>
public static class PayoutRules
{
    /// <summary>A new intent to pay a winner, or why not. The same request again is the same intent.</summary>
    public static Verdict Request(LiveState state, RequestPayout request)
    {
        if (CheckWinner(state, request.Player, request.Entry, request.Ticket) is { } refusal)
        {
            return refusal;
        }

        var live = state.Live;
        var latest = live.PayoutOf(request.Entry);
        if (latest is { Live: true })
        {
            return latest.PaymentHash == request.PaymentHash && latest.Invoice == request.Invoice
                ? state
                : Refusal.Conflict("payout_exists", $"Entry {request.Entry} already paid out or being paid since {latest.At:O}");
        }

        if (HoldRules.IsHeld(state.Header, request.Entry))
        {
            return Refusal.Conflict("payout_held", "a payment to this entry's payout hash is not explained yet: the operator looks into it");
        }

        var entry = state.Header.Roster.FindEntry(request.Entry)!.Entry!;
        if (CheckWindow(state, request) is { } closed)
        {
            return closed;
        }

        var atomic = request.PaymentHash == entry.PayoutHash;
        if (CheckOrder(state, request, atomic) is { } order)
        {
            return order;
        }

        var payout = new Payout(
            request.Entry, live.Decided!.Outcome, request.Invoice, request.PaymentHash, Satoshis.Of(request.ShareSats), request.ExpiresAt, atomic,
            PayoutStage.Intended, atomic ? null : request.SealedKey, atomic ? null : request.SealedPreimage, 0, null, request.At, null);
        return state with { Live = live with { Payouts = live.Payouts.Add(payout) } };
    }

    /// <summary>The cltv limit of a payment sent now, in blocks; the window is closed where an invoice does not fit (D18).</summary>
    public static int CltvLimit(CompetitionTerms terms, int spenderHeight, int tip, int lightningHeight)
        => spenderHeight + (2 * terms.Delta) - terms.Profile.MarginBlocks - 3 - Math.Max(tip, lightningHeight);

    /// <summary>The blocks a route needs at least: the invoice's final delta, LND's default where it names none, and LND's padding. The limit
    /// must be greater.</summary>
    public static int RouteBlocks(int? finalCltv) => (finalCltv ?? 24) + 3;

    /// <summary>Whether an intended payout may be sent now. Unavailable: not yet, look again; any other refusal is final for this payout, of which
    /// nothing was ever sent (D18). A reorganisation may have taken away the outcome that it was asked for.</summary>
    public static Refusal? CheckSend(LiveState state, Payout payout)
    {
        var live = state.Live;
        return live.Decided is not { } decided ? Refusal.Unavailable("not_decided", "no outcome is confirmed at the moment")
            : decided.Outcome != payout.Outcome ? Refusal.Conflict("other_outcome", "another outcome was confirmed after this payout was asked for")
            : live.Chain.Split is not null ? Refusal.Conflict("payout_closed", "the outcome output is spent: the share is decided on chain")
            : live.Chain.Depth(decided.Height) < state.Header.Terms.Profile.PayoutDepth
                ? Refusal.Unavailable("payout_not_open", "the outcome is not deep enough at the moment")
            : null;
    }

    /// <summary>A paid winner's key makes the share closable; before the payment succeeded it is refused.</summary>
    public static Verdict HandOver(LiveState state, HandOverKey hand)
    {
        if (CheckOwner(state, hand.Player, hand.Entry, hand.Ticket) is { } refusal)
        {
            return refusal;
        }

        var live = state.Live;
        if (live.PayoutOf(hand.Entry) is not { Stage: PayoutStage.Paid } paid)
        {
            return Refusal.Conflict("not_paid", "the key is taken only after the payment succeeded");
        }

        return paid.SealedKey is not null
            ? state
            : state with { Live = live with { Payouts = live.Payouts.Replace(paid, paid with { SealedKey = hand.SealedKey }) } };
    }

    /// <summary>The operator gives up waiting for a winner who neither was paid nor claimed (D20).</summary>
    public static Verdict Release(LiveState state, ReleaseShare release)
    {
        var live = state.Live;
        if (live.Contract.IndexOf(release.Entry) < 0)
        {
            return Refusal.NotFound("entry_not_found", $"Entry {release.Entry} not found");
        }

        if (live.Decided is null)
        {
            return Refusal.Conflict("not_decided", "no outcome is confirmed yet");
        }

        return live.Released.Contains(release.Entry) ? state : state with { Live = live with { Released = live.Released.Add(release.Entry) } };
    }

    /// <summary>What LND says of a payment. A final failure erases what was handed over with it.</summary>
    public static Live Absorb(Live live, PaymentSeen seen)
    {
        var payout = live.Payouts.FirstOrDefault(candidate => candidate.Entry == seen.Entry && candidate.PaymentHash == seen.PaymentHash
            && candidate.Stage is PayoutStage.Intended or PayoutStage.InFlight);
        if (payout is null)
        {
            return live;
        }

        var next = seen.State switch
        {
            PaymentState.InFlight when seen.AboutToSend => payout with { MayBeSent = true },
            PaymentState.InFlight => payout with { Stage = PayoutStage.InFlight },

            // An atomic payment always reveals its preimage: without it the look has to be repeated, or the share could never come home.
            PaymentState.Succeeded when payout.Atomic && seen.SealedPreimage is null => payout with { Stage = PayoutStage.InFlight },
            PaymentState.Succeeded => payout with
            {
                Stage = PayoutStage.Paid,
                SealedPreimage = payout.Atomic ? seen.SealedPreimage : payout.SealedPreimage,
                FeeMsat = seen.FeeMsat,
                PaidAt = seen.At,
                LastError = null,
            },
            PaymentState.Failed => payout with { Stage = PayoutStage.Failed, SealedKey = null, SealedPreimage = null, LastError = seen.Detail },
        };
        return next == payout ? live : live with { Payouts = live.Payouts.Replace(payout, next) };
    }

    private static Refusal? CheckWinner(LiveState state, XOnlyPublicKey player, Guid entryId, Guid ticketId)
    {
        var live = state.Live;
        if (live.Chain.Outcome is { Kind: OutcomeSpendKind.Foreign } or null || live.Decided is not { } decided)
        {
            return Refusal.Conflict("not_attested", "Competition results not yet attested: no outcome is confirmed on chain");
        }

        if (CheckOwner(state, player, entryId, ticketId) is { } refusal)
        {
            return refusal;
        }

        var index = live.Contract.IndexOf(entryId);
        return !live.Contract.Winners(state.Header.Terms, decided.Outcome).Contains(index)
                ? Refusal.Invalid("not_a_winner", "Entry is not a winner")
            : state.Header.Roster.FindEntry(entryId)!.Stage != TicketStage.Settled
                ? Refusal.Conflict("seat_not_sold", "this seat was not sold: its payment went back to the player")
            : null;
    }

    private static Refusal? CheckOwner(LiveState state, XOnlyPublicKey player, Guid entryId, Guid ticketId)
        => state.Header.Roster.FindEntry(entryId) is not { } ticket || !player.Equals(ticket.Entry!.Player)
                ? Refusal.NotFound("entry_not_found", $"Entry {entryId} not found")
            : ticket.Id != ticketId ? Refusal.Invalid("wrong_ticket", "Invalid ticket for this entry")
            : null;

    private static Refusal? CheckWindow(LiveState state, RequestPayout request)
    {
        var (terms, live, decided) = (state.Header.Terms, state.Live, state.Live.Decided!);
        var depth = live.Chain.Depth(decided.Height);
        if (depth < terms.Profile.PayoutDepth)
        {
            return Refusal.Conflict("payout_not_open", $"payouts open at {terms.Profile.PayoutDepth} confirmations of the outcome, it has {depth}");
        }

        if (live.Chain.Split is not null)
        {
            return Refusal.Conflict("payout_closed", "Funds already received to user's on-chain key: the outcome output is spent");
        }

        if (Math.Abs(live.Chain.Tip - request.LightningHeight) > 1)
        {
            return Refusal.Unavailable("heights_differ", "the Lightning node and the chain source are at different heights: try again shortly");
        }

        var limit = CltvLimit(terms, decided.Height!.Value, live.Chain.Tip, request.LightningHeight);
        var needs = RouteBlocks(request.FinalCltv) + 1;
        return limit < needs
            ? Refusal.Conflict("payout_closed", $"the payout window closes before height {decided.Height + (2 * terms.Delta)}: {limit} blocks left, the invoice needs {needs}")
            : null;
    }

    private static Refusal? CheckOrder(LiveState state, RequestPayout request, bool atomic)
    {
        var live = state.Live;
        if (request.AmountMsat is { } amount && amount != request.ShareSats * 1_000)
        {
            return Refusal.Invalid(
                "wrong_amount", $"Invoice amount {amount / 1_000} sats does not match expected payout {request.ShareSats} sats");
        }

        if (request.ExpiresAt <= request.At)
        {
            return Refusal.Invalid("invoice_expired", $"the invoice expired at {request.ExpiresAt:O}");
        }

        // Payout hashes stand in the contract for everyone to read: whoever borrowed one would shut its owner out.
        var roster = state.Header.Roster;
        var borrowed = !atomic && (roster.UsedPayoutHashes.Contains(request.PaymentHash) || roster.KnowsTicketHash(request.PaymentHash));
        if (borrowed || live.Payouts.Any(payout => payout.PaymentHash == request.PaymentHash && !(atomic && payout.Entry == request.Entry)))
        {
            return Refusal.Conflict("payment_hash_used", "this payment hash belongs to another payout");
        }

        if (atomic)
        {
            return null;
        }

        var tried = live.Payouts.Any(payout => payout.Entry == request.Entry && payout.Atomic && payout.Stage == PayoutStage.Failed);
        return !request.TrustsCoordinator || request.SealedKey is null || request.SealedPreimage is null
                ? Refusal.Invalid(
                    "not_atomic",
                    "the invoice's payment hash must be the entry's payout hash; the other way needs key, preimage and trusts_coordinator")
            : !tried ? Refusal.Conflict("atomic_first", "an ordinary invoice is paid only after an atomic one failed")
            : null;
    }
}
