using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Node.Tests;

/// <summary>The simulated chain beside a node.</summary>
internal static class Mirror
{
    /// <summary>The simulated chain with every block of the node; nothing waits.</summary>
    public static async Task<ChainModel> OfAsync(RegtestNode node)
    {
        var heights = Enumerable.Range(0, await node.HeightAsync() + 1);
        var hashes = await node.BatchAsync("getblockhash", [.. heights.Select(height => $"[{height}]")]);
        var blocks = await node.BatchAsync("getblock", [.. hashes.Select(hash => $"""["{hash.Result.GetString()}", 2]""")]);
        var stored = blocks.Select(block => new StoredBlock(
            block.Result.GetProperty("time").GetInt64(),
            [.. block.Result.GetProperty("tx").EnumerateArray().Select(transaction => transaction.GetProperty("hex").GetString()!)]));
        return new ChainModel(new ChainSnapshot([.. stored], [], [], new Dictionary<int, double>(), 0));
    }

    /// <summary>What the model says of a transaction, first without taking it and then handed in.</summary>
    public static (NodeVerdict Tested, NodeVerdict Submitted) Ask(ChainModel model, string hex)
    {
        if (!Hex.TryDecode(hex, out var bytes) || !Transaction.TryParse(bytes, out var transaction, out _))
        {
            var unreadable = new NodeVerdict("TX decode failed");
            return (unreadable, unreadable);
        }

        return (new NodeVerdict(model.Test(transaction)?.Message), new NodeVerdict(model.Submit(transaction).Refused?.Message));
    }

    /// <summary>The same transactions wait.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> SameMempoolAsync(RegtestNode node, ChainModel model)
    {
        var waiting = (await node.CallAsync("getrawmempool")).EnumerateArray().Select(txid => txid.GetString()!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(waiting, model.Waiting.Select(entry => entry.Transaction.Txid.ToString()).Order(StringComparer.Ordinal));
        return waiting.Count;
    }
}
