using System.Globalization;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Node;

/// <summary>A time of high fees on a node: payments of others that pay more, from which the node estimates, and blocks that take nothing cheaper.</summary>
/// <remarks>The others are the miner paying itself. <see cref="IsOthersAsync"/> tells such payments from what belongs to the story.</remarks>
internal sealed class NodeFees(NodeRpc rpc)
{
    /// <summary>The node estimates from this many payments of one rate, also some blocks later.</summary>
    private const int Payments = 80;

    private const decimal Coin = 0.001m;

    /// <summary>What blocks take at least, sat/vB; 1 is everything.</summary>
    public int Least { get; private set; } = 1;

    /// <param name="mine">Mines a block of everything that waits.</param>
    public async Task SetAsync(int satPerVbyte, Func<Task> mine, CancellationToken cancellation)
    {
        if (satPerVbyte > 1 && satPerVbyte > Least)
        {
            await PayAsync(satPerVbyte, mine, cancellation);
        }

        Least = satPerVbyte;
    }

    /// <summary>What a block may take: whatever pays enough together with what it stands on, parents first.</summary>
    public async Task<JsonArray> SelectAsync(CancellationToken cancellation)
    {
        var pool = (await rpc.CallAsync("getrawmempool", [true], cancellation)).EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value);
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, entry) in pool)
        {
            var sats = entry.GetProperty("fees").GetProperty("ancestor").GetDecimal() * 100_000_000m;
            if (sats >= Least * entry.GetProperty("ancestorsize").GetInt64())
            {
                Add(id);
            }
        }

        return new JsonArray([.. chosen.OrderBy(id => pool[id].GetProperty("ancestorcount").GetInt32()).ThenBy(id => id, StringComparer.Ordinal)
            .Select(id => (JsonNode)JsonValue.Create(id))]);

        void Add(string id)
        {
            if (pool.TryGetValue(id, out var entry) && chosen.Add(id))
            {
                foreach (var parent in entry.GetProperty("depends").EnumerateArray())
                {
                    Add(parent.GetString()!);
                }
            }
        }
    }

    /// <summary>Whether a transaction is a payment of the miner to itself.</summary>
    public async Task<bool> IsOthersAsync(string txid, CancellationToken cancellation)
        => await rpc.FindAsync("gettransaction", [txid], cancellation, NodeRpc.Miner) is { } known
            && known.TryGetProperty("fee", out _) && known.GetProperty("amount").GetDecimal() == 0;

    /// <summary>Coins first, then one payment of each: a payment that stands on one in the mempool tells the estimator nothing.</summary>
    private async Task PayAsync(int satPerVbyte, Func<Task> mine, CancellationToken cancellation)
    {
        var address = (await rpc.CallAsync("getnewaddress", [], cancellation, NodeRpc.Miner)).GetString()!;
        var outputs = new JsonArray();
        for (var coin = 0; coin < Payments; coin++)
        {
            outputs.Add(new JsonObject { [(await rpc.CallAsync("getnewaddress", [], cancellation, NodeRpc.Miner)).GetString()!] = Coin });
        }

        var parent = (await rpc.CallAsync("send", [outputs, null, "unset", 10], cancellation, NodeRpc.Miner)).GetProperty("txid").GetString()!;
        await rpc.SendOfMinerAsync(parent, cancellation);
        await mine();
        var coins = (await rpc.CallAsync("listunspent", [1], cancellation, NodeRpc.Miner)).EnumerateArray()
            .Where(coin => coin.GetProperty("txid").ValueEquals(parent) && coin.GetProperty("amount").GetDecimal() == Coin)
            .Select(coin => coin.GetProperty("vout").GetInt32()).ToList();
        if (coins.Count != Payments)
        {
            throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"the miner has {coins.Count} coins instead of {Payments}"));
        }

        foreach (var vout in coins)
        {
            var options = new JsonObject
            {
                ["inputs"] = new JsonArray(new JsonObject { ["txid"] = parent, ["vout"] = vout }),
                ["subtract_fee_from_outputs"] = new JsonArray(0),
                ["add_inputs"] = false,
            };
            var sent = await rpc.CallAsync(
                "send", [new JsonArray(new JsonObject { [address] = Coin }), null, "unset", satPerVbyte + (satPerVbyte / 4), options], cancellation, NodeRpc.Miner);
            await rpc.SendOfMinerAsync(sent.GetProperty("txid").GetString()!, cancellation);
        }

        await mine();
    }
}
