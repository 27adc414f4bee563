using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;

namespace Coordinator.Cli.Demo;

/// <summary>The chain as the world's hand moves it.</summary>
/// <param name="Height">Of the tip.</param>
/// <param name="Waiting">Transactions in the mempool.</param>
/// <param name="MedianTimePast">Of the tip, unix seconds.</param>
internal sealed record ChainTip(int Height, int Waiting, long MedianTimePast);

/// <summary>Mines, gives coins, and reads blocks from the chain simulator.</summary>
internal sealed class ChainWorld(WorldHttp http, Uri address)
{
    private const string Prefix = "/regtest/api";

    public async Task<ChainTip> TipAsync(CancellationToken cancellation)
        => Read(await http.JsonAsync(HttpMethod.Get, At("/control/state"), null, null, cancellation));

    /// <param name="time">Unix seconds of the first block; a minute after the tip where null.</param>
    public async Task<ChainTip> MineAsync(int count, long? time, CancellationToken cancellation)
        => Read(await http.JsonAsync(
            HttpMethod.Post, At("/control/mine"), new JsonObject { ["count"] = count, ["step_seconds"] = 60, ["time"] = time }, null, cancellation));

    public Task SetFeesAsync(int satPerVbyte, CancellationToken cancellation)
        => http.JsonAsync(HttpMethod.Post, At("/control/fees"), new JsonObject { ["sat_per_vbyte"] = satPerVbyte }, null, cancellation);

    public async Task<string> FaucetAsync(string receiver, long sats, CancellationToken cancellation)
        => (await http.JsonAsync(HttpMethod.Post, At("/control/faucet"), new JsonObject { ["address"] = receiver, ["amount_sat"] = sats }, null, cancellation))
            .GetProperty("txid").GetString()!;

    public async Task<Transaction> TransactionAsync(Txid txid, CancellationToken cancellation)
        => Transaction.Parse(await http.TextAsync(At($"{Prefix}/tx/{txid}/hex"), cancellation));

    /// <summary>Median time past and transactions of a block, the coinbase left out.</summary>
    public async Task<(long MedianTimePast, IReadOnlyList<Txid> Transactions)> BlockAsync(int height, CancellationToken cancellation)
    {
        var hash = await http.TextAsync(At($"{Prefix}/block-height/{height.ToString(CultureInfo.InvariantCulture)}"), cancellation);
        var shown = await http.JsonAsync(HttpMethod.Get, At($"{Prefix}/blocks/{height.ToString(CultureInfo.InvariantCulture)}"), null, null, cancellation);
        var ids = await http.JsonAsync(HttpMethod.Get, At($"{Prefix}/block/{hash}/txids"), null, null, cancellation);
        return (shown[0].GetProperty("mediantime").GetInt64(), [.. ids.EnumerateArray().Skip(1).Select(id => Txid.ParseDisplay(id.GetString()!))]);
    }

    /// <summary>The height of the block that holds a transaction.</summary>
    public async Task<int?> HeightOfAsync(Txid txid, CancellationToken cancellation)
    {
        var status = await http.JsonAsync(HttpMethod.Get, At($"{Prefix}/tx/{txid}/status"), null, null, cancellation);
        return status.GetProperty("confirmed").GetBoolean() ? status.GetProperty("block_height").GetInt32() : null;
    }

    private static ChainTip Read(JsonElement state)
        => new(state.GetProperty("height").GetInt32(), state.GetProperty("waiting").GetInt32(), state.GetProperty("median_time_past").GetInt64());

    private Uri At(string path) => new(address, path);
}
