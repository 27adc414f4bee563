using Coordinator.Lightning.Wire.Invoicesrpc;

namespace Coordinator.Lightning;

public sealed partial class LndLightning
{
    /// <summary>The node may be wrong or lie: what it hands to the payer must be what was ordered.</summary>
    internal static HoldInvoice? Check(HoldInvoiceOrder order, AddHoldInvoiceResp answer) =>
        Bolt11.TryDecode(answer.PaymentRequest, out var invoice, out _)
        && invoice.PaymentHash == order.Hash
        && invoice.Amount == order.Amount
        && invoice.CltvExpiry == order.CltvExpiry
            ? new HoldInvoice(order.Hash, answer.PaymentRequest, answer.AddIndex)
            : null;

    /// <summary>The hash this payment will have, when we can read the request; the node decides whether it can be paid.</summary>
    private static PaymentHash? ExpectedHash(string paymentRequest) =>
        Bolt11.TryDecode(paymentRequest, out var invoice, out _) ? invoice.PaymentHash : null;
}
