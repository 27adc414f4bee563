using System.Text.Json.Nodes;

namespace Coordinator.Cli.Demo;

/// <summary>A payment as the paying node knows it; millisatoshis.</summary>
internal sealed record PaymentFacts(bool Succeeded, long AmountSats, long FeeMsat);

/// <summary>The simulated Lightning network seen from outside: balances, invoices and payments of every node.</summary>
internal sealed class LightningWorld(WorldHttp http, Uri control)
{
    public const string CoordinatorNode = "coordinator";

    public static string PlayerNode(int player) => $"player-{player:D2}";

    /// <summary>Opens a node with this much money, or leaves it as it is; its balance in millisatoshis.</summary>
    public async Task<long> OpenAsync(string node, long sats, CancellationToken cancellation)
        => (await http.JsonAsync(
            HttpMethod.Put, At($"/nodes/{node}"), new JsonObject { ["balance_sats"] = sats, ["inbound_sats"] = 1_000_000_000 }, null, cancellation))
            .GetProperty("balance_msat").GetInt64();

    /// <summary>Spendable money and money held in incoming HTLCs.</summary>
    public async Task<(long BalanceMsat, long HeldSats)> NodeAsync(string node, CancellationToken cancellation)
    {
        var view = await http.JsonAsync(HttpMethod.Get, At($"/nodes/{node}"), null, null, cancellation);
        return (view.GetProperty("balance_msat").GetInt64(), view.GetProperty("held_incoming_sats").GetInt64() + view.GetProperty("held_outgoing_sats").GetInt64());
    }

    /// <summary>State word and received satoshis of an invoice; null where the node has none with this hash.</summary>
    public async Task<(string State, long PaidSats)?> InvoiceAsync(string node, string hash, CancellationToken cancellation)
        => await http.FindAsync(At($"/nodes/{node}/invoices/{hash}"), cancellation) is { } invoice
            ? (invoice.GetProperty("state").GetString()!, invoice.GetProperty("paid_sats").GetInt64())
            : null;

    public async Task<PaymentFacts?> PaymentAsync(string node, string hash, CancellationToken cancellation)
        => await http.FindAsync(At($"/nodes/{node}/payments/{hash}"), cancellation) is { } payment
            ? new PaymentFacts(
                payment.GetProperty("status").ValueEquals("succeeded"), payment.GetProperty("amount_sats").GetInt64(), payment.GetProperty("fee_msat").GetInt64())
            : null;

    private Uri At(string path) => new(control, path);
}
