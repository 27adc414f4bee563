using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>Calls an invoice cancelled when the node does not answer.</summary>
internal sealed class GloomyLightning(ILightning inner) : LightningAround(inner)
{
    private readonly Dictionary<PaymentHash, Invoice> _known = [];

    public override async Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation)
    {
        var answer = await Inner.FindInvoiceAsync(hash, cancellation);
        if (answer.TryGet(out var invoice))
        {
            _known[hash] = invoice;
        }

        return answer is LightningAnswer<Invoice>.Unclear && _known.TryGetValue(hash, out var last)
            ? LightningAnswer.Done(last with { State = InvoiceState.Canceled, Htlcs = [] })
            : answer;
    }
}
