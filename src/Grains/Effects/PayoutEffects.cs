using System.Security.Cryptography;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Lightning;

namespace Coordinator.Grains;

/// <summary>Pays a winner: one live intent per entry, keyed by payment hash; only LND's final word ends it (money rule 3, D18, D19).</summary>
public sealed class PayoutEffects(ILightning lightning, ISecrets secrets, CoordinatorSettings settings)
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(60);
    private static readonly Millisatoshis LeastFeeLimit = Millisatoshis.Of(10_000);

    /// <summary>What a payout preimage is sealed for.</summary>
    public static string PreimagePurpose(Guid entry) => $"payout-preimage/{entry}";

    /// <summary>What an entry's key is sealed for.</summary>
    public static string KeyPurpose(Guid entry) => $"entry-key/{entry}";

    /// <summary>Look: the payment by hash. Act: send, with a route limit reckoned anew.</summary>
    public async Task<EffectResult> PayAsync(PayWinner effect, EffectContext context, CancellationToken cancellation)
    {
        if (context.State is not LiveState live || live.Live.PayoutOf(effect.Entry) is not { } payout || payout.PaymentHash != effect.PaymentHash)
        {
            return EffectResult.Of();
        }

        var tracked = await lightning.TrackPaymentAsync(InvoiceEffects.Name(effect.PaymentHash), cancellation);
        if (payout.Stage == PayoutStage.Intended && tracked.TryGet(out var other) && other.Status != PaymentStatus.Failed
            && other.PaymentRequest.Length > 0 && !other.PaymentRequest.Equals(payout.Invoice, StringComparison.OrdinalIgnoreCase))
        {
            return Elsewhere(effect, payout, other, context.Now);
        }

        if (tracked.TryGet(out var payment) && (payment.Status != PaymentStatus.Failed || payout.Stage == PayoutStage.InFlight))
        {
            return Report(effect, payout, payment, context.Now);
        }

        if (!tracked.TryGet(out _) && tracked.Refusal != LightningRefusal.NotFound)
        {
            return EffectResult.Later($"payment look-up {tracked.Describe()}");
        }

        // Sent before, and LND has no record: unknown until the invoice is over, then failed. Until then the same order is sent again: LND
        // takes one payment per hash, so of two orders for it at most one pays.
        return payout.MayBeOut && !tracked.TryGet(out _) && context.Now > payout.ExpiresAt + SendTimeout
            ? EffectResult.Of(Failed(effect, "the Lightning node has no record of the payment and the invoice has expired", context.Now))
            : await SendAsync(effect, live, payout, context, cancellation);
    }

    /// <summary>LND has paid another invoice with this hash. A payment hash belongs to one intent for ever (D39): what was paid elsewhere is no payment of this
    /// share, unless it was for the payout hash and of just this amount (after a restore); then the winner has the money.</summary>
    private EffectResult Elsewhere(PayWinner effect, Payout payout, Payment other, DateTimeOffset now)
    {
        if (payout.Atomic && other.Value == payout.Amount.ToMillisatoshis())
        {
            return Report(effect, payout, other, now);
        }

        var failed = Failed(effect, "this payment hash belongs to another payment", now);
        return !payout.Atomic ? EffectResult.Of(failed) : EffectResult.Of(failed, new HoldRaised(
            HoldKind.UnexplainedPayment, effect.PaymentHash.ToString(),
            $"the Lightning node has a payment of {other.Value.Value / 1_000} sat to the payout hash of entry {effect.Entry}, whose share is {payout.Amount.Value} sat", now)
        {
            Entry = effect.Entry,
            Sats = other.Value.Value / 1_000,
        });
    }

    private async Task<EffectResult> SendAsync(
        PayWinner effect, LiveState state, Payout payout, EffectContext context, CancellationToken cancellation)
    {
        if (await ReadyAsync(state, payout, context.Now, cancellation) is not { } ready)
        {
            return EffectResult.Later("the Lightning node is not synced to the chain, or the outcome is not deep enough at the moment");
        }

        if (ready.Refusal is { } refusal)
        {
            // What was sent before is unknown, whatever forbids sending it now.
            return payout.MayBeOut && context.Now <= payout.ExpiresAt + SendTimeout
                ? EffectResult.Later($"the Lightning node has no record of the payment yet; not sent again: {refusal}")
                : EffectResult.Of(Failed(effect, refusal, context.Now));
        }

        if (!payout.MayBeOut)
        {
            return EffectResult.Later("about to be sent", InFlight(effect, context.Now) with { AboutToSend = true });
        }

        var sent = await lightning.PayAsync(Order(payout, ready), cancellation);
        if (sent.TryGet(out var payment))
        {
            return Report(effect, payout, payment, context.Now);
        }

        // Refused: known not to be out, unless the node says that it has it. Unclear: it may be out.
        return sent.Refusal is null or LightningRefusal.PaymentInFlight or LightningRefusal.AlreadyPaid
            ? EffectResult.Later($"payment {sent.Describe()}", InFlight(effect, context.Now))
            : EffectResult.Later($"payment {sent.Describe()}");
    }

    private async Task<Readiness?> ReadyAsync(LiveState state, Payout payout, DateTimeOffset now, CancellationToken cancellation)
    {
        var (live, terms) = (state.Live, state.Header.Terms);
        if (!(await lightning.GetInfoAsync(cancellation)).TryGet(out var node) || !node.SyncedToChain)
        {
            return null;
        }

        if (!Bolt11.TryDecode(payout.Invoice, out var invoice, out var problem))
        {
            return new Readiness(0, false, $"the invoice does not read: {problem}");
        }

        if (PayoutRules.CheckSend(state, payout) is { } no)
        {
            return no.Kind == RefusalKind.Unavailable ? null : new Readiness(0, false, no.Detail);
        }

        if (Math.Abs(node.BlockHeight - live.Chain.Tip) > 1)
        {
            return null;
        }

        var limit = PayoutRules.CltvLimit(terms, live.Decided!.Height!.Value, live.Chain.Tip, node.BlockHeight);
        return invoice.IsExpiredAt(now) ? new Readiness(0, false, "the invoice has expired")
            : limit <= PayoutRules.RouteBlocks(invoice.HasCltvExpiry ? invoice.CltvExpiry : null) ? new Readiness(0, false, $"the payout window is closed: {limit} blocks left")
            : new Readiness(limit, invoice.Amount is null, null);
    }

    private EffectResult Report(PayWinner effect, Payout payout, Payment payment, DateTimeOffset now)
    {
        switch (payment.Status)
        {
            case PaymentStatus.Succeeded:
                string? sealedPreimage = null;
                if (payout.Atomic && payment.Preimage is { } preimage)
                {
                    var opened = preimage.ToBytes();
                    sealedPreimage = secrets.Seal(PreimagePurpose(effect.Entry), opened);
                    CryptographicOperations.ZeroMemory(opened);
                }

                return EffectResult.Of(new PaymentSeen(
                    effect.Entry, effect.PaymentHash, PaymentState.Succeeded, sealedPreimage, payment.Fee.Value, "", now));
            case PaymentStatus.Failed:
                return EffectResult.Of(Failed(effect, $"payment failed: {payment.Failure}", now));
            default:
                return EffectResult.Later("the payment is in flight", InFlight(effect, now));
        }
    }

    private PaymentOrder Order(Payout payout, Readiness ready)
    {
        var feeLimit = Math.Max(LeastFeeLimit.Value, payout.Amount.Value * 1_000 / 1_000_000 * settings.PayoutFeePpm);
        return new PaymentOrder(
            payout.Invoice,
            ready.WithoutAmount ? payout.Amount.ToMillisatoshis() : null,
            Millisatoshis.Of(feeLimit),
            ready.CltvLimit,
            SendTimeout,
            TimeSpan.FromSeconds(2));
    }

    private static PaymentSeen InFlight(PayWinner effect, DateTimeOffset now)
        => new(effect.Entry, effect.PaymentHash, PaymentState.InFlight, null, 0, "", now);

    private static PaymentSeen Failed(PayWinner effect, string why, DateTimeOffset now)
        => new(effect.Entry, effect.PaymentHash, PaymentState.Failed, null, 0, why, now);

    private sealed record Readiness(int CltvLimit, bool WithoutAmount, string? Refusal);
}
