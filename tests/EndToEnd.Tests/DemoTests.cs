namespace Coordinator.EndToEnd.Tests;

/// <summary>Whole competitions: how the event ends times what winners do. Each end is a class of its own, so that two run at once.</summary>
public abstract class DemoTests(string end)
{
    private readonly string _first = end == "expire" ? "expiry" : "outcome";

    [Fact]
    public async Task All_are_paid_over_lightning_and_one_close_ends_it()
        => Assert.Equal(["funding", _first, "close"], await PlayAsync("lightning"));

    [Fact]
    public async Task Every_winner_claims_on_chain_from_its_own_data_alone()
    {
        var kinds = await PlayAsync("onchain");
        Assert.Equal(["funding", _first, "split"], kinds.Take(3));
        Assert.Equal(end == "attest" ? 2 : 3, kinds.Count(kind => kind == "win"));
    }

    [Fact]
    public async Task Some_are_paid_and_others_claim()
    {
        var kinds = await PlayAsync("mixed");
        Assert.Contains("split", kinds);
        Assert.Contains("win", kinds);
        Assert.Contains(kinds, kind => kind is "close" or "sell_back");
    }

    [Fact]
    public async Task Nobody_wants_it_and_the_operator_releases_it()
    {
        var kinds = await PlayAsync("none");
        Assert.Contains("split", kinds);
        Assert.Equal(end == "attest" ? 2 : 3, kinds.Count(kind => kind == "reclaim"));
    }

    private async Task<IReadOnlyList<string>> PlayAsync(string payout)
        => DemoAudit.Check(
            await CommandLine.RunAsync("", "demo", "--players", "3", "--places", "2", "--seed", "7", "--end", end, "--payout", payout, "--json"), players: 3);
}

public sealed class AttestedDemoTests() : DemoTests("attest");

public sealed class RefundedDemoTests() : DemoTests("refund");

public sealed class ExpiredDemoTests() : DemoTests("expire");

/// <summary>Where every player's client signs; the whole of it only where long tests are asked for.</summary>
public sealed class LocalDemoTests
{
    public static TheoryData<string, string> Ends()
    {
        var ends = new TheoryData<string, string> { { "attest", "lightning" }, { "refund", "mixed" } };
        if (CommandLine.IsLong)
        {
            ends.Add("expire", "lightning");
            ends.Add("attest", "onchain");
            ends.Add("attest", "none");
        }

        return ends;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Players_who_sign_themselves_are_paid(string end, string payout)
    {
        var result = await CommandLine.RunAsync(
            "", "demo", "--players", "3", "--places", "2", "--seed", "7", "--signing", "local", "--end", end, "--payout", payout, "--json");
        DemoAudit.Check(result, players: 3);
        Assert.Equal(3, DemoAudit.PlayersAt(result, "signatures").Count);
        Assert.DoesNotContain(result.Events, line => line.GetProperty("event").GetString() == "keymeld");
    }
}

/// <summary>The other shapes of the issue; only where long tests are asked for.</summary>
public sealed class LargerDemoTests
{
    public static TheoryData<int, int, string, string> Shapes()
    {
        var shapes = new TheoryData<int, int, string, string> { { 2, 1, "attest", "mixed" } };
        if (CommandLine.IsLong)
        {
            foreach (var (players, places) in new[] { (2, 1), (10, 3), (20, 2) })
            {
                foreach (var end in new[] { "attest", "refund", "expire" })
                {
                    foreach (var payout in new[] { "lightning", "mixed", "onchain", "none" })
                    {
                        if ((players, end, payout) != (2, "attest", "mixed"))
                        {
                            shapes.Add(players, places, end, payout);
                        }
                    }
                }
            }
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Other_shapes_complete_and_balance(int players, int places, string end, string payout)
        => DemoAudit.Check(
            await CommandLine.RunAsync(
                "", "demo", "--players", $"{players}", "--places", $"{places}", "--seed", "11", "--end", end, "--payout", payout, "--json"),
            players);
}
