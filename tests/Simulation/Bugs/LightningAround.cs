using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>A Lightning port around another one; what a bug does not change goes through.</summary>
internal abstract class LightningAround(ILightning inner) : ILightning
{
    protected ILightning Inner { get; } = inner;

    public virtual Task<LightningAnswer<NodeInfo>> GetInfoAsync(CancellationToken cancellation) => Inner.GetInfoAsync(cancellation);

    public virtual Task<LightningAnswer<ChannelBalances>> GetBalancesAsync(CancellationToken cancellation) => Inner.GetBalancesAsync(cancellation);

    public virtual Task<LightningAnswer<HoldInvoice>> AddHoldInvoiceAsync(HoldInvoiceOrder order, CancellationToken cancellation)
        => Inner.AddHoldInvoiceAsync(order, cancellation);

    public virtual Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation) => Inner.FindInvoiceAsync(hash, cancellation);

    public virtual Task<LightningAnswer<Acknowledged>> SettleInvoiceAsync(Preimage preimage, CancellationToken cancellation)
        => Inner.SettleInvoiceAsync(preimage, cancellation);

    public virtual Task<LightningAnswer<Acknowledged>> CancelInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
        => Inner.CancelInvoiceAsync(hash, cancellation);

    public virtual IAsyncEnumerable<Invoice> WatchInvoiceAsync(PaymentHash hash, CancellationToken cancellation) => Inner.WatchInvoiceAsync(hash, cancellation);

    public virtual IAsyncEnumerable<Invoice> WatchInvoicesAsync(ulong addIndex, ulong settleIndex, CancellationToken cancellation)
        => Inner.WatchInvoicesAsync(addIndex, settleIndex, cancellation);

    public virtual Task<LightningAnswer<Payment>> PayAsync(PaymentOrder order, CancellationToken cancellation) => Inner.PayAsync(order, cancellation);

    public virtual Task<LightningAnswer<Payment>> TrackPaymentAsync(PaymentHash hash, CancellationToken cancellation) => Inner.TrackPaymentAsync(hash, cancellation);

    public virtual IAsyncEnumerable<Payment> WatchPaymentAsync(PaymentHash hash, CancellationToken cancellation) => Inner.WatchPaymentAsync(hash, cancellation);

    public virtual Task<LightningAnswer<PaymentPage>> ListPaymentsAsync(PaymentQuery query, CancellationToken cancellation)
        => Inner.ListPaymentsAsync(query, cancellation);

    public virtual Task<LightningAnswer<DecodedPaymentRequest>> DecodeAsync(string paymentRequest, CancellationToken cancellation)
        => Inner.DecodeAsync(paymentRequest, cancellation);
}
