namespace Coordinator.EndToEnd.Tests;

/// <summary>What the service bears from strangers, and what it gives players: the commands that show it, small.</summary>
public sealed class HttpTests
{
    [Fact]
    public async Task Twenty_thousand_random_and_mutated_requests_end_in_no_5xx_no_hang_and_flat_memory()
    {
        var seed = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var result = await CommandLine.RunAsync("", "fuzz", "http", "--count", "20000", "--seed", seed);
        Assert.True(result.ExitCode == 0, $"seed {seed}: {result}");
        Assert.Equal("no 5xx, no hang, memory flat", result.Output[^1]);
    }

    [Fact]
    public async Task The_bench_reserves_tickets_durably_and_refuses_none()
    {
        var result = await CommandLine.RunAsync(
            "", "bench", "http", "--competitions", "50", "--connections", "16", "--tickets", "200", "--seconds", "1", "--json");
        Assert.True(result.ExitCode == 0, result.ToString());
        var report = Assert.Single(result.Events);
        var results = report.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(
            ["health", "list, 50 lean items", "list, 50 lean items, packed", "get", "ticket, durable", "entry, durable"],
            results.Select(one => one.GetProperty("name").GetString()));
        Assert.All(results, one => Assert.Equal(0, one.GetProperty("refused").GetInt32()));
        Assert.All(results, one => Assert.True(one.GetProperty("requests_per_second").GetDouble() > 0, one.GetRawText()));
        Assert.True(report.GetProperty("fsyncs_per_second_before").GetDouble() > 0);
        Assert.True(report.GetProperty("ticket_commits").GetDouble() > 0);
    }

    [Theory]
    [InlineData("bench", "http", "--connections", "0")]
    [InlineData("fuzz", "http", "--count", "0")]
    [InlineData("fuzz", "http", "--count", "many")]
    public async Task What_was_asked_wrongly_starts_nothing(params string[] arguments)
    {
        var result = await CommandLine.RunAsync("", arguments);
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain(result.Output, line => line.StartsWith("seed ", StringComparison.Ordinal));
    }
}
