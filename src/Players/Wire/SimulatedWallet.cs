using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.Players.Wire;

/// <summary>A node of the simulated network, reached over the simulator's HTTP.</summary>
internal sealed class SimulatedWallet(PatientHttp http, Uri control, string node) : PlayerWallet
{
    public override Task OpenAsync(long sats, CancellationToken cancellation)
        => SendAsync(
            HttpMethod.Put, $"nodes/{node}", new JsonObject { ["balance_sats"] = sats, ["inbound_sats"] = 1_000_000_000 }, "opening the wallet",
            cancellation);

    public override async Task<string?> PayAsync(string invoice, string hash, long sats, CancellationToken cancellation)
    {
        var known = await http.SendAsync(HttpMethod.Get, At($"nodes/{node}/payments/{hash}"), null, "application/json", null, cancellation);
        var payment = known.Status == 404
            ? await SendAsync(HttpMethod.Post, $"nodes/{node}/pay", new JsonObject { ["payment_request"] = invoice }, "paying the ticket", cancellation)
            : known.Json("the payment");
        return payment.GetProperty("status").ValueEquals("failed") ? payment.GetProperty("failure_reason").ToString() : null;
    }

    public override async Task<(long Sats, long FeeMsat)?> SpentAsync(string hash, CancellationToken cancellation)
    {
        var payment = (await http.SendAsync(HttpMethod.Get, At($"nodes/{node}/payments/{hash}"), null, "application/json", null, cancellation)).Json("the payment");
        return payment.GetProperty("status").ValueEquals("succeeded")
            ? (payment.GetProperty("amount_sats").GetInt64(), payment.GetProperty("fee_msat").GetInt64())
            : null;
    }

    public override async Task<string> InvoiceAsync(byte[] preimage, string hash, long sats, CancellationToken cancellation)
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

    public override async Task<long?> ReceivedAsync(byte[] preimage, string hash, CancellationToken cancellation)
    {
        var invoice = (await http.SendAsync(HttpMethod.Get, At($"nodes/{node}/invoices/{hash}"), null, "application/json", null, cancellation)).Json("the invoice");
        return invoice.GetProperty("state").GetString() == "settled" ? invoice.GetProperty("paid_sats").GetInt64() : null;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject body, string what, CancellationToken cancellation)
        => (await http.SendAsync(method, At(path), JsonSerializer.SerializeToUtf8Bytes(body), "application/json", null, cancellation)).Json(what);

    private Uri At(string path) => new(control, $"/{path}");
}
