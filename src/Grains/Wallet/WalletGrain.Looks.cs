using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>What the operator looks at before and after a send. Changes nothing.</summary>
public sealed partial class WalletGrain
{
    private const int MostShown = 100;

    public async Task<Answer<SendPreviewView>> PreviewSendAsync(SendRequest request)
    {
        var (order, problem) = await OrderAsync(SendOwner(request.RequestId), request);
        if (order is null)
        {
            return problem!;
        }

        var prepared = await wallet.PreviewAsync(order, CancellationToken.None);
        if (!prepared.TryGet(out var payment))
        {
            return Refused(prepared.Refusal, prepared.Describe());
        }

        var change = payment.ChangeIndex is { } index ? payment.Unsigned.Outputs[(int)index].Value.Value : 0;
        var total = payment.Unsigned.Outputs.Sum(output => output.Value.Value);
        return new SendPreviewView(total - change, payment.Fee.Value, order.FeeRate.SatPerKwu, payment.Inputs.Count, change);
    }

    public Task<ImmutableArray<SendView>> SendsAsync() => Task.FromResult<ImmutableArray<SendView>>(
    [
        .. stored.State.Sends.Reverse().Take(MostShown).Select(send =>
        {
            var payment = Find(SendOwner(send.RequestId));
            return new SendView(
                send.RequestId, send.AddressTo, send.Amount, send.Txid.ToString(), send.ReplacedBy is not null ? "replaced" : payment is null ? "decided" : "waiting",
                payment?.Fee, send.ReplacedBy?.ToString());
        }),
    ]);
}
