namespace Coordinator.Lightning;

/// <summary>Ranges of what callers order: outside them is a programmer's error, told before anything is sent.</summary>
internal static class OrderChecks
{
    public static void Require(HoldInvoiceOrder order)
    {
        Require(order.Amount.Value > 0, nameof(order), "a hold invoice has a price above zero");
        Require(
            order.Expiry >= TimeSpan.FromSeconds(1) && order.Expiry <= TimeSpan.FromDays(365),
            nameof(order),
            "an invoice is open 1 second to 365 days");
        Require(order.CltvExpiry is >= 24 and <= 65_535, nameof(order), "a final CLTV delta is 24 to 65535 blocks");
    }

    public static void Require(PaymentOrder order)
    {
        Require(order.CltvLimit > 0, nameof(order), "a CLTV limit is above zero");
        Require(
            order.Timeout >= TimeSpan.FromSeconds(1) && order.Timeout <= TimeSpan.FromHours(1),
            nameof(order),
            "a payment timeout is 1 second to 1 hour");
        Require(order.Amount is null or { Value: > 0 }, nameof(order), "an amount of our own is above zero");
        Require(
            order.WaitForResult >= TimeSpan.Zero && order.WaitForResult <= TimeSpan.FromHours(1),
            nameof(order),
            "a wait for the result is at most 1 hour");
    }

    public static void Require(PaymentQuery query) =>
        Require(query.Most is >= 1 and <= 1000, nameof(query), "a page holds 1 to 1000 payments");

    private static void Require(bool holds, string parameter, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(parameter, otherwise);
        }
    }
}
