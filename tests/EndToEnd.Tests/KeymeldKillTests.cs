namespace Coordinator.EndToEnd.Tests;

/// <summary>
/// The service is killed with −9 between the first registration of a player's key and the last signature, and started again: it finishes with
/// the key generation session and the user id that it had before, and no nonce of its own was ever at stake (D8).
/// </summary>
public sealed class KeymeldKillTests
{
    /// <summary>Nine players with two places are three signing sessions: twenty moments as the gateway shows them.</summary>
    private static readonly string[] Twenty =
    [
        "registered:1", "registered:2", "registered:3", "registered:4", "registered:5", "registered:6", "registered:7", "registered:8", "registered:9",
        "entered:9", "keygen_completed", "batch_posted:1", "batch_posted:2", "batch_posted:3", "batch_approved:1", "batch_approved:2", "batch_approved:3",
        "batch_signed:1", "batch_signed:2", "batch_signed:3",
    ];

    /// <summary>One of the twenty by the day, or all where long tests are asked for.</summary>
    public static TheoryData<string> Moments()
        => CommandLine.IsLong ? [.. Twenty] : [Twenty[TimeProvider.System.GetUtcNow().DayOfYear % Twenty.Length]];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Killed_while_it_signs_it_finishes_with_the_same_session(string moment)
    {
        var result = await CommandLine.RunAsync("", "demo", "--players", "9", "--places", "2", "--seed", "11", "--kill-at", moment, "--json");
        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 9));
        DemoAudit.CheckKeymeld(result, players: 9);
        Assert.Contains(result.Events, line => line.GetProperty("event").GetString() == "killed" && line.GetProperty("moment").GetString() == moment.Split(':')[0]);
        Assert.Contains(result.Events, line => line.GetProperty("event").GetString() == "restarted");
        Assert.Single(result.Events.Select(line => line.GetProperty("event").GetString()), "created");
    }

    [Fact]
    public async Task Killed_three_times_while_it_signs_it_still_finishes()
    {
        var result = await CommandLine.RunAsync(
            "", "demo", "--players", "5", "--places", "2", "--seed", "11", "--kill-at", "registered:3,batch_posted,batch_signed", "--json");
        DemoAudit.Check(result, players: 5);
        DemoAudit.CheckKeymeld(result, players: 5);
        Assert.Equal(3, result.Events.Count(line => line.GetProperty("event").GetString() == "killed"));
    }
}
