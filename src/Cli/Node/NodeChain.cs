using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Cli.Demo;

namespace Coordinator.Cli.Node;

/// <summary>The chain of a Bitcoin node as the world's hand moves it: block times come from the node's mock time, coins from its miner.</summary>
/// <param name="followed">Told after every change, before anything else happens: the Lightning network has the same blocks.</param>
internal sealed class NodeChain(NodeRpc rpc, TimeProvider clock, Func<CancellationToken, Task> followed) : ChainWorld
{
    private const int StepSeconds = 60;

    public override async Task<ChainTip> TipAsync(CancellationToken cancellation)
    {
        var info = await rpc.CallAsync("getblockchaininfo", [], cancellation);
        var mempool = await rpc.CallAsync("getmempoolinfo", [], cancellation);
        return new ChainTip(info.GetProperty("blocks").GetInt32(), mempool.GetProperty("size").GetInt32(), info.GetProperty("mediantime").GetInt64());
    }

    public override async Task<ChainTip> MineAsync(int count, long? time, CancellationToken cancellation)
    {
        var address = await MinerAsync(cancellation);
        var next = time ?? Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), await TipTimeAsync(cancellation) + StepSeconds);
        for (var block = 0; block < count; block++)
        {
            // The clock of the node never runs back: it would refuse its own blocks.
            await rpc.CallAsync("setmocktime", [next + (block * StepSeconds)], cancellation);
            await MineOneAsync(address, cancellation);
        }

        await followed(cancellation);
        return await TipAsync(cancellation);
    }

    public override async Task<string> FaucetAsync(string receiver, long sats, CancellationToken cancellation)
        => (await rpc.CallAsync(
            "sendtoaddress", [receiver, (sats / 100_000_000m).ToString("0.00000000", CultureInfo.InvariantCulture)], cancellation, NodeRpc.Miner)).GetString()!;

    public override async Task<Transaction> TransactionAsync(Txid txid, CancellationToken cancellation)
        => Transaction.Parse((await rpc.CallAsync("getrawtransaction", [txid.ToString()], cancellation)).GetString()!);

    public override async Task<(long MedianTimePast, IReadOnlyList<Txid> Transactions)> BlockAsync(int height, CancellationToken cancellation)
    {
        var hash = (await rpc.CallAsync("getblockhash", [height], cancellation)).GetString();
        var block = await rpc.CallAsync("getblock", [hash, 1], cancellation);
        var ids = block.GetProperty("tx").EnumerateArray().Skip(1).Select(id => Txid.ParseDisplay(id.GetString()!)).ToList();
        return (block.GetProperty("mediantime").GetInt64(), ids);
    }

    public override async Task<int?> HeightOfAsync(Txid txid, CancellationToken cancellation)
    {
        var found = await rpc.FindAsync("getrawtransaction", [txid.ToString(), 1], cancellation);
        return found is { } transaction && transaction.TryGetProperty("blockhash", out var block)
            ? (await rpc.CallAsync("getblockheader", [block.GetString()], cancellation)).GetProperty("height").GetInt32()
            : null;
    }

    public override Task SetFeesAsync(int satPerVbyte, CancellationToken cancellation) => Task.CompletedTask;

    private Task<JsonElement> MineOneAsync(string address, CancellationToken cancellation)
        => rpc.CallAsync("generatetoaddress", [1, address], cancellation);

    private async Task<string> MinerAsync(CancellationToken cancellation)
        => (await rpc.CallAsync("getnewaddress", new JsonArray(), cancellation, NodeRpc.Miner)).GetString()!;

    private async Task<long> TipTimeAsync(CancellationToken cancellation)
        => (await rpc.CallAsync("getblockchaininfo", [], cancellation)).GetProperty("time").GetInt64();
}
