namespace Coordinator.Lightning;

/// <summary>The coordinator's Lightning node: hold invoices in, payments out.</summary>
/// <remarks>
/// <para>No call throws for what the node or the network does: the answer says done, refused, or outcome unknown. Only programmer errors
/// (arguments out of range) throw, and a watch ends with the caller's cancellation as usual, or with <see cref="LightningWatchException"/>
/// when it can never go on.</para>
/// <para>Write the intention durably before a call that moves money, look after every unclear answer.</para>
/// </remarks>
public interface ILightning
{
    /// <summary>Height, sync state, network, identity. Repeat at will.</summary>
    Task<LightningAnswer<NodeInfo>> GetInfoAsync(CancellationToken cancellation);

    /// <summary>Channel balances. Repeat at will.</summary>
    Task<LightningAnswer<ChannelBalances>> GetBalancesAsync(CancellationToken cancellation);

    /// <summary>Adds a hold invoice under the ordered hash, and checks that the payment request says what was ordered.</summary>
    /// <remarks>A second call with the same hash has no effect and is refused with <see cref="LightningRefusal.HashAlreadyUsed"/>: then,
    /// and
    /// after an unclear answer, <see cref="FindInvoiceAsync"/> returns the same payment request.</remarks>
    Task<LightningAnswer<HoldInvoice>> AddHoldInvoiceAsync(HoldInvoiceOrder order, CancellationToken cancellation);

    /// <summary>Looks an invoice up. Refused with <see cref="LightningRefusal.NotFound"/> when the node never had it. Repeat at
    /// will.</summary>
    Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation);

    /// <summary>Settles a held payment by revealing its preimage. From here on the payer's money is ours.</summary>
    /// <remarks>Safe to repeat: done again when already settled. <see cref="LightningRefusal.InvoiceAlreadyCanceled"/>: the money went
    /// back.
    /// A wrong preimage looks like <see cref="LightningRefusal.NotFound"/>.</remarks>
    Task<LightningAnswer<Acknowledged>> SettleInvoiceAsync(Preimage preimage, CancellationToken cancellation);

    /// <summary>Cancels an open or held invoice; held money goes back.</summary>
    /// <remarks>Safe to repeat: done again when already cancelled. <see cref="LightningRefusal.InvoiceAlreadySettled"/>: the money is
    /// ours.</remarks>
    Task<LightningAnswer<Acknowledged>> CancelInvoiceAsync(PaymentHash hash, CancellationToken cancellation);

    /// <summary>Every state of one invoice: the current one first, then each change; ends after a final state.</summary>
    /// <remarks>Reconnects by itself with back-off and then repeats the current state, so states may come twice. An unknown hash is silent
    /// until the invoice is added: look it up first. Arrival of a part of an incomplete payment is not reported.</remarks>
    IAsyncEnumerable<Invoice> WatchInvoiceAsync(PaymentHash hash, CancellationToken cancellation);

    /// <summary>Invoices added and invoices settled, of all; never accepted or cancelled ones. Does not end by itself.</summary>
    /// <param name="addIndex">Resume after this <see cref="Invoice.AddIndex"/>; 0 means no catch-up.</param>
    /// <param name="settleIndex">Resume after this <see cref="Invoice.SettleIndex"/>; 0 means no catch-up.</param>
    /// <param name="cancellation">Ends the watch.</param>
    /// <remarks>Reconnects by itself from the greatest indices seen; events may come twice.</remarks>
    IAsyncEnumerable<Invoice> WatchInvoicesAsync(ulong addIndex, ulong settleIndex, CancellationToken cancellation);

    /// <summary>Sends a payment and reports its state: the first one, or the last one seen within
    /// <see cref="PaymentOrder.WaitForResult"/>.</summary>
    /// <remarks>The payment goes on when the caller stops waiting. Repeating the same invoice is safe while it is in flight or paid
    /// (refused
    /// with <see cref="LightningRefusal.PaymentInFlight"/> or <see cref="LightningRefusal.AlreadyPaid"/>); after it FAILED a repeat is a
    /// new payment.
    /// After an unclear answer track the hash before paying anything else for the same purpose.</remarks>
    Task<LightningAnswer<Payment>> PayAsync(PaymentOrder order, CancellationToken cancellation);

    /// <summary>The state of a payment now. Refused with <see cref="LightningRefusal.NotFound"/> when the node has no record.</summary>
    Task<LightningAnswer<Payment>> TrackPaymentAsync(PaymentHash hash, CancellationToken cancellation);

    /// <summary>Every state of one payment until a final one. Reconnects by itself; an unknown hash ends it with
    /// <see cref="LightningWatchException"/> (<see cref="LightningRefusal.NotFound"/>).</summary>
    IAsyncEnumerable<Payment> WatchPaymentAsync(PaymentHash hash, CancellationToken cancellation);

    /// <summary>One page of payments, failed and in-flight ones included. Repeat at will.</summary>
    Task<LightningAnswer<PaymentPage>> ListPaymentsAsync(PaymentQuery query, CancellationToken cancellation);

    /// <summary>Lets the node read a payment request. Compare with our own BOLT-11 reader: they must agree.</summary>
    Task<LightningAnswer<DecodedPaymentRequest>> DecodeAsync(string paymentRequest, CancellationToken cancellation);
}
