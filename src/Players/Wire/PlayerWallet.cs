using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.Players.Wire;

/// <summary>The player's own Lightning wallet: a node of the simulated network, reached over the simulator's HTTP.</summary>
internal sealed class PlayerWallet(PatientHttp http, Uri control, string node)
{
    /// <summary>Opens the node with this much money; an existing one stays as it is.</summary>
    public Task OpenAsync(long sats, CancellationToken cancellation)
        => SendAsync(
            HttpMethod.Put, $"nodes/{node}", new JsonObject { ["balance_sats"] = sats, ["inbound_sats"] = 1_000_000_000 }, "opening the wallet",
            cancellation);

    /// <summary>Starts to pay, or says how a payment with this hash stands; answers at once.</summary>
    public async Task<JsonElement> PayAsync(string invoice, string hash, CancellationToken cancellation)
    {
        var known = await http.SendAsync(HttpMethod.Get, At($"nodes/{node}/payments/{hash}"), null, "application/json", null, cancellation);
        return known.Status == 404
            ? await SendAsync(HttpMethod.Post, $"nodes/{node}/pay", new JsonObject { ["payment_request"] = invoice }, "paying the ticket", cancellation)
            : known.Json("the payment");
    }

    public async Task<JsonElement> PaymentAsync(string hash, CancellationToken cancellation)
        => (await http.SendAsync(HttpMethod.Get, At($"nodes/{node}/payments/{hash}"), null, "application/json", null, cancellation)).Json("the payment");

    /// <summary>An invoice whose payment reveals this preimage; the same preimage again finds the same invoice.</summary>
    public async Task<string> InvoiceAsync(byte[] preimage, string hash, long sats, CancellationToken cancellation)
    {
        var known = await http.SendAsync(HttpMethod.Get, At($"nodes/{node}/invoices/{hash}"), null, "application/json", null, cancellation);
        var invoice = known.Status == 404
            ? await SendAsync(
                HttpMethod.Post,
                $"nodes/{node}/invoices",
                new JsonObject
                {
                    ["preimage"] = Convert.ToHexStringLower(preimage),
                    ["amount_sats"] = sats,
                    ["expiry_seconds"] = 86_400,
                    ["cltv_expiry"] = 24,
                    ["memo"] = "payout",
                },
                "making an invoice",
                cancellation)
            : known.Json("the invoice");
        return invoice.GetProperty("payment_request").GetString()!;
    }

    /// <summary>What the invoice has received: null while it is not settled.</summary>
    public async Task<long?> ReceivedAsync(string hash, CancellationToken cancellation)
    {
        var invoice = (await http.SendAsync(HttpMethod.Get, At($"nodes/{node}/invoices/{hash}"), null, "application/json", null, cancellation)).Json("the invoice");
        return invoice.GetProperty("state").GetString() == "settled" ? invoice.GetProperty("paid_sats").GetInt64() : null;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject body, string what, CancellationToken cancellation)
        => (await http.SendAsync(method, At(path), JsonSerializer.SerializeToUtf8Bytes(body), "application/json", null, cancellation)).Json(what);

    private Uri At(string path) => new(control, $"/{path}");
}
