using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>Calls a payment taken that was held and went back without the coordinator's doing.</summary>
internal sealed class FlatteringLightning(ILightning inner) : LightningAround(inner)
{
    private readonly HashSet<PaymentHash> _held = [];

    public override async Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
    {
        var answer = await Inner.FindInvoiceAsync(hash, cancellation);
        if (answer.TryGet(out var invoice) && invoice.State == InvoiceState.Accepted)
        {
            _held.Add(hash);
        }

        return invoice is { State: InvoiceState.Canceled } && _held.Contains(hash)
            ? LightningAnswer.Done(invoice with { State = InvoiceState.Settled })
            : answer;
    }

    public override Task<LightningAnswer<Acknowledged>> CancelInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
    {
        _held.Remove(hash);
        return Inner.CancelInvoiceAsync(hash, cancellation);
    }
}
