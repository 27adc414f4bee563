using System.Collections.Immutable;

namespace Coordinator.Lightning;

/// <summary>Reads a list of the node to its end.</summary>
public static class LightningPages
{
    private const int MostPages = 10_000;

    /// <summary>All payments created since a time, oldest first, failed and in-flight ones included. Repeat at will.</summary>
    /// <param name="lightning">The node.</param>
    /// <param name="sinceUtc">Whole seconds, by the node's clock; null from the first payment.</param>
    /// <param name="cancellation">Stops between pages and within one.</param>
    /// <returns>The list, or the first page's refusal or unclear outcome: never a part of the list.</returns>
    public static async Task<LightningAnswer<ImmutableArray<Payment>>> ListAllPaymentsAsync(
        this ILightning lightning, DateTimeOffset? sinceUtc, CancellationToken cancellation)
    {
        var all = ImmutableArray.CreateBuilder<Payment>();
        var query = new PaymentQuery(AfterIndex: 0, sinceUtc);
        for (var page = 0; page < MostPages; page++)
        {
            switch (await lightning.ListPaymentsAsync(query, cancellation))
            {
                case LightningAnswer<PaymentPage>.Done { Value.Payments.IsEmpty: true }:
                    return LightningAnswer.Done(all.ToImmutable());
                case LightningAnswer<PaymentPage>.Done { Value: var value }:
                    all.AddRange(value.Payments);
                    query = query with { AfterIndex = value.LastIndex };
                    break;
                case LightningAnswer<PaymentPage>.Refused refused:
                    return new LightningAnswer<ImmutableArray<Payment>>.Refused(refused.Reason, refused.Detail);
                case LightningAnswer<PaymentPage>.Unclear unclear:
                    return new LightningAnswer<ImmutableArray<Payment>>.Unclear(unclear.Cause, unclear.Detail);
            }
        }

        return new LightningAnswer<ImmutableArray<Payment>>.Unclear(
            LightningUncertainty.Contradiction, $"the list did not end after {MostPages} pages");
    }
}
