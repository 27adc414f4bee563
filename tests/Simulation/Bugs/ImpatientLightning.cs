using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>Calls a payment failed when nobody knows what became of the order, or when it is not through by the time the answer comes.</summary>
internal sealed class ImpatientLightning(ILightning inner) : LightningAround(inner)
{
    public override async Task<LightningAnswer<Payment>> PayAsync(PaymentOrder order, CancellationToken cancellation)
    {
        var answer = await Inner.PayAsync(order, cancellation);
        var isOpen = answer is LightningAnswer<Payment>.Unclear || (answer.TryGet(out var payment) && payment.Status == PaymentStatus.InFlight);
        return isOpen && Bolt11.TryDecode(order.PaymentRequest, out var request, out _)
            ? LightningAnswer.Done(new Payment(
                request.PaymentHash, PaymentStatus.Failed, default, default, null, PaymentFailure.Timeout, 1, request.CreatedUtc, order.PaymentRequest))
            : answer;
    }
}
