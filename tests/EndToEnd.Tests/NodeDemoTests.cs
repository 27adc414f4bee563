using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Whole competitions on a real Bitcoin node; all ends with all ways only where long tests are asked for.</summary>
public sealed class NodeDemoTests
{
    public static TheoryData<string, string, string> Ends()
    {
        var ends = new TheoryData<string, string, string> { { "refund", "none", "local" }, { "expire", "onchain", "keymeld" } };
        if (CommandLine.IsLong)
        {
            foreach (var signing in new[] { "local", "keymeld" })
            {
                foreach (var end in new[] { "attest", "refund", "expire" })
                {
                    foreach (var payout in new[] { "lightning", "onchain", "mixed", "none" })
                    {
                        if ((end, payout, signing) is not (("refund", "none", "local") or ("expire", "onchain", "keymeld")))
                        {
                            ends.Add(end, payout, signing);
                        }
                    }
                }
            }
        }

        return ends;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task It_completes_and_balances_on_a_real_node(string end, string payout, string signing)
    {
        var kinds = DemoAudit.Check(await NodeCommand.DemoAsync("--end", end, "--payout", payout, "--signing", signing), players: 3);
        Assert.Equal(["funding", end == "expire" ? "expiry" : "outcome"], kinds.Take(2));
        var winners = end == "attest" ? 2 : 3;
        switch (payout)
        {
            case "lightning":
                Assert.Equal("close", Assert.Single(kinds.Skip(2)));
                break;
            case "none":
                Assert.Equal(winners, kinds.Count(kind => kind == "reclaim"));
                break;
            case "onchain":
                Assert.Equal(winners, kinds.Count(kind => kind == "win"));
                break;
            default:
                Assert.Contains("win", kinds);
                Assert.Contains(kinds, kind => kind is "close" or "sell_back");
                break;
        }
    }
}

/// <summary>What goes on under a competition on a real node.</summary>
public sealed class NodeWeatherTests
{
    [Fact]
    public async Task A_time_of_high_fees_is_seen_in_the_estimates_of_the_node_and_paid_by_a_child()
    {
        var kinds = DemoAudit.Check(await NodeCommand.DemoAsync("--fees", "spike", "--payout", "mixed"), players: 3);
        Assert.Equal(["funding", "outcome", "bump"], kinds.Take(3));
    }

    [Fact]
    public async Task Six_blocks_taken_back_settle_nothing_twice_and_pay_nobody_twice()
    {
        var result = await NodeCommand.DemoAsync("--reorganise", "6", "--payout", "lightning");
        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 3));
        var taken = result.Events.Where(line => line.GetProperty("event").ValueEquals("reorganised")).ToList();
        Assert.Equal(["funding", "outcome"], taken.Select(line => line.GetProperty("what").GetString()));
        Assert.All(taken, line => Assert.Equal(line.GetProperty("before").GetInt32() + 1, line.GetProperty("after").GetInt32()));
        Assert.Equal(["funding", "outcome"], Again(result).Select(line => line.GetProperty("kind").GetString()));
        foreach (var again in Again(result))
        {
            var first = result.Events.Single(line => line.GetProperty("event").ValueEquals("tx") && Same(line, again, "txid"));
            Assert.InRange(again.GetProperty("height").GetInt32(), first.GetProperty("height").GetInt32() + 6, int.MaxValue);
        }

        // Each winner says once that money arrived; the audit has compared every node's balance with its payments.
        var received = result.Events.Where(line => line.GetProperty("event").ValueEquals("player") && line.GetProperty("step").ValueEquals("received")).ToList();
        Assert.Equal([1, 1], received.GroupBy(line => line.GetProperty("player").GetInt32()).Select(player => player.Count()));
    }

    private static List<JsonElement> Again(CommandResult result) => [.. result.Events.Where(line => line.GetProperty("event").ValueEquals("tx_again"))];

    private static bool Same(JsonElement left, JsonElement right, string member) => left.GetProperty(member).ValueEquals(right.GetProperty(member).GetString());
}

/// <summary>The command line with the node that the tests use.</summary>
internal static class NodeCommand
{
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string> { ["COORDINATOR_BITCOIND"] = BitcoindProcess.Program };

    public static Task<CommandResult> DemoAsync(params string[] options)
        => CommandLine.RunAsync("", Environment, ["demo", "--chain", "bitcoind", "--players", "3", "--places", "2", "--seed", "7", "--json", .. options]);
}
