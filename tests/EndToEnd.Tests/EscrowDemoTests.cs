namespace Coordinator.EndToEnd.Tests;

/// <summary>Whole competitions whose tickets are backed by escrows; every end with every payout only where long tests are asked for.</summary>
public sealed class EscrowDemoTests
{
    public static TheoryData<string, string, string> Ends()
    {
        var ends = new TheoryData<string, string, string> { { "keymeld", "attest", "lightning" }, { "local", "refund", "mixed" } };
        if (CommandLine.IsLong)
        {
            foreach (var signing in new[] { "keymeld", "local" })
            {
                foreach (var end in new[] { "attest", "refund", "expire" })
                {
                    foreach (var payout in new[] { "lightning", "mixed", "onchain", "none" })
                    {
                        if ((signing, end, payout) is not (("keymeld", "attest", "lightning") or ("local", "refund", "mixed")))
                        {
                            ends.Add(signing, end, payout);
                        }
                    }
                }
            }
        }

        return ends;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_competition_with_escrows_completes_and_balances(string signing, string end, string payout)
    {
        var result = await CommandLine.RunAsync(
            "", "demo", "--players", "3", "--places", "2", "--seed", "7", "--escrow", "--signing", signing, "--end", end, "--payout", payout, "--json");
        var kinds = DemoAudit.Check(result, players: 3);
        Assert.Equal(["escrow", "escrow", "escrow", "funding", end == "expire" ? "expiry" : "outcome"], kinds.Take(5));
        Assert.Equal(3, DemoAudit.PlayersAt(result, "escrow_signed").Count);
    }
}
