using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>Hold invoices: made, looked at, settled, cancelled, rotated. LND's state of the invoice is the only truth.</summary>
public sealed class InvoiceEffects(ILightning lightning, ISecrets secrets, IEntropy entropy, IGrainFactory grains)
{
    /// <summary>What a ticket's preimage is sealed for.</summary>
    public static string Purpose(Guid ticket) => $"ticket-preimage/{ticket}";

    /// <summary>Look: the invoice by hash. Act: add it.</summary>
    public async Task<EffectResult> IssueAsync(IssueInvoice effect, EffectContext context, CancellationToken cancellation)
    {
        if (context.Header.Roster.Find(effect.Ticket) is not { ReservedUntil: { } until } ticket || ticket.Hash != effect.Hash)
        {
            return EffectResult.Of();
        }

        var expiry = until - context.Now;
        if (expiry < TimeSpan.FromSeconds(1))
        {
            return EffectResult.Of(new TimePassed(context.Now));
        }

        var found = await lightning.FindInvoiceAsync(Name(effect.Hash), cancellation);
        if (found.TryGet(out var present))
        {
            return EffectResult.Of(new InvoiceIssued(effect.Ticket, effect.Hash, present.PaymentRequest, context.Now), Seen(effect.Hash, present, context.Now));
        }

        if (found.Refusal != LightningRefusal.NotFound)
        {
            return EffectResult.Later($"invoice look-up {found.Describe()}");
        }

        var order = new HoldInvoiceOrder(
            Name(effect.Hash),
            context.Terms.Price.ToMillisatoshis(),
            TimeSpan.FromSeconds(Math.Floor(expiry.TotalSeconds)),
            HoldTimes.FinalCltvDelta(context.Terms, context.Now),
            $"c:{context.Id}");
        var added = await lightning.AddHoldInvoiceAsync(order, cancellation);
        return added.TryGet(out var invoice)
            ? EffectResult.Of(new InvoiceIssued(effect.Ticket, effect.Hash, invoice.PaymentRequest, context.Now))
            : EffectResult.Later($"invoice {added.Describe()}");
    }

    /// <summary>What LND says of an invoice now; null where it cannot be had. An invoice that LND does not know is no final word (D16).</summary>
    public async Task<InvoiceSeen?> LookAsync(Hash32 hash, DateTimeOffset now, CancellationToken cancellation)
        => (await TryLookAsync(hash, now, cancellation)).Seen;

    /// <summary>The same, telling no answer from an invoice that LND does not know.</summary>
    internal async Task<InvoiceLook> TryLookAsync(Hash32 hash, DateTimeOffset now, CancellationToken cancellation)
    {
        var found = await lightning.FindInvoiceAsync(Name(hash), cancellation);
        return found.TryGet(out var invoice) ? new InvoiceLook(Seen(hash, invoice, now), true) : new InvoiceLook(null, found.Refusal == LightningRefusal.NotFound);
    }

    /// <summary>Look: the state. Act: cancel. Done when seen cancelled (or settled, which is then told).</summary>
    public async Task<EffectResult> CancelAsync(CancelInvoice effect, EffectContext context, CancellationToken cancellation)
    {
        var look = await CancelAndLookAsync(effect.Hash, context, cancellation);
        return look is { Seen: { Status: InvoiceStatus.Canceled or InvoiceStatus.Settled } seen }
            ? EffectResult.Of([seen, .. Explained(effect.Hash, context)])
            : Later(look, effect.Hash, context, "the invoice is not seen cancelled yet");
    }

    /// <summary>Cancels the old hash, sees it cancelled, and only then draws a new preimage.</summary>
    public async Task<EffectResult> RotateAsync(RotateTicket effect, EffectContext context, CancellationToken cancellation)
    {
        var look = await CancelAndLookAsync(effect.Hash, context, cancellation);
        if (look.Seen is not { Status: InvoiceStatus.Canceled })
        {
            return look.Seen is { Status: InvoiceStatus.Settled } seen
                ? EffectResult.Of([seen, .. Explained(effect.Hash, context)])
                : Later(look, effect.Hash, context, "the old invoice is not seen cancelled yet");
        }

        var preimage = entropy.Bytes(32);
        if (!await grains.ClaimAsync(Claims.Hash, Hash32.Of(preimage).ToString(), Claims.Ticket(effect.Ticket)))
        {
            return EffectResult.Later("the new hash is somebody else's");
        }

        var rotated = new TicketRotated(
            effect.Ticket, effect.Hash, Hash32.Of(preimage), secrets.Seal(Purpose(effect.Ticket), preimage), context.Now);
        CryptographicOperations.ZeroMemory(preimage);
        return EffectResult.Of([rotated, .. Explained(effect.Hash, context)]);
    }

