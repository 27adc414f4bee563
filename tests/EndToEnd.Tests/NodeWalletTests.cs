using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>The wallet's commands with a real node as the chain, and what is left of the wallet when nothing but the key file is.</summary>
public sealed class NodeWalletTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-up-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Coins_are_received_sent_bumped_restored_and_swept_on_a_real_node()
    {
        var (first, ready) = await UpAsync();
        var miner = (await NodeAsync(ready, "getnewaddress", "[]", "wallet/miner")).GetString()!;
        foreach (var amount in new[] { "0.00300000", "0.00500000" })
        {
            var address = await AskAsync(ready, "address");
            await PayAsync(ready, address, amount);
            await NodeAsync(ready, "generatetoaddress", $"[1, \"{miner}\"]");
            Assert.NotEqual(address, await AskAsync(ready, "address"));
        }

        Assert.Equal(800_000, (await JsonAsync(ready, "balance")).GetProperty("confirmed").GetInt64());
        var txid = await AskAsync(ready, "send", miner, "120000", "--request-id", "rent");
        Assert.Equal(txid, await AskAsync(ready, "send", miner, "120000", "--request-id", "rent"));
        Assert.Equal(JsonValueKind.Object, (await NodeAsync(ready, "getmempoolentry", $"[\"{txid}\"]")).ValueKind);
        var child = await JsonAsync(ready, "bump", txid, "--rate", "20");
        var packed = await NodeAsync(ready, "getmempoolentry", $"[\"{child.GetProperty("txid").GetString()}\"]");
        var rate = packed.GetProperty("fees").GetProperty("ancestor").GetDecimal() * 100_000_000m / packed.GetProperty("ancestorsize").GetInt64();
        Assert.InRange(rate, 20m, 21m);
        await NodeAsync(ready, "generatetoaddress", $"[7, \"{miner}\"]");
        var (before, coins, next) = await StateAsync(ready);
        first.Kill();
        await first.WaitForExitAsync();
        first.Dispose();

        foreach (var database in Directory.GetFiles(_folder, "*.db*", SearchOption.AllDirectories).Where(path => !path.Contains("/node/", StringComparison.Ordinal)))
        {
            File.Delete(database);
        }

        var (again, back) = await UpAsync();
        Assert.Equal((before, coins, next), await StateAsync(back));
        Assert.Equal(64, (await AskAsync(back, "sweep", miner)).Length);
        await NodeAsync(back, "generatetoaddress", $"[1, \"{miner}\"]");
        Assert.Equal(0, (await JsonAsync(back, "list-utxos")).GetArrayLength());
        Assert.Equal(0, await UpProcess.StopAsync(again));
        again.Dispose();
    }

    private async Task<(System.Diagnostics.Process Process, JsonElement Ready)> UpAsync()
    {
        var process = CommandLine.Start(NodeCommand.Environment, ["up", "--chain", "bitcoind", "--ports", "auto", "--data", _folder, "--json"]);
        return (process, await UpProcess.ReadyAsync(process));
    }

    /// <summary>Confirmed balance, unspent coins and next address.</summary>
    private static async Task<(long Confirmed, string Coins, string Next)> StateAsync(JsonElement ready)
    {
        var confirmed = (await JsonAsync(ready, "balance")).GetProperty("confirmed").GetInt64();
        var coins = (await JsonAsync(ready, "list-utxos")).EnumerateArray().Select(coin => coin.GetProperty("outpoint").GetString()).Order(StringComparer.Ordinal);
        return (confirmed, string.Join(' ', coins), await AskAsync(ready, "address"));
    }

    /// <summary>The node's own wallet makes transactions and sends none.</summary>
    private async Task PayAsync(JsonElement ready, string address, string amount)
    {
        var txid = (await NodeAsync(ready, "sendtoaddress", $"[\"{address}\", {amount}]", "wallet/miner")).GetString()!;
        var made = await NodeAsync(ready, "gettransaction", $"[\"{txid}\"]", "wallet/miner");
        Assert.Equal(txid, (await NodeAsync(ready, "sendrawtransaction", $"[\"{made.GetProperty("hex").GetString()}\"]")).GetString());
    }

    private Task<JsonElement> NodeAsync(JsonElement ready, string method, string parameters, string path = "")
        => NodeCalls.CallAsync(_http, ready, method, parameters, path);

    private static async Task<string> AskAsync(JsonElement ready, params string[] command)
    {
        var result = await CommandLine.RunAsync("",
        [
            "wallet", .. command, "--operator", ready.GetProperty("operator").GetString()!, "--token-file", ready.GetProperty("operator_token_file").GetString()!,
        ]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return string.Join('\n', result.Output).Trim();
    }

    private static async Task<JsonElement> JsonAsync(JsonElement ready, params string[] command)
        => JsonDocument.Parse(await AskAsync(ready, [.. command, "--json"])).RootElement.Clone();
}
