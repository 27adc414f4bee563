using System.Globalization;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Cli.Demo;

namespace Coordinator.Cli.Node;

/// <summary>The chain of a Bitcoin node as the world's hand moves it: block times come from the node's mock time, coins from its miner.</summary>
/// <param name="followed">Told after every change, before anything else happens: the Lightning network has the same blocks.</param>
internal sealed class NodeChain(NodeProcess node, TimeProvider clock, Func<CancellationToken, Task> followed) : ChainWorld
{
    private const int StepSeconds = 60;

    private readonly NodeRpc _rpc = node.Rpc;
    private readonly NodeFees _fees = new(node.Rpc);

    public override async Task<ChainTip> TipAsync(CancellationToken cancellation)
    {
        var info = await _rpc.CallAsync("getblockchaininfo", [], cancellation);
        var mempool = await _rpc.CallAsync("getmempoolinfo", [], cancellation);
        return new ChainTip(info.GetProperty("blocks").GetInt32(), mempool.GetProperty("size").GetInt32(), info.GetProperty("mediantime").GetInt64());
    }

    public override async Task<ChainTip> MineAsync(int count, long? time, CancellationToken cancellation)
    {
        var address = await MinerAsync(cancellation);
        var next = time ?? Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), await TipTimeAsync(cancellation) + StepSeconds);
        for (var block = 0; block < count; block++)
        {
            // The clock of the node never runs back: it would refuse its own blocks.
            await node.SetTimeAsync(next + (block * StepSeconds), cancellation);
            await MineOneAsync(address, cancellation);
        }

        await followed(cancellation);
        return await TipAsync(cancellation);
    }

    public override async Task<string> FaucetAsync(string receiver, long sats, CancellationToken cancellation)
    {
        var amount = (sats / 100_000_000m).ToString("0.00000000", CultureInfo.InvariantCulture);
        var paid = await _rpc.CallAsync("sendtoaddress", [receiver, amount], cancellation, NodeRpc.Miner);
        return await _rpc.SendOfMinerAsync(paid.GetString()!, cancellation);
    }

    public override async Task<Transaction> TransactionAsync(Txid txid, CancellationToken cancellation)
        => Transaction.Parse((await _rpc.CallAsync("getrawtransaction", [txid.ToString()], cancellation)).GetString()!);

    public override async Task<WorldBlock> BlockAsync(int height, CancellationToken cancellation)
    {
        var hash = (await _rpc.CallAsync("getblockhash", [height], cancellation)).GetString()!;
        var block = await _rpc.CallAsync("getblock", [hash, 1], cancellation);
        var ids = new List<Txid>();
        foreach (var id in block.GetProperty("tx").EnumerateArray().Skip(1).Select(id => id.GetString()!))
        {
            if (!await _fees.IsOthersAsync(id, cancellation))
            {
                ids.Add(Txid.ParseDisplay(id));
            }
        }

        return new WorldBlock(hash, block.GetProperty("mediantime").GetInt64(), ids);
    }

    /// <summary>The node is then started anew and has forgotten what waited: whoever wants it in a block has to send it again.</summary>
    public override async Task ReorganiseAsync(int depth, CancellationToken cancellation)
    {
        var (height, address) = ((await TipAsync(cancellation)).Height, await MinerAsync(cancellation));
        var next = await TipTimeAsync(cancellation) + StepSeconds;
        var first = (await _rpc.CallAsync("getblockhash", [height - depth + 1], cancellation)).GetString();
        await _rpc.CallAsync("invalidateblock", [first], cancellation);
        for (var block = 0; block <= depth; block++)
        {
            await node.SetTimeAsync(next + (block * StepSeconds), cancellation);
            await _rpc.CallAsync("generateblock", [address, new JsonArray()], cancellation);
        }

        await node.RestartAsync(cancellation);
        await followed(cancellation);
    }

    public override async Task<int?> HeightOfAsync(Txid txid, CancellationToken cancellation)
    {
        var found = await _rpc.FindAsync("getrawtransaction", [txid.ToString(), 1], cancellation);
        return found is { } transaction && transaction.TryGetProperty("blockhash", out var block)
            ? (await _rpc.CallAsync("getblockheader", [block.GetString()], cancellation)).GetProperty("height").GetInt32()
            : null;
    }

    public override Task SetFeesAsync(int satPerVbyte, CancellationToken cancellation)
        => _fees.SetAsync(satPerVbyte, () => MineAsync(1, null, cancellation), cancellation);

    private async Task MineOneAsync(string address, CancellationToken cancellation)
        => _ = _fees.Least == 1
            ? await _rpc.CallAsync("generatetoaddress", [1, address], cancellation)
            : await _rpc.CallAsync("generateblock", [address, await _fees.SelectAsync(cancellation)], cancellation);

    private async Task<string> MinerAsync(CancellationToken cancellation)
        => (await _rpc.CallAsync("getnewaddress", new JsonArray(), cancellation, NodeRpc.Miner)).GetString()!;

    private async Task<long> TipTimeAsync(CancellationToken cancellation)
        => (await _rpc.CallAsync("getblockchaininfo", [], cancellation)).GetProperty("time").GetInt64();
}
