using System.Globalization;
using Coordinator.Chain;
using Coordinator.Simulators.Chain;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Simulation.Tests;

/// <summary>
/// The audit of the audit: twelve deliberate mistakes, each found by the rule that is there for it. A known seed of each is replayed;
/// <c>COORDINATOR_LONG_TESTS=1</c> searches 500 seeds for each, and with <c>COORDINATOR_WRITE_GOLDEN=1</c> writes what it found first.
/// </summary>
public sealed class PlantedBugTests
{
    private const string SeedsFile = "bug-seeds.txt";
    private const int MostSeeds = 500;
    private const int MostSeedsNearby = 150;

    public static TheoryData<PlantedBug, ulong, string> KnownSeeds
    {
        get
        {
            var data = new TheoryData<PlantedBug, ulong, string>();
            foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, SeedsFile)).Where(line => line.Length > 0 && line[0] != '#'))
            {
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                data.Add(Enum.Parse<PlantedBug>(parts[0]), ulong.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
            }

            return data;
        }
    }

    [Fact]
    public void Every_planted_bug_has_a_known_seed()
        => Assert.Equal(Enum.GetValues<PlantedBug>().Order(), KnownSeeds.Select(row => (PlantedBug)row[0]).Distinct().Order());

    /// <summary>A change of what seeds draw may make a known seed harmless: then the first ones are searched, and the file wants writing anew.</summary>
    [Theory]
    [MemberData(nameof(KnownSeeds))]
    public void The_audit_finds_a_planted_bug_in_its_known_seed(PlantedBug bug, ulong known, string rule)
    {
        var seeds = Enumerable.Range(1, MostSeedsNearby).Select(seed => (ulong)seed).Prepend(known);
        var found = seeds.Select(seed => SeedRun.Run(seed, bug)).FirstOrDefault(result => result.Violation?.Rule == rule);
        Assert.True(found is not null, $"{bug}: neither seed {known} nor 1 to {MostSeedsNearby} break {rule}; search (see above) and write {SeedsFile} anew");
    }

    [Fact]
    public void The_known_seeds_break_nothing_without_their_bugs()
    {
        foreach (var seed in KnownSeeds.Select(row => (ulong)row[1]).Distinct().Order())
        {
            var result = SeedRun.Run(seed);
            Assert.True(result.Violation is null, $"seed {seed}: {result.Violation?.Message}");
        }
    }

    [Fact]
    public void Every_planted_bug_is_found_within_five_hundred_seeds()
    {
        var bugs = Environment.GetEnvironmentVariable("COORDINATOR_LONG_TESTS") == "1"
            ? Enum.GetValues<PlantedBug>()
            : [PlantedBug.SettleBeforeFunding, PlantedBug.ActBeforeWrite];
        var found = bugs.Select(bug => (Bug: bug, First: Search(bug))).ToList();
        var missed = found.Where(one => one.First is null).Select(one => one.Bug).ToList();
        Assert.True(missed.Count == 0, $"not found in seeds 1 to {MostSeeds}: {string.Join(", ", missed)}");
        if (Environment.GetEnvironmentVariable("COORDINATOR_WRITE_GOLDEN") == "1" && bugs.Length == Enum.GetValues<PlantedBug>().Length)
        {
            File.WriteAllLines(
                SourcePath(),
                ["# bug, the first seed that finds it, the rule that does", .. found.Select(one => $"{one.Bug} {one.First!.Seed} {one.First.Violation!.Rule}")]);
        }
    }

    [Fact]
    public void Without_a_bug_every_port_stays_what_it_was()
    {
        var chain = new ModelChain(new ChainModel(DateTimeOffset.UnixEpoch.AddYears(56)));
        var services = new ServiceCollection().AddSingleton<IChain>(chain);
        PlantedBugs.Plant(services, null);
        Assert.Same(chain, services.BuildServiceProvider().GetRequiredService<IChain>());
    }

    /// <summary>The first seed that finds it; two worlds at a time.</summary>
    private static SeedResult? Search(PlantedBug bug)
    {
        for (ulong seed = 1; seed <= MostSeeds; seed += 2)
        {
            var pair = new SeedResult?[2];
            Parallel.For(0, 2, index => pair[index] = SeedRun.Run(seed + (ulong)index, bug));
            if (pair.FirstOrDefault(result => result?.Violation is not null) is { } first)
            {
                return first;
            }
        }

        return null;
    }

    private static string SourcePath()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Coordinator.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("the repository is not above the tests"), "tests", "Simulation.Tests", SeedsFile);
    }
}
