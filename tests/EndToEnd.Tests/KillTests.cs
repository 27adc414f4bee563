namespace Coordinator.EndToEnd.Tests;

/// <summary>The service is killed with −9 and started again; the same competition ends as if nothing had been (D33).</summary>
public sealed class KillTests
{
    /// <summary>Ten moments where players sign themselves; "nonces:3" is after the last nonces and before the aggregate or right after it.</summary>
    private static readonly string[] Ten =
    [
        "ticket:2", "paid", "entered:2", "contract_verified", "nonces:3", "signatures:2", "signing_complete", "funding_broadcasted", "outcome_broadcasted",
        "invoice",
    ];

    /// <summary>One of the ten by the day, or all where long tests are asked for.</summary>
    public static TheoryData<string> Moments()
        => CommandLine.IsLong ? [.. Ten] : [Ten[TimeProvider.System.GetUtcNow().DayOfYear % Ten.Length]];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Killed_at_a_moment_it_finishes_the_same_competition(string moment)
    {
        var result = await CommandLine.RunAsync("", "demo", "--players", "3", "--places", "2", "--seed", "7", "--signing", "local", "--kill-at", moment, "--json");
        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 3));
        Assert.Contains(result.Events, line => line.GetProperty("event").GetString() == "killed");
        Assert.Contains(result.Events, line => line.GetProperty("event").GetString() == "restarted");
        Assert.Single(result.Events.Select(line => line.GetProperty("event").GetString()), "created");
    }

    [Fact]
    public async Task Killed_between_nonces_and_signatures_everybody_draws_new_nonces()
    {
        var result = await CommandLine.RunAsync("", "demo", "--players", "3", "--places", "2", "--seed", "5", "--signing", "local", "--kill-at", "signed", "--json");
        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 3));
        var rounds = result.Events.Where(line => line.GetProperty("event").GetString() == "player" && line.GetProperty("step").GetString() == "round")
            .GroupBy(line => line.GetProperty("player").GetInt32(), line => line.GetProperty("round").GetString());
        Assert.All(rounds, player => Assert.Equal(2, player.Distinct().Count()));
    }
}
