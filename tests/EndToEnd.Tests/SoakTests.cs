using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>
/// Twenty competitions at once with a fault every second, a real service that is killed some times, and the books over all of them: a minute, by the
/// day signed through Keymeld or by the players themselves; ten minutes, and both, where long tests are asked for.
/// </summary>
public sealed class SoakTests(Told told) : IClassFixture<Told>
{
    private const int AtOnce = 20;

    public static TheoryData<string> Signings()
        => CommandLine.IsLong ? ["keymeld", "local"] : [TimeProvider.System.GetUtcNow().DayOfYear % 2 == 0 ? "keymeld" : "local"];

    [Theory]
    [MemberData(nameof(Signings))]
    public async Task Twenty_competitions_end_and_balance_under_a_fault_every_second_and_leave_nothing_behind(string signing)
    {
        var minutes = CommandLine.IsLong ? 10 : 1;
        var seed = TimeProvider.System.GetUtcNow().DayOfYear;
        var result = await CommandLine.RunAsync(
            "", TimeSpan.FromMinutes(minutes + 12), "soak", "--competitions", $"{AtOnce}", "--minutes", $"{minutes}", "--seed", $"{seed}", "--signing", signing, "--json");
        Assert.True(result.ExitCode == 0, $"seed {seed}: {result}");
        var summary = result.Events[^1];
        told.Say($"soak, seed {seed}, {signing}: {summary.GetRawText()}");
        told.Say($"soak, faults: {One(result, "faults").GetRawText()}");
        Assert.InRange(summary.GetProperty("competitions").GetInt32(), AtOnce + 1, 10_000);
        Assert.Equal(summary.GetProperty("competitions").GetInt32(), summary.GetProperty("completed").GetInt32());
        Assert.True(summary.GetProperty("balanced").GetBoolean());
        Assert.Equal(0, summary.GetProperty("held").GetInt32());
        CheckLedger(One(result, "ledger").GetProperty("ledger"));
        CheckFaults(One(result, "faults"), minutes);
    }

    [Theory]
    [InlineData("--competitions", "0")]
    [InlineData("--minutes", "0")]
    [InlineData("--minutes", "soon")]
    public async Task What_was_asked_wrongly_starts_nothing(string option, string value)
    {
        var result = await CommandLine.RunAsync("", "soak", option, value);
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain(result.Output, line => line.Contains("the service has", StringComparison.Ordinal));
    }

    private static JsonElement One(CommandResult result, string name) => result.Events.Single(line => line.GetProperty("event").GetString() == name);

    /// <summary>The sum is made here anew: what came in is what went out.</summary>
    private static void CheckLedger(JsonElement ledger)
    {
        var inputs = ledger.GetProperty("inputs");
        string[] buckets = ["players", "coordinator", "miners", "channel_fees", "anchors", "overpaid"];
        Assert.Equal(
            inputs.GetProperty("players").GetInt64() + inputs.GetProperty("coordinator").GetInt64(), buckets.Sum(bucket => ledger.GetProperty(bucket).GetInt64()));
        Assert.Empty(ledger.GetProperty("complaints").EnumerateArray());
    }

    /// <summary>Every server had its part, and the service died more than once.</summary>
    private static void CheckFaults(JsonElement faults, int minutes)
    {
        var counts = faults.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Number).ToDictionary(member => member.Name, member => member.Value.GetInt32());
        Assert.All(["lnd", "oracle", "keymeld", "chain"], server => Assert.Contains(counts, count => count.Key.StartsWith(server, StringComparison.Ordinal)));
        Assert.InRange(counts["service killed"], 2, 1_000);
        Assert.InRange(counts.Values.Sum(), minutes * 60 / 2, minutes * 61);
    }
}
