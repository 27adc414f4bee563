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
        => (await lightning.FindInvoiceAsync(Name(hash), cancellation)).TryGet(out var invoice) ? Seen(hash, invoice, now) : null;

    /// <summary>Look: the state. Act: cancel. Done when seen cancelled (or settled, which is then told).</summary>
    public async Task<EffectResult> CancelAsync(CancelInvoice effect, EffectContext context, CancellationToken cancellation)
    {
        var seen = await CancelAndLookAsync(context.Header.Roster.FindHash(effect.Hash), effect.Hash, context.Now, cancellation);
        return seen is { Status: InvoiceStatus.Canceled or InvoiceStatus.Settled }
            ? EffectResult.Of(seen)
            : EffectResult.Later("the invoice is not seen cancelled yet");
    }

    /// <summary>Cancels the old hash, sees it cancelled, and only then draws a new preimage.</summary>
    public async Task<EffectResult> RotateAsync(RotateTicket effect, EffectContext context, CancellationToken cancellation)
    {
        var seen = await CancelAndLookAsync(context.Header.Roster.FindHash(effect.Hash), effect.Hash, context.Now, cancellation);
        if (seen is not { Status: InvoiceStatus.Canceled })
        {
            return seen is { Status: InvoiceStatus.Settled } ? EffectResult.Of(seen) : EffectResult.Later("the old invoice is not seen cancelled yet");
        }

        var preimage = entropy.Bytes(32);
        if (!await grains.ClaimAsync(Claims.Hash, Hash32.Of(preimage).ToString(), Claims.Ticket(effect.Ticket)))
        {
            return EffectResult.Later("the new hash is somebody else's");
        }

        var rotated = new TicketRotated(
            effect.Ticket, effect.Hash, Hash32.Of(preimage), secrets.Seal(Purpose(effect.Ticket), preimage), context.Now);
        CryptographicOperations.ZeroMemory(preimage);
        return EffectResult.Of(rotated);
    }

    /// <summary>Look: the state. Act: reveal the preimage to LND. Only LND's SETTLED makes the seat sold (D16).</summary>
    public async Task<EffectResult> SettleAsync(SettleInvoice effect, EffectContext context, CancellationToken cancellation)
    {
        var before = await LookAsync(effect.Hash, context.Now, cancellation);
        if (before is not { Status: InvoiceStatus.Accepted })
        {
            return before is { Status: InvoiceStatus.Settled or InvoiceStatus.Canceled }
                ? EffectResult.Of(before)
                : EffectResult.Later("the invoice's state is not known or not held");
        }

        var ticket = context.Header.Roster.Find(effect.Ticket) ?? throw new InvalidOperationException("a settle intent names an unknown ticket");
        var opened = secrets.Open(Purpose(ticket.Id), ticket.SealedPreimage);
        var preimage = Preimage.FromBytes(opened);
        CryptographicOperations.ZeroMemory(opened);
        var settled = await lightning.SettleInvoiceAsync(preimage, cancellation);
        var after = await LookAsync(effect.Hash, context.Now, cancellation);
        return after is { Status: InvoiceStatus.Settled or InvoiceStatus.Canceled }
            ? EffectResult.Of(after)
            : EffectResult.Later($"settling {settled.Describe()}");
    }

    /// <summary>An invoice that LND does not know counts as cancelled here: its payment request was never handed out, so nobody can pay it,
    /// even where a lost order to make it is carried out later.</summary>
    private async Task<InvoiceSeen?> CancelAndLookAsync(Ticket? ticket, Hash32 hash, DateTimeOffset now, CancellationToken cancellation)
    {
        var found = await lightning.FindInvoiceAsync(Name(hash), cancellation);
        if (!found.TryGet(out var invoice))
        {
            return found.Refusal == LightningRefusal.NotFound && ticket?.PaymentRequest is null
                ? new InvoiceSeen(hash, InvoiceStatus.Canceled, null, 0, now)
                : null;
        }

        if (invoice.State is InvoiceState.Settled or InvoiceState.Canceled)
        {
            return Seen(hash, invoice, now);
        }

        await lightning.CancelInvoiceAsync(Name(hash), cancellation);
        return await LookAsync(hash, now, cancellation);
    }

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
