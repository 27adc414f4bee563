using System.Runtime.CompilerServices;
using Coordinator.Lightning;
using Coordinator.Lightning.Rpc;
using Invoice = Coordinator.Lightning.Invoice;
using Payment = Coordinator.Lightning.Payment;
using PaymentHash = Coordinator.Lightning.PaymentHash;

namespace Coordinator.Simulators.Lnd;

/// <summary>The port on the model without a wire: for the deterministic simulation and for grain tests. Plays the same scripted
/// faults.</summary>
/// <remarks>Everything happens on the caller's scheduler; time comes from the clock. Stream faults end a watch's life silently, and the
/// watch
/// goes on with the current state, as the real client does after it reconnected.</remarks>
public sealed class ModelLightning(LndModel model, string node, LndFaults faults, TimeProvider clock) : ILightning
{
    /// <inheritdoc/>
    public Task<LightningAnswer<NodeInfo>> GetInfoAsync(CancellationToken cancellation) => CallAsync("GetInfo", () =>
    {
        var view = model.FindNode(node)!;
        return new NodeInfo(
            view.PublicKey, view.Name, model.NetworkName, model.Height, model.SyncedToChain,
            DateTimeOffset.FromUnixTimeSeconds(model.Tip.Time), "simulated");
    }, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<ChannelBalances>> GetBalancesAsync(CancellationToken cancellation) =>
        CallAsync("ChannelBalance", () => LndReading.ToBalances(LndWriting.Balance(model.FindNode(node)!))!, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<HoldInvoice>> AddHoldInvoiceAsync(HoldInvoiceOrder order, CancellationToken cancellation) =>
        CallAsync("AddHoldInvoice", () =>
        {
            OrderChecks.Require(order);
            var invoice = model.AddInvoice(node, new SimulatedInvoiceOrder(
                order.Hash, Preimage: null, order.Amount.Value, (long)order.Expiry.TotalSeconds, (ulong)order.CltvExpiry, order.Memo));
            return new HoldInvoice(invoice.Hash, invoice.PaymentRequest, invoice.AddIndex);
        }, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation) =>
        CallAsync("LookupInvoiceV2", () => Read(model.LookupInvoice(node, hash)), cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<Acknowledged>> SettleInvoiceAsync(Preimage preimage, CancellationToken cancellation) =>
        CallAsync("SettleInvoice", () =>
        {
            model.SettleInvoice(node, preimage);
            return Acknowledged.Instance;
        }, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<Acknowledged>> CancelInvoiceAsync(PaymentHash hash, CancellationToken cancellation) =>
        CallAsync("CancelInvoice", () =>
        {
            model.CancelInvoice(node, hash);
            return Acknowledged.Instance;
        }, cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<Invoice> WatchInvoiceAsync(PaymentHash hash, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var feed = new LndFeed(model, node);
        if (model.Invoices(node).FirstOrDefault(invoice => invoice.Hash == hash) is { } current)
        {
            yield return Read(current);
            if (Read(current).IsFinal)
            {
                yield break;
            }
        }

        while (true)
        {
            if ((await feed.NextAsync(cancellation)).Invoice is { } changed && changed.Hash == hash)
            {
                yield return Read(changed);
                if (Read(changed).IsFinal)
                {
                    yield break;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Invoice> WatchInvoicesAsync(
        ulong addIndex, ulong settleIndex, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var feed = new LndFeed(model, node);
        foreach (var invoice in LndGrpcServer.Backlog(model.Invoices(node), addIndex, settleIndex))
        {
            yield return Read(invoice);
        }

        while (true)
        {
            if ((await feed.NextAsync(cancellation)).Invoice is { State: InvoiceState.Open or InvoiceState.Settled } changed)
            {
                yield return Read(changed);
            }
        }
    }

    /// <inheritdoc/>
    public Task<LightningAnswer<Payment>> PayAsync(PaymentOrder order, CancellationToken cancellation) =>
        CallAsync("SendPaymentV2", () =>
        {
            OrderChecks.Require(order);
            var payment = model.Pay(node, new SimulatedPayOrder(
                order.PaymentRequest, order.Amount?.Value ?? 0, order.FeeLimit.Value, order.CltvLimit));
            var first = payment with { Status = PaymentStatus.InFlight, Preimage = null, Failure = PaymentFailure.None };
            return Read(order.WaitForResult > TimeSpan.Zero ? payment : first);
        }, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<Payment>> TrackPaymentAsync(PaymentHash hash, CancellationToken cancellation) =>
        CallAsync("TrackPaymentV2", () => Read(model.TrackPayment(node, hash)), cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<Payment> WatchPaymentAsync(PaymentHash hash, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var feed = new LndFeed(model, node);
        var current = model.Payments(node).FirstOrDefault(payment => payment.Hash == hash)
            ?? throw new LightningWatchException(LightningRefusal.NotFound, "payment isn't initiated");
        yield return Read(current);
        while (current.Status == PaymentStatus.InFlight)
        {
            if ((await feed.NextAsync(cancellation)).Payment is { } changed && changed.Hash == hash && changed.Index == current.Index)
            {
                current = changed;
                yield return Read(current);
            }
        }
    }

    /// <inheritdoc/>
    public Task<LightningAnswer<PaymentPage>> ListPaymentsAsync(PaymentQuery query, CancellationToken cancellation) =>
        CallAsync("ListPayments", () =>
        {
            OrderChecks.Require(query);
            var since = query.CreatedSinceUtc?.ToUnixTimeSeconds() * 1_000_000_000 ?? 0;
            var page = model.Payments(node)
                .Where(payment => payment.Index > query.AfterIndex && payment.CreatedNanoseconds >= since)
                .Take(query.Most).ToArray();
            return new PaymentPage([.. page.Select(Read)], page.LastOrDefault()?.Index ?? 0);
        }, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<DecodedPaymentRequest>> DecodeAsync(string paymentRequest, CancellationToken cancellation) =>
        CallAsync("DecodePayReq", () => LndReading.ToDecoded(LndWriting.Decoded(model.Decode(paymentRequest)))!, cancellation);

    private static Invoice Read(SimulatedInvoice invoice) => LndReading.ToInvoice(LndWriting.Invoice(invoice))!;

    private static Payment Read(SimulatedPayment payment) => LndReading.ToPayment(LndWriting.Payment(payment))!;

    private async Task<LightningAnswer<T>> CallAsync<T>(string method, Func<T> work, CancellationToken cancellation)
    {
        var fault = faults.Take(method);
        try
        {
            switch (fault?.Kind)
            {
                case LndFaultKind.Refuse:
                    throw new LndCallException(fault.Status, fault.Text);
                case LndFaultKind.BreakBefore:
                    return Lost<T>();
                case LndFaultKind.DelayBefore:
                    await Task.Delay(fault.Delay, clock, cancellation);
                    break;
            }

            var value = work();
            switch (fault?.Kind)
            {
                case LndFaultKind.DropAnswer or LndFaultKind.CutStream:
                    return Lost<T>();
                case LndFaultKind.DelayAfter:
                    await Task.Delay(fault.Delay, clock, cancellation);
                    break;
            }

            return LightningAnswer.Done(value);
        }
        catch (LndCallException e)
        {
            return LndErrors.ToAnswer<T>(new GrpcException((GrpcStatus)e.Code, e.Message, fromServer: true));
        }
        catch (OperationCanceledException e)
        {
            return LndErrors.ToAnswer<T>(e);
        }
    }

    private static LightningAnswer<T>.Unclear Lost<T>() => new(LightningUncertainty.ConnectionLost, "scripted");
}