    /// <summary>Look: the state. Act: reveal the preimage to LND. Only LND's SETTLED makes the seat sold (D16).</summary>
    public async Task<EffectResult> SettleAsync(SettleInvoice effect, EffectContext context, CancellationToken cancellation)
    {
        var look = await TryLookAsync(effect.Hash, context.Now, cancellation);
        if (look is { Seen: null, IsAnswered: true } && IsGivenUp(effect.Hash, context))
        {
            return EffectResult.Of(Gone(effect.Hash, context));
        }

        if (look.Seen is not { Status: InvoiceStatus.Accepted })
        {
            return look.Seen is { Status: InvoiceStatus.Settled or InvoiceStatus.Canceled } before
                ? EffectResult.Of([before, .. Explained(effect.Hash, context)])
                : Later(look, effect.Hash, context, "the invoice's state is not known or not held");
        }

        var ticket = context.Header.Roster.Find(effect.Ticket) ?? throw new InvalidOperationException("a settle intent names an unknown ticket");
        var opened = secrets.Open(Purpose(ticket.Id), ticket.SealedPreimage);
        var preimage = Preimage.FromBytes(opened);
        CryptographicOperations.ZeroMemory(opened);
        var settled = await lightning.SettleInvoiceAsync(preimage, cancellation);
        var after = await LookAsync(effect.Hash, context.Now, cancellation);
        return after is { Status: InvoiceStatus.Settled or InvoiceStatus.Canceled }
            ? EffectResult.Of([after, .. Explained(effect.Hash, context)])
            : EffectResult.Later($"settling {settled.Describe()}");
    }

    /// <summary>An invoice that LND does not know counts as cancelled where its payment request was never handed out, so that nobody can pay it, even
    /// where a lost order to make it is carried out later; and where an operator said so.</summary>
    private async Task<InvoiceLook> CancelAndLookAsync(Hash32 hash, EffectContext context, CancellationToken cancellation)
    {
        var found = await lightning.FindInvoiceAsync(Name(hash), cancellation);
        if (!found.TryGet(out var invoice))
        {
            return found.Refusal != LightningRefusal.NotFound ? new InvoiceLook(null, false)
                : context.Header.Roster.FindHash(hash)?.PaymentRequest is null || IsGivenUp(hash, context) ? new InvoiceLook(Gone(hash, context), true)
                : new InvoiceLook(null, true);
        }

        if (invoice.State is InvoiceState.Settled or InvoiceState.Canceled)
        {
            return new InvoiceLook(Seen(hash, invoice, context.Now), true);
        }

        await lightning.CancelInvoiceAsync(Name(hash), cancellation);
        return await TryLookAsync(hash, context.Now, cancellation);
    }

    /// <summary>Not yet; and where LND answers that it does not know a hash that was handed out, an operator has to look.</summary>
    private static EffectResult Later(InvoiceLook look, Hash32 hash, EffectContext context, string why)
        => look is { Seen: null, IsAnswered: true }
            ? EffectResult.Later("LND does not know this invoice, whose payment request was handed out: an operator has to look", new HoldRaised(
                HoldKind.UnknownInvoice, hash.ToString(), "LND does not know this ticket's invoice, whose payment request was handed out", context.Now)
            {
                Entry = context.Header.Roster.FindHash(hash)?.Entry?.Id,
            })
            : EffectResult.Later(why, [.. look.Seen is null ? [] : Explained(hash, context)]);

    /// <summary>LND knows it after all.</summary>
    private static IEnumerable<Fact> Explained(Hash32 hash, EffectContext context)
        => HoldRules.IsOpen(context.Header, HoldKind.UnknownInvoice, hash.ToString())
            ? [new HoldExplained(HoldKind.UnknownInvoice, hash.ToString(), context.Now)]
            : [];

    private static bool IsGivenUp(Hash32 hash, EffectContext context) => HoldRules.IsReleased(context.Header, HoldKind.UnknownInvoice, hash.ToString());

    private static InvoiceSeen Gone(Hash32 hash, EffectContext context) => new(hash, InvoiceStatus.Canceled, null, 0, context.Now);

    private static InvoiceSeen Seen(Hash32 hash, Invoice invoice, DateTimeOffset now)
    {
        var status = invoice.State switch
        {
            InvoiceState.Open => InvoiceStatus.Open,
            InvoiceState.Accepted => InvoiceStatus.Accepted,
            InvoiceState.Settled => InvoiceStatus.Settled,
            InvoiceState.Canceled => InvoiceStatus.Canceled,
        };
        return new InvoiceSeen(hash, status, invoice.EarliestHeldExpiry, invoice.Paid.Value, now);
    }

    internal static PaymentHash Name(Hash32 hash) => PaymentHash.FromBytes(hash.Bytes);
}

/// <param name="Seen">What LND says; null where it does not know the invoice, or did not answer.</param>
/// <param name="IsAnswered">LND answered.</param>
internal sealed record InvoiceLook(InvoiceSeen? Seen, bool IsAnswered);
