using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>Never looks again at an invoice that was held once and went back.</summary>
internal sealed class StaleLightning(ILightning inner) : LightningAround(inner)
{
    private readonly Dictionary<PaymentHash, Invoice> _held = [];

    public override async Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
    {
        var answer = await Inner.FindInvoiceAsync(hash, cancellation);
        if (!answer.TryGet(out var invoice))
        {
            return answer;
        }

        if (invoice.State == InvoiceState.Accepted)
        {
            _held[hash] = invoice;
        }

        return invoice.State == InvoiceState.Canceled && _held.TryGetValue(hash, out var stale) ? LightningAnswer.Done(stale) : answer;
    }

    public override Task<LightningAnswer<Acknowledged>> CancelInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
    {
        // What it gave back itself it knows.
        _held.Remove(hash);
        return Inner.CancelInvoiceAsync(hash, cancellation);
    }
}
