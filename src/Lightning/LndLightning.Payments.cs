using Coordinator.Lightning.Rpc;
using Coordinator.Lightning.Wire.Routerrpc;
using Google.Protobuf;
using WirePayment = Coordinator.Lightning.Wire.Lnrpc.Payment;

namespace Coordinator.Lightning;

public sealed partial class LndLightning
{
    /// <inheritdoc/>
    public async Task<LightningAnswer<Payment>> PayAsync(PaymentOrder order, CancellationToken cancellation)
    {
        OrderChecks.Require(order);
        var request = new SendPaymentRequest
        {
            PaymentRequest = order.PaymentRequest,
            AmtMsat = order.Amount?.Value ?? 0,
            FeeLimitMsat = order.FeeLimit.Value,
            CltvLimit = order.CltvLimit,
            TimeoutSeconds = (int)order.Timeout.TotalSeconds,
        };
        var expected = ExpectedHash(order.PaymentRequest);
        return await FirstOrFinalAsync(LndMethods.SendPayment, request, expected, order.WaitForResult, cancellation);
    }

    /// <inheritdoc/>
    public Task<LightningAnswer<Payment>> TrackPaymentAsync(PaymentHash hash, CancellationToken cancellation) => FirstOrFinalAsync(
        LndMethods.TrackPayment, Track(hash), hash, TimeSpan.Zero, cancellation);

    private static TrackPaymentRequest Track(PaymentHash hash) => new() { PaymentHash = ByteString.CopyFrom(hash.ToBytes()) };

    /// <summary>The first state of a payment stream, or the last one seen within the wait. Leaving the stream does not stop the
    /// payment.</summary>
    private async Task<LightningAnswer<Payment>> FirstOrFinalAsync<TRequest>(
        GrpcMethod<TRequest, WirePayment> method, TRequest request, PaymentHash? expected, TimeSpan wait, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
    {
        Payment? seen = null;
        using var timer = new CancellationTokenSource(_options.CallTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
        try
        {
            await using var stream = await _channel.OpenAsync(method, request, both.Token);
            while (await stream.NextAsync(both.Token) is { } wire)
            {
                if (LndReading.ToPayment(wire) is not { } payment || (expected is { } hash && payment.Hash != hash))
                {
                    return Contradiction<Payment>(method.Path);
                }

                if (payment.IsFinal || wait <= TimeSpan.Zero)
                {
                    return LightningAnswer.Done(payment);
                }

                if (seen is null)
                {
                    timer.CancelAfter(wait);
                }

                seen = payment;
            }

            return StreamEnded(seen);
        }
        catch (Exception e) when (LndErrors.Handles(e) || e is IOException or UnauthorizedAccessException)
        {
            return seen is not null ? LightningAnswer.Done(seen)
                : e is OperationCanceledException && !cancellation.IsCancellationRequested ? NoState()
                : Ended<Payment>(e);
        }
    }

    private static LightningAnswer<Payment> StreamEnded(Payment? seen) => seen is not null
        ? LightningAnswer.Done(seen)
        : new LightningAnswer<Payment>.Unclear(LightningUncertainty.ConnectionLost, "the stream ended before the first state");

    private LightningAnswer<Payment>.Unclear NoState() => new(
        LightningUncertainty.DeadlineExceeded, $"no state within {_options.CallTimeout.TotalSeconds:0.###} s");
}
