namespace Coordinator.EndToEnd.Tests;

/// <summary>Competitions that sign themselves while nobody is there.</summary>
public sealed class KeymeldDemoTests
{
    /// <summary>Who is away, and what winners do when they come back.</summary>
    public static TheoryData<int, string, string> Absences()
        => CommandLine.IsLong
            ? new() { { 3, "attest", "lightning" }, { 2, "attest", "onchain" }, { 3, "expire", "mixed" }, { 1, "refund", "none" }, { 3, "refund", "onchain" } }
            : new() { { 3, "attest", "lightning" }, { 2, "attest", "onchain" } };

    [Fact]
    public async Task By_default_a_contract_is_signed_through_keymeld_and_every_player_checks_it()
    {
        var result = await CommandLine.RunAsync("", "demo", "--players", "5", "--places", "2", "--seed", "11", "--json");
        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 5));
        DemoAudit.CheckKeymeld(result, players: 5);
        Assert.Empty(DemoAudit.PlayersAt(result, "nonces"));
    }

    [Theory]
    [MemberData(nameof(Absences))]
    public async Task Players_who_were_never_online_again_after_their_entry_are_paid(int away, string end, string payout)
    {
        var result = await CommandLine.RunAsync(
            "", "demo", "--players", "3", "--places", "2", "--seed", "7", "--away", $"{away}", "--end", end, "--payout", payout, "--json");
        DemoAudit.Check(result, players: 3);
        DemoAudit.CheckKeymeld(result, players: 3);
        var steps = result.Events.Where(line => line.GetProperty("event").GetString() == "player" && line.GetProperty("player").GetInt32() < away)
            .GroupBy(line => line.GetProperty("player").GetInt32(), line => line.GetProperty("step").GetString());
        Assert.All(steps, player => Assert.Equal("back", player.SkipWhile(step => step != "away").Skip(1).First()));
        var ended = result.Events.ToList().FindIndex(line => line.GetProperty("event").GetString() == "ended");
        Assert.All(
            result.Events.Take(ended).Where(line => line.GetProperty("event").GetString() == "player" && line.GetProperty("player").GetInt32() < away),
            line => Assert.NotEqual("back", line.GetProperty("step").GetString()));
        var paid = result.Events[^1].GetProperty("paid").GetArrayLength();
        Assert.Equal(payout == "none" ? 0 : end == "attest" ? 2 : 3, paid);
    }

    [Fact]
    public async Task Nobody_can_be_away_where_everybody_has_to_sign()
    {
        var result = await CommandLine.RunAsync("", "demo", "--signing", "local", "--away", "1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--away", result.Errors, StringComparison.Ordinal);
    }
}
