using System.Globalization;
using Xunit.Abstractions;

namespace Coordinator.Simulation.Tests;

/// <summary>Whole coordinators, replayed with faults and crashes from seeds. A seed that ever broke a rule stays in failed-seeds.txt.</summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int Fresh = 300;

    /// <summary>Other seeds every day, the same all day long: whoever sees them fail can play them.</summary>
    private static ulong FirstOfToday => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 86_400 * 1_000_000;

    // What every three hundred seeds have to have come by, or the rules were kept by never being tried.
    private static readonly string[] MustHappen =
    [
        "end: completed", "end: cancelled", "way out: expiry", "way out: ranking attested", "way out: refund attested", "way out: pool settled",
        "way out: outcome spent by Close", "way out: outcome spent by Split", "way out: outcome spent by Reclaim",
        "way out: pool abandoned", "way out: share spent by Close", "way out: share spent by SellBack",
        "way out: share spent by Win", "way out: share spent by Reclaim", "way out: payout atomic Paid", "way out: seat Settled",
        "way out: cancelled: entries closed before every seat was sold",
        .. Enum.GetValues<FaultKind>().Select(kind => $"fault: {kind}"),
        "kill: BeforeWrite", "kill: AfterWrite", "kill: BetweenTurns",
    ];

    private static bool IsLong => Environment.GetEnvironmentVariable("COORDINATOR_LONG_TESTS") == "1";

    public static TheoryData<ulong, string> SeedsThatFailedOnce()
    {
        var data = new TheoryData<ulong, string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "failed-seeds.txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var parts = line.Split(' ', 2);
            data.Add(ulong.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        }

        return data;
    }

    [Fact]
    public void Fresh_seeds_break_no_rule_and_leave_nothing_untried()
    {
        var (first, count) = IsLong ? (1UL, 2_000UL) : (FirstOfToday, (ulong)Fresh);
        output.WriteLine($"seeds {first}..{first + count - 1}");
        var all = SeedRange.Run(first, first + count - 1, 2, failed => output.WriteLine(Tell(failed)));
        foreach (var (group, name, times) in all.Counts.All)
        {
            output.WriteLine($"{times,9} {group}: {name}");
        }

        Assert.True(all.Failed.IsEmpty, string.Join(Environment.NewLine, all.Failed.Select(Tell)));
        var happened = all.Counts.All.Where(entry => entry.Count > 0).Select(entry => $"{entry.Group}: {entry.Name}").ToHashSet(StringComparer.Ordinal);
        Assert.True(MustHappen.All(happened.Contains), $"seeds from {first}: never {string.Join(", ", MustHappen.Where(what => !happened.Contains(what)))}");
        Assert.All(all.Counts.All.Where(entry => entry.Group == "checked"), entry => Assert.True(entry.Count > 0, $"seeds from {first}: nothing to check for {entry.Name}"));
    }

    [Theory]
    [MemberData(nameof(SeedsThatFailedOnce))]
    public void A_seed_that_failed_once_does_not_fail_again(ulong seed, string why)
    {
        var result = SeedRun.Run(seed);
        Assert.True(result.Violation is null, $"{why}{Environment.NewLine}{Tell(result)}");
    }

    private static string Tell(SeedResult result)
        => $"seed {result.Seed}: {result.Violation?.Message}{Environment.NewLine}{string.Join(Environment.NewLine, result.Story)}";
}
