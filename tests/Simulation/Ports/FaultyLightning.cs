using System.Runtime.CompilerServices;
using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>The Lightning node as the service reaches it: calls fail in every way, events are lost, doubled and late, streams end.</summary>
internal sealed class FaultyLightning(ILightning inner, PortCalls calls, FaultSource faults, TimeProvider clock) : ILightning
{
    public Task<LightningAnswer<NodeInfo>> GetInfoAsync(CancellationToken cancellation)
        => CallAsync("GetInfo", "", () => inner.GetInfoAsync(CancellationToken.None), info => $"height {info.BlockHeight}, synced {info.SyncedToChain}", cancellation);

    public Task<LightningAnswer<ChannelBalances>> GetBalancesAsync(CancellationToken cancellation)
        => CallAsync("GetBalances", "", () => inner.GetBalancesAsync(CancellationToken.None), balances => $"{balances.Local}", cancellation);

    public Task<LightningAnswer<HoldInvoice>> AddHoldInvoiceAsync(HoldInvoiceOrder order, CancellationToken cancellation)
        => CallAsync("AddHoldInvoice", Short(order.Hash), () => inner.AddHoldInvoiceAsync(order, CancellationToken.None), _ => "added", cancellation);

    public Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
        => CallAsync("FindInvoice", Short(hash), () => inner.FindInvoiceAsync(hash, CancellationToken.None), invoice => $"{invoice.State}", cancellation);

    public Task<LightningAnswer<Acknowledged>> SettleInvoiceAsync(Preimage preimage, CancellationToken cancellation)
        => CallAsync("SettleInvoice", Short(preimage.Hash), () => inner.SettleInvoiceAsync(preimage, CancellationToken.None), _ => "done", cancellation);

    public Task<LightningAnswer<Acknowledged>> CancelInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
        => CallAsync("CancelInvoice", Short(hash), () => inner.CancelInvoiceAsync(hash, CancellationToken.None), _ => "done", cancellation);

    public IAsyncEnumerable<Invoice> WatchInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
        => SpoiledAsync(inner.WatchInvoiceAsync(hash, cancellation), cancellation);

    public IAsyncEnumerable<Invoice> WatchInvoicesAsync(ulong addIndex, ulong settleIndex, CancellationToken cancellation)
        => SpoiledAsync(inner.WatchInvoicesAsync(addIndex, settleIndex, cancellation), cancellation);

    public Task<LightningAnswer<Payment>> PayAsync(PaymentOrder order, CancellationToken cancellation)
        => CallAsync("Pay", About(order), () => inner.PayAsync(order, CancellationToken.None), payment => $"{payment.Status}", cancellation);

    public Task<LightningAnswer<Payment>> TrackPaymentAsync(PaymentHash hash, CancellationToken cancellation)
        => CallAsync("TrackPayment", Short(hash), () => inner.TrackPaymentAsync(hash, CancellationToken.None), payment => $"{payment.Status}", cancellation);

    public IAsyncEnumerable<Payment> WatchPaymentAsync(PaymentHash hash, CancellationToken cancellation)
        => SpoiledAsync(inner.WatchPaymentAsync(hash, cancellation), cancellation);

    public Task<LightningAnswer<PaymentPage>> ListPaymentsAsync(PaymentQuery query, CancellationToken cancellation)
        => CallAsync("GetPayments", $"{query}", () => inner.ListPaymentsAsync(query, CancellationToken.None), page => $"{page.Payments.Length}", cancellation);

    public Task<LightningAnswer<DecodedPaymentRequest>> DecodeAsync(string paymentRequest, CancellationToken cancellation)
        => CallAsync("GetDecoded", paymentRequest[^8..], () => inner.DecodeAsync(paymentRequest, CancellationToken.None), _ => "decoded", cancellation);

    public static string Short(PaymentHash hash) => hash.ToString()[..8];

    private static string About(PaymentOrder order)
        => Bolt11.TryDecode(order.PaymentRequest, out var invoice, out _) ? $"{Short(invoice.PaymentHash)} {invoice.Amount}" : "unreadable";

    /// <summary>The node's answer tells what is known; a call that did not arrive is never told from one whose answer was lost.</summary>
    private Task<LightningAnswer<T>> CallAsync<T>(
        string method, string about, Func<Task<LightningAnswer<T>>> act, Func<T, string> tell, CancellationToken cancellation)
        => calls.CallAsync<LightningAnswer<T>>(
            method, about, act,
            failure => new LightningAnswer<T>.Unclear(
                failure switch
                {
                    CallFailure.Cancelled => LightningUncertainty.Canceled,
                    CallFailure.TimedOut => LightningUncertainty.DeadlineExceeded,
                    _ => LightningUncertainty.ConnectionLost,
                },
                "simulated"),
            answer => answer.TryGet(out var value) ? tell(value) : answer.Describe(), cancellation);

    private async IAsyncEnumerable<T> SpoiledAsync<T>(IAsyncEnumerable<T> events, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var happened in events.WithCancellation(cancellation))
        {
            switch (faults.ForEvent())
            {
                case FaultKind.EventLost:
                    continue;
                case FaultKind.EventDoubled:
                    yield return happened;
                    break;
                case FaultKind.EventLate:
                    await Task.Delay(faults.Delay(), clock, cancellation);
                    break;
                case FaultKind.StreamBroken:
                    throw new LightningWatchException(LightningRefusal.NodeNotReady, "simulated");
            }

            yield return happened;
        }
    }
}
