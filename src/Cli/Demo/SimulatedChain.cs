using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;

namespace Coordinator.Cli.Demo;

/// <summary>Mines, gives coins, and reads blocks from the chain simulator.</summary>
internal sealed class SimulatedChain(WorldHttp http, Uri address) : ChainWorld
{
    private const string Prefix = "/regtest/api";

    public override async Task<ChainTip> TipAsync(CancellationToken cancellation)
        => Read(await http.JsonAsync(HttpMethod.Get, At("/control/state"), null, null, cancellation));

    public override async Task<ChainTip> MineAsync(int count, long? time, CancellationToken cancellation)
        => Read(await http.JsonAsync(
            HttpMethod.Post, At("/control/mine"), new JsonObject { ["count"] = count, ["step_seconds"] = 60, ["time"] = time }, null, cancellation));

    public override Task ReorganiseAsync(int depth, CancellationToken cancellation)
        => http.JsonAsync(HttpMethod.Post, At("/control/reorganise"), new JsonObject { ["depth"] = depth }, null, cancellation);

    public override Task SetFeesAsync(int satPerVbyte, CancellationToken cancellation)
        => http.JsonAsync(HttpMethod.Post, At("/control/fees"), new JsonObject { ["sat_per_vbyte"] = satPerVbyte }, null, cancellation);

    public override async Task<string> FaucetAsync(string receiver, long sats, CancellationToken cancellation)
        => (await http.JsonAsync(HttpMethod.Post, At("/control/faucet"), new JsonObject { ["address"] = receiver, ["amount_sat"] = sats }, null, cancellation))
            .GetProperty("txid").GetString()!;

    public override async Task<Transaction> TransactionAsync(Txid txid, CancellationToken cancellation)
        => Transaction.Parse(await http.TextAsync(At($"{Prefix}/tx/{txid}/hex"), cancellation));

    public override async Task<WorldBlock> BlockAsync(int height, CancellationToken cancellation)
    {
        var hash = await http.TextAsync(At($"{Prefix}/block-height/{height.ToString(CultureInfo.InvariantCulture)}"), cancellation);
        var shown = await http.JsonAsync(HttpMethod.Get, At($"{Prefix}/blocks/{height.ToString(CultureInfo.InvariantCulture)}"), null, null, cancellation);
        var ids = await http.JsonAsync(HttpMethod.Get, At($"{Prefix}/block/{hash}/txids"), null, null, cancellation);
        return new WorldBlock(hash, shown[0].GetProperty("mediantime").GetInt64(), [.. ids.EnumerateArray().Skip(1).Select(id => Txid.ParseDisplay(id.GetString()!))]);
    }

    public override async Task<int?> HeightOfAsync(Txid txid, CancellationToken cancellation)
    {
        var status = await http.JsonAsync(HttpMethod.Get, At($"{Prefix}/tx/{txid}/status"), null, null, cancellation);
        return status.GetProperty("confirmed").GetBoolean() ? status.GetProperty("block_height").GetInt32() : null;
    }

    private static ChainTip Read(JsonElement state)
        => new(state.GetProperty("height").GetInt32(), state.GetProperty("waiting").GetInt32(), state.GetProperty("median_time_past").GetInt64());

    private Uri At(string path) => new(address, path);
}
