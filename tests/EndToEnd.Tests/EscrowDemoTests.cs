namespace Coordinator.EndToEnd.Tests;

/// <summary>Whole competitions whose tickets are backed by escrows; every end with every payout only where long tests are asked for.</summary>
public sealed class EscrowDemoTests
{
    public static TheoryData<string, string, string> Ends()
        => All(("keymeld", "attest", "lightning"), ("local", "refund", "mixed"));

    public static TheoryData<string, string, string> EndsOnANode() => All(("keymeld", "attest", "mixed"));

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_competition_with_escrows_completes_and_balances(string signing, string end, string payout)
        => Check(end, await CommandLine.RunAsync("", ["demo", "--players", "3", "--places", "2", "--seed", "7", .. Arguments(signing, end, payout), "--json"]));

    [Theory]
    [MemberData(nameof(EndsOnANode))]
    public async Task A_competition_with_escrows_completes_and_balances_on_a_real_node(string signing, string end, string payout)
        => Check(end, await NodeCommand.DemoAsync(Arguments(signing, end, payout)));

    private static void Check(string end, CommandResult result)
    {
        var kinds = DemoAudit.Check(result, players: 3);
        Assert.Equal(["escrow", "escrow", "escrow", "funding", end == "expire" ? "expiry" : "outcome"], kinds.Take(5));
        Assert.Equal(3, DemoAudit.PlayersAt(result, "escrow_signed").Count);
    }

    private static string[] Arguments(string signing, string end, string payout) => ["--escrow", "--signing", signing, "--end", end, "--payout", payout];

    private static TheoryData<string, string, string> All(params (string Signing, string End, string Payout)[] always)
    {
        var all = from signing in new[] { "keymeld", "local" }
                  from end in new[] { "attest", "refund", "expire" }
                  from payout in new[] { "lightning", "mixed", "onchain", "none" }
                  select (signing, end, payout);
        var data = new TheoryData<string, string, string>();
        foreach (var (signing, end, payout) in all.Where(way => CommandLine.IsLong || always.Contains(way)))
        {
            data.Add(signing, end, payout);
        }

        return data;
    }
}
