using System.Collections.Immutable;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

public sealed partial class LndModel
{
    private const int MostCltvLimit = 2016;
    private const int BlockPadding = 3;

    /// <summary>The final delta LND assumes for an invoice that names none.</summary>
    private const int AssumedCltvExpiry = 24;

    /// <summary>Pays, and returns the payment as it stands after this step: failed, succeeded, or in flight while the payee holds
    /// it.</summary>
    /// <exception cref="LndCallException">The order is refused and no record was written; code 6 when this hash is in flight or
    /// paid.</exception>
    public SimulatedPayment Pay(string nodeName, SimulatedPayOrder order) => Step(() =>
    {
        var payer = NodeNamed(nodeName);
        var request = CheckOrder(payer, order, out var cltvLimit);
        var value = request.Amount?.Value ?? order.AmountMsat;
        switch (payer.Payments.GetValueOrDefault(request.PaymentHash)?.Status)
        {
            case PaymentStatus.InFlight:
                throw new LndCallException(6, "payment is in transition");
            case PaymentStatus.Succeeded:
                throw new LndCallException(6, "invoice is already paid");
        }

        var payee = _nodes.Values.FirstOrDefault(node => node.Key.PublicKey.Equals(request.Payee));
        var payment = new SimulatedPayment
        {
            Hash = request.PaymentHash,
            Payee = payee?.Name ?? "",
            Status = PaymentStatus.InFlight,
            ValueMsat = value,
            Index = ++payer.PaymentIndex,
            CreatedNanoseconds = checked(clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000),
            PaymentRequest = order.PaymentRequest,
        };
        Store(payer, payment);
        Attempt(payer, payee, payment, request, order.FeeLimitMsat, cltvLimit);
        return payer.Payments[payment.Hash];
    });

    /// <summary>One payment.</summary>
    /// <exception cref="LndCallException">Code 5: the node has no record.</exception>
    public SimulatedPayment TrackPayment(string nodeName, PaymentHash hash) => Step(() =>
        NodeNamed(nodeName).Payments.GetValueOrDefault(hash) ?? throw new LndCallException(5, "payment isn't initiated"));

    /// <summary>All payments of a node, oldest first.</summary>
    public ImmutableArray<SimulatedPayment> Payments(string nodeName) => Step(() =>
        NodeNamed(nodeName).Payments.Values.OrderBy(payment => payment.Index).ToImmutableArray());

    /// <summary>True when the payee holds this payment's money.</summary>
    public bool IsHeldByPayee(SimulatedPayment payment) => Step<bool>(() =>
        _nodes.GetValueOrDefault(payment.Payee)?.Invoices.GetValueOrDefault(payment.Hash)?.State == InvoiceState.Accepted);

    /// <summary>Scripts the next payment of this hash to fail with this reason before it reaches the payee.</summary>
    public void FailNext(PaymentHash hash, PaymentFailure reason)
    {
        lock (_gate)
        {
            _scriptedFailures[hash] = reason;
        }
    }

    /// <summary>Scripts payments of this hash to stay in flight on the way until <see cref="Release"/>.</summary>
    public void Stick(PaymentHash hash)
    {
        lock (_gate)
        {
            _stuck.Add(hash);
        }
    }

    /// <summary>Lets stuck payments of this hash go on to the payee, or back with a reason.</summary>
    public void Release(PaymentHash hash, PaymentFailure failure = PaymentFailure.None) => Step(() =>
    {
        _stuck.Remove(hash);
        var any = false;
        foreach (var payer in _nodes.Values)
        {
            if (payer.Payments.GetValueOrDefault(hash) is not { Stuck: true } payment)
            {
                continue;
            }

            any = true;
            if (failure != PaymentFailure.None)
            {
                Fail(payer, hash, failure);
            }
            else if (Bolt11.TryDecode(payment.PaymentRequest, out var request, out _))
            {
                payer.Payments[hash] = payment with { Stuck = false };
                Deliver(payer, _nodes[payment.Payee], payer.Payments[hash], request);
            }
        }

        return any;
    });

    /// <summary>LND's checks in LND's order; nothing is recorded before they pass.</summary>
    private Bolt11Invoice CheckOrder(LndNode payer, SimulatedPayOrder order, out int cltvLimit)
    {
        cltvLimit = order.CltvLimit == 0 ? MostCltvLimit : order.CltvLimit;
        if (order.CltvLimit is < 0 or > MostCltvLimit)
        {
            throw new LndCallException(2, $"total time lock of {order.CltvLimit} exceeds max allowed {MostCltvLimit}");
        }

        if (order.AmountMsat < 0 || order.FeeLimitMsat < 0)
        {
            throw new LndCallException(2, "amount cannot be negative");
        }

        var request = Decode(order.PaymentRequest);
        CheckRequest(request, order.AmountMsat);
        var finalDelta = FinalDelta(request) + BlockPadding;
        if (cltvLimit <= finalDelta)
        {
            throw new LndCallException(2, $"cltv limit {cltvLimit} should be greater than {finalDelta}");
        }

        return request.Payee.Equals(payer.Key.PublicKey) && !order.AllowSelfPayment
            ? throw new LndCallException(2, "self-payments not allowed")
            : request;
    }

