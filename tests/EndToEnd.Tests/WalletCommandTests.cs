using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>The wallet's commands against a running service.</summary>
public sealed class WalletCommandTests
{
    private const string Elsewhere = "bcrt1pyx65xpjnzc62ay6swkzs8p9wm5rexmrdspsdmstfns38629pg28qpj6k8r";

    [Fact]
    public async Task An_operator_sees_sends_bumps_and_sweeps_the_coins()
    {
        await using var world = await UpWorld.StartAsync();
        Assert.StartsWith("bcrt1p", await AskAsync(world, "address"), StringComparison.Ordinal);
        Assert.Equal(15_000_000, (await JsonAsync(world, "balance")).GetProperty("confirmed").GetInt64());
        Assert.Contains("15,000,000 sat", await AskAsync(world, "balance"), StringComparison.Ordinal);
        Assert.Contains("sat/vB", await AskAsync(world, "fees"), StringComparison.Ordinal);
        Assert.Equal(3, (await JsonAsync(world, "list-utxos")).GetArrayLength());
        Assert.EndsWith("3 outputs", await AskAsync(world, "list-utxos"), StringComparison.Ordinal);

        string[] rent = ["send", Elsewhere, "40000", "--request-id", "rent", "--max-fee", "20000"];
        var txid = await AskAsync(world, rent);
        Assert.Equal(64, txid.Length);
        Assert.Equal(txid, (await JsonAsync(world, rent)).GetProperty("txid").GetString());
        Assert.Contains(" sat", await AskAsync(world, "bump", "rent", "--rate", "30"), StringComparison.Ordinal);
        await world.MineAsync(7);
        Assert.Equal(0, (await JsonAsync(world, "balance")).GetProperty("reserved").GetInt64());

        var synced = await RunAsync(world, "sync");
        Assert.Contains("of them used", string.Join('\n', synced.Output), StringComparison.Ordinal);
        Assert.True((await JsonAsync(world, "sync")).GetProperty("complete").GetBoolean());

        Assert.Equal(64, (await AskAsync(world, "sweep", Elsewhere)).Length);
        await world.MineAsync(7);
        Assert.Equal(0, (await JsonAsync(world, "balance")).GetProperty("confirmed").GetInt64());
        Assert.Equal(0, (await JsonAsync(world, "list-utxos")).GetArrayLength());
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_one_line()
    {
        await using var world = await UpWorld.StartAsync();
        foreach (var (command, what) in new (string[], string)[]
        {
            (["send", "nonsense", "1000"], "address_to: "),
            (["send", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "1000"], "address of mainnet; this service is on regtest"),
            (["send", Elsewhere, "100000000000"], "15000000 sat are free"),
            (["send", Elsewhere, "100"], "below the dust limit"),
            (["send", Elsewhere, "1000", "--max-fee", "1"], "the limit 1 sat"),
            (["send", Elsewhere, "1000", "--from", Elsewhere], "not the wallet's"),
            (["bump", "rent"], "no payment"),
        })
        {
            var result = await RunAsync(world, command);
            Assert.Equal(2, result.ExitCode);
            Assert.Contains(what, result.Errors, StringComparison.Ordinal);
            Assert.Single(result.Errors.Trim().Split('\n'));
        }

        Assert.Equal(0, (await JsonAsync(world, "balance")).GetProperty("reserved").GetInt64());
    }

    private static async Task<string> AskAsync(UpWorld world, params string[] command)
    {
        var result = await RunAsync(world, command);
        Assert.True(result.ExitCode == 0, result.Errors);
        return string.Join('\n', result.Output).Trim();
    }

    private static async Task<JsonElement> JsonAsync(UpWorld world, params string[] command)
        => JsonDocument.Parse(await AskAsync(world, [.. command, "--json"])).RootElement.Clone();

    private static Task<CommandResult> RunAsync(UpWorld world, params string[] command) => CommandLine.RunAsync(
        "", ["wallet", .. command, "--operator", world.Operator.ToString(), "--token-file", world.TokenFile]);
}
