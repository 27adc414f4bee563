using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Checks what a demo printed, believing none of its own verdicts.</summary>
internal static class DemoAudit
{
    /// <summary>Completed, balanced, nothing held, every transaction good under the interpreter, every satoshi of the ledger accounted for.</summary>
    /// <returns>The kinds of the transactions in the order of the chain, the faucet's left out.</returns>
    public static IReadOnlyList<string> Check(CommandResult result, int players)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.All(result.Output, line => Assert.StartsWith("{\"event\":", line, StringComparison.Ordinal));
        var summary = result.Events[^1];
        Assert.Equal("summary", summary.GetProperty("event").GetString());
        Assert.Equal("completed", summary.GetProperty("state").GetString());
        Assert.True(summary.GetProperty("balanced").GetBoolean());
        var invoices = summary.GetProperty("invoices");
        Assert.Equal((players, 0), (invoices.GetProperty("settled").GetInt32(), invoices.GetProperty("held").GetInt32()));
        CheckLedger(summary.GetProperty("ledger"));
        var transactions = result.Events.Where(line => line.GetProperty("event").GetString() == "tx").ToList();
        Assert.All(transactions, CheckTransaction);
        var kinds = transactions.Select(line => line.GetProperty("kind").GetString()!).Where(kind => kind != "faucet").ToList();
        Assert.Contains(transactions, line => line.GetProperty("txid").GetString() == summary.GetProperty("funding_txid").GetString());
        Assert.Contains(transactions, line => line.GetProperty("txid").GetString() == summary.GetProperty("outcome_txid").GetString());
        CheckFees(transactions, summary.GetProperty("ledger").GetProperty("miners").GetInt64());
        return kinds;
    }

    /// <summary>One key generation session with one coordinator and every player's key, every signing session complete, and each player compared
    /// keys and results with its contract by the session secret.</summary>
    public static void CheckKeymeld(CommandResult result, int players)
    {
        var told = result.Events.Single(line => line.GetProperty("event").GetString() == "keymeld");
        Assert.Equal((1, players + 1), (told.GetProperty("keygen_sessions").GetInt32(), told.GetProperty("registered").GetInt32()));
        Assert.True(Guid.TryParseExact(told.GetProperty("coordinator_user_id").GetString(), "D", out _), told.ToString());
        Assert.Equal(told.GetProperty("signing_sessions").GetInt32(), told.GetProperty("signed_sessions").GetInt32());
        Assert.Equal(players, PlayersAt(result, "enclave_checked").Count);
        Assert.Equal(players, PlayersAt(result, "keygen_verified").Count);
        Assert.Equal(players, PlayersAt(result, "results_verified").Count);
    }

    /// <summary>The players who said that they did something.</summary>
    public static IReadOnlyCollection<int> PlayersAt(CommandResult result, string step)
        => [.. result.Events.Where(line => line.GetProperty("event").GetString() == "player" && line.GetProperty("step").GetString() == step)
            .Select(line => line.GetProperty("player").GetInt32()).Distinct()];

    private static void CheckLedger(JsonElement ledger)
    {
        var inputs = ledger.GetProperty("inputs");
        var sum = inputs.GetProperty("players").GetInt64() + inputs.GetProperty("coordinator").GetInt64();
        string[] buckets = ["players", "coordinator", "miners", "channel_fees", "anchors", "overpaid"];
        Assert.Equal(sum, buckets.Sum(bucket => ledger.GetProperty(bucket).GetInt64()));
    }

    private static void CheckTransaction(JsonElement line)
    {
        var transaction = Transaction.Parse(line.GetProperty("hex").GetString()!);
        Assert.Equal(line.GetProperty("txid").GetString(), transaction.Txid.ToString());
        Assert.Null(TransactionVerifier.VerifyWithoutChain(transaction, Prevouts(line)));
    }

    private static void CheckFees(IEnumerable<JsonElement> transactions, long miners)
        => Assert.Equal(miners, transactions.Where(line => line.GetProperty("kind").GetString() != "faucet")
            .Sum(line => Prevouts(line).Sum(output => output.Value.Value) - Transaction.Parse(line.GetProperty("hex").GetString()!).OutputValue.Value));

    private static TxOut[] Prevouts(JsonElement line)
        => [.. line.GetProperty("prevouts").EnumerateArray().Select(output =>
            new TxOut(Satoshis.Of(output.GetProperty("value").GetInt64()), Script.FromHex(output.GetProperty("script").GetString()!)))];
}