    private void CheckRequest(Bolt11Invoice request, long amountMsat)
    {
        if (request.IsExpiredAt(clock.GetUtcNow()))
        {
            throw new LndCallException(2, $"invoice expired. Valid until {request.CreatedUtc + request.Expiry:u}");
        }

        if (request.Amount is null && amountMsat == 0)
        {
            throw new LndCallException(2, "amount must be specified when paying a zero amount invoice");
        }

        if (request.Amount is not null && amountMsat != 0)
        {
            throw new LndCallException(2, "amount must not be specified when paying a non-zero amount invoice");
        }

        if (request.PaymentSecret.Length == 0)
        {
            throw new LndCallException(2, "payment request must contain either a payment address or blinded paths");
        }
    }

    /// <summary>Reads a payment request as a node of this network does.</summary>
    /// <exception cref="LndCallException">It cannot be read, or is of another network.</exception>
    internal Bolt11Invoice Decode(string paymentRequest)
    {
        if (!Bolt11.TryDecode(paymentRequest, requireSecret: false, out var request, out var problem))
        {
            throw new LndCallException(2, problem switch
            {
                Bolt11Problem.BadChecksum => "checksum failed. Expected XXXXXX, got YYYYYY.",
                Bolt11Problem.UnknownNetwork => "invoice not for current active network '" + NetworkName + "'",
                Bolt11Problem.BadAmount => "unknown multiplier",
                _ => $"invalid bech32 string: {problem}",
            });
        }

        return request.Network == options.Network
            ? request
            : throw new LndCallException(2, $"invoice not for current active network '{NetworkName}'");
    }

    /// <summary>LND's word for the network.</summary>
    internal string NetworkName => options.Network.ToString().ToLowerInvariant();

    /// <summary>The final delta a node uses for a request.</summary>
    internal static int FinalDelta(Bolt11Invoice request) => request.HasCltvExpiry ? request.CltvExpiry : AssumedCltvExpiry;

    private void Attempt(
        LndNode payer, LndNode? payee, SimulatedPayment payment, Bolt11Invoice request, long feeLimit, int cltvLimit)
    {
        var fee = checked(options.FeeBaseMsat + (long)((Int128)payment.ValueMsat * options.FeePartsPerMillion / 1_000_000));
        var delta = FinalDelta(request) + BlockPadding + options.RoutingDelta;
        PaymentFailure? reason =
            _scriptedFailures.Remove(payment.Hash, out var scripted) ? scripted
            : payee is null || payee == payer || fee > feeLimit || delta > cltvLimit || payee.RemoteMsat < payment.ValueMsat
                ? PaymentFailure.NoRoute
            : payer.LocalMsat < payment.ValueMsat + fee ? PaymentFailure.InsufficientBalance
            : null;
        if (reason is { } failure)
        {
            Fail(payer, payment.Hash, failure);
            return;
        }

        payer.LocalMsat -= payment.ValueMsat + fee;
        payer.OutgoingMsat += payment.ValueMsat + fee;
        payment = payment with { FeeMsat = fee, TimeLock = _height + delta, HasHtlc = true, Stuck = _stuck.Contains(payment.Hash) };
        Store(payer, payment);
        if (!payment.Stuck)
        {
            Deliver(payer, payee!, payment, request);
        }
    }

    private void Deliver(LndNode payer, LndNode payee, SimulatedPayment payment, Bolt11Invoice request)
    {
        if (payee.RemoteMsat < payment.ValueMsat || !TryAccept(payee, payer, payment, request))
        {
            Fail(payer, payment.Hash, PaymentFailure.IncorrectPaymentDetails);
        }
    }

    private void Succeed(LndNode payer, PaymentHash hash, Preimage preimage)
    {
        var payment = payer.Payments[hash];
        payer.OutgoingMsat -= payment.ValueMsat + payment.FeeMsat;
        _routingFees += payment.FeeMsat;
        Store(payer, payment with { Status = PaymentStatus.Succeeded, Preimage = preimage, HasHtlc = false });
    }

    private void Fail(LndNode payer, PaymentHash hash, PaymentFailure reason)
    {
        var payment = payer.Payments[hash];
        if (payment.HasHtlc)
        {
            payer.OutgoingMsat -= payment.ValueMsat + payment.FeeMsat;
            payer.LocalMsat += payment.ValueMsat + payment.FeeMsat;
        }

        Store(payer, payment with { Status = PaymentStatus.Failed, Failure = reason, HasHtlc = false, Stuck = false, FeeMsat = 0 });
    }

    private void FailPastTimeLock(LndNode payer)
    {
        foreach (var payment in payer.Payments.Values.Where(payment => payment.Stuck && _height >= payment.TimeLock).ToArray())
        {
            Fail(payer, payment.Hash, PaymentFailure.Timeout);
        }
    }
}
