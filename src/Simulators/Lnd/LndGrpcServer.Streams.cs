using Coordinator.Lightning;
using Coordinator.Lightning.Wire.Invoicesrpc;
using Coordinator.Lightning.Wire.Lnrpc;
using Coordinator.Lightning.Wire.Routerrpc;
using WireInvoice = Coordinator.Lightning.Wire.Lnrpc.Invoice;
using WirePayment = Coordinator.Lightning.Wire.Lnrpc.Payment;

namespace Coordinator.Simulators.Lnd;

internal sealed partial class LndGrpcServer
{
    /// <summary>Added and settled invoices only. The added backlog carries the current state: what is accepted or cancelled meanwhile is
    /// dropped, what is settled comes as settled and once more in the settled backlog.</summary>
    private async Task SubscribeInvoicesAsync(
        string node, InvoiceSubscription request, LndFeed feed, Func<WireInvoice, Task> send, CancellationToken cancellation)
    {
        foreach (var invoice in Backlog(model.Invoices(node), request.AddIndex, request.SettleIndex))
        {
            await send(LndWriting.Invoice(invoice));
        }

        await foreach (var change in feed.ReadAllAsync(cancellation))
        {
            if (change.Invoice is { State: InvoiceState.Open or InvoiceState.Settled } invoice)
            {
                await send(LndWriting.Invoice(invoice));
            }
        }
    }

    /// <summary>What a resumed subscription gets first. An index of 0 means no catch-up.</summary>
    internal static IEnumerable<SimulatedInvoice> Backlog(IReadOnlyCollection<SimulatedInvoice> all, ulong addIndex, ulong settleIndex)
    {
        var added = all.Where(i => addIndex > 0 && i.AddIndex > addIndex && i.State is (InvoiceState.Open or InvoiceState.Settled));
        var settled = all.Where(i => settleIndex > 0 && i.SettleIndex > settleIndex).OrderBy(i => i.SettleIndex);
        return added.Concat(settled);
    }

    /// <summary>The current state if there is one, then each change; ends after a final one. An unknown hash waits in silence.</summary>
    private async Task SubscribeSingleInvoiceAsync(
        string node, SubscribeSingleInvoiceRequest request, LndFeed feed, Func<WireInvoice, Task> send, CancellationToken cancellation)
    {
        var hash = HashOf(request.RHash.Span);
        if (model.Invoices(node).FirstOrDefault(known => known.Hash == hash) is { } current)
        {
            await send(LndWriting.Invoice(current));
            if (IsFinal(current))
            {
                return;
            }
        }

        await foreach (var change in feed.ReadAllAsync(cancellation))
        {
            if (change.Invoice is { } invoice && invoice.Hash == hash)
            {
                await send(LndWriting.Invoice(invoice));
                if (IsFinal(invoice))
                {
                    return;
                }
            }
        }
    }

    /// <summary>The payment goes on when the caller leaves: it was made before the first message.</summary>
    private async Task SendPaymentAsync(
        string node, SendPaymentRequest request, LndFeed feed, Func<WirePayment, Task> send, CancellationToken cancellation)
    {
        if ((request.FeeLimitSat != 0 && request.FeeLimitMsat != 0) || (request.Amt != 0 && request.AmtMsat != 0))
        {
            throw new LndCallException(2, "sat and msat arguments are mutually exclusive");
        }

        if (request.FeeLimitSat is < 0 or > 1_000_000_000_000 || request.Amt is < 0 or > 1_000_000_000_000)
        {
            throw new LndCallException(2, "amount cannot be negative");
        }

        var payment = model.Pay(node, new SimulatedPayOrder(
            request.PaymentRequest,
            request.Amt != 0 ? request.Amt * 1_000 : request.AmtMsat,
            request.FeeLimitSat != 0 ? request.FeeLimitSat * 1_000 : request.FeeLimitMsat,
            request.CltvLimit,
            request.AllowSelfPayment));
        await FollowAsync(payment, request.NoInflightUpdates, startInFlight: true, feed, send, cancellation);
    }

    private async Task TrackPaymentAsync(
        string node, TrackPaymentRequest request, LndFeed feed, Func<WirePayment, Task> send, CancellationToken cancellation)
    {
        var payment = model.TrackPayment(node, HashOf(request.PaymentHash.Span));
        await FollowAsync(payment, request.NoInflightUpdates, startInFlight: false, feed, send, cancellation);
    }

    private static async Task FollowAsync(
        SimulatedPayment payment, bool quiet, bool startInFlight, LndFeed feed, Func<WirePayment, Task> send,
        CancellationToken cancellation)
    {
        if (startInFlight && !quiet)
        {
            var begun = payment with { Status = PaymentStatus.InFlight, Preimage = null, Failure = PaymentFailure.None };
            await send(LndWriting.Payment(begun));
        }

        if (payment.Status != PaymentStatus.InFlight)
        {
            await send(LndWriting.Payment(payment));
            return;
        }

        if (!quiet && !startInFlight)
        {
            await send(LndWriting.Payment(payment));
        }

        await foreach (var change in feed.ReadAllAsync(cancellation))
        {
            if (change.Payment is not { } next || next.Hash != payment.Hash || next.Index != payment.Index)
            {
                continue;
            }

            var final = next.Status != PaymentStatus.InFlight;
            if (final || !quiet)
            {
                await send(LndWriting.Payment(next));
            }

            if (final)
            {
                return;
            }
        }
    }

    private static bool IsFinal(SimulatedInvoice invoice) => invoice.State is InvoiceState.Settled or InvoiceState.Canceled;
}
