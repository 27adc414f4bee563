using System.Net.Http.Json;
using System.Text.Json;

namespace Coordinator.Lightning.Tests;

/// <summary>What a player's process does on the simulator's control listener.</summary>
[Trait("Kind", "Wire")]
public sealed class ControlTests : IAsyncLifetime, IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());
    private Rig _rig = null!;

    public async Task InitializeAsync() => _rig = await Rig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_player_pays_a_held_seat_and_reads_its_preimage_once_settled()
    {
        var created = await SendAsync(HttpMethod.Put, "/nodes/carol", new { balance_sats = 200_000 });
        Assert.Equal(200_000, created.GetProperty("balance_sats").GetInt64());
        var preimage = Preimage.Random();
        var seat = await _rig.SellAsync(preimage);

        var paid = await SendAsync(HttpMethod.Post, "/nodes/carol/pay", new { payment_request = seat.PaymentRequest });
        Assert.Equal("accepted", paid.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, paid.GetProperty("preimage").ValueKind);

        var waiting = SendAsync(HttpMethod.Get, $"/nodes/carol/payments/{preimage.Hash}?wait_ms=20000", null);
        Assert.True((await _rig.Client.SettleInvoiceAsync(preimage, Rig.Patience)).TryGet(out _));
        var settled = await waiting;
        Assert.Equal("succeeded", settled.GetProperty("status").GetString());
        Assert.Equal(preimage.RevealHex(), settled.GetProperty("preimage").GetString());
        var balance = await SendAsync(HttpMethod.Get, "/nodes/carol", null);
        Assert.Equal(200_000 - 50_000 - 1, balance.GetProperty("balance_sats").GetInt64());
    }

    [Fact]
    public async Task A_players_invoice_by_its_own_preimage_pays_out_atomically()
    {
        await SendAsync(HttpMethod.Put, "/nodes/carol", new { balance_sats = 0 });
        var preimage = Preimage.Random();
        var invoice = await SendAsync(
            HttpMethod.Post,
            "/nodes/carol/invoices",
            new { preimage = preimage.RevealHex(), amount_sats = 90_000, expiry_seconds = 7_200 });
        Assert.Equal(preimage.Hash.ToString(), invoice.GetProperty("payment_hash").GetString());

        var order = Rig.Payment(invoice.GetProperty("payment_request").GetString()!, TimeSpan.FromSeconds(10), cltvLimit: 41);
        Assert.True((await _rig.Client.PayAsync(order, Rig.Patience)).TryGet(out var payment));
        Assert.Equal(preimage, payment.Preimage);
        var after = await SendAsync(HttpMethod.Get, $"/nodes/carol/invoices/{preimage.Hash}", null);
        Assert.Equal("settled", after.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("POST", "/nodes/alice/pay", "{\"payment_request\":\"rubbish\"}", 400)]
    [InlineData("POST", "/nodes/nobody/invoices", "{\"amount_sats\":5}", 400)]
    [InlineData("POST", "/nodes/alice/invoices", "{\"amount_sats\":5,\"preimage\":\"abc\"}", 400)]
    [InlineData("POST", "/nodes/alice/invoices", "{\"amount_sats\":-5}", 400)]
    [InlineData("POST", "/nodes/alice/invoices", "{", 400)]
    [InlineData("GET", "/nodes/nobody", null, 404)]
    [InlineData("GET", "/nodes/alice/payments/0000000000000000000000000000000000000000000000000000000000000001", null, 404)]
    [InlineData("GET", "/nodes/alice/payments/xyz", null, 400)]
    [InlineData("PUT", "/nodes/..%2Fescape", "{\"balance_sats\":5}", 400)]
    [InlineData("PUT", "/nodes/dave", "{\"balance_sats\":-5}", 400)]
    [InlineData("POST", "/control/faults", "{\"method\":\"*\",\"kind\":\"meteor\"}", 400)]
    public async Task Bad_input_is_refused_and_leaves_nothing(string method, string path, string? body, int expected)
    {
        var before = _rig.Model.Export().ToJson();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_rig.Simulator.ControlAddress, path));
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, Rig.Patience);
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(before, _rig.Model.Export().ToJson());
    }

    [Fact]
    public async Task A_script_moves_the_world()
    {
        await SendAsync(HttpMethod.Post, "/control/height", new { height = 150, block_hash = new string('a', 64) });
        Assert.True((await _rig.Client.GetInfoAsync(Rig.Patience)).TryGet(out var info));
        Assert.Equal(150, info.BlockHeight);

        var preimage = Preimage.Random();
        await _rig.SellAsync(preimage);
        var canceled = await SendAsync(HttpMethod.Post, "/control/auto-cancel", new { hash = preimage.Hash.ToString() });
        Assert.True(canceled.GetProperty("canceled").GetBoolean());

        await SendAsync(HttpMethod.Post, "/control/faults", new { method = "GetInfo", kind = "refuse", status = 14, text = "scripted" });
        Assert.False((await _rig.Client.GetInfoAsync(Rig.Patience)).TryGet(out _));
        Assert.True((await _rig.Client.GetInfoAsync(Rig.Patience)).TryGet(out _));
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(_rig.Simulator.ControlAddress, path));
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _http.SendAsync(request, Rig.Patience);
        var text = await response.Content.ReadAsStringAsync(Rig.Patience);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
