using System.Globalization;

namespace Coordinator.Node.Tests;

/// <summary>The simulated chain and a node are asked the same: both take it, or both refuse it by the same name. The node is right.</summary>
public sealed class AgreementTests(CoinYard yard) : IClassFixture<CoinYard>
{
    private const ulong Seed = 6_021_023;
    private const int Cases = 2_000;
    private const int LongRounds = 10;

    private static bool IsLong => Environment.GetEnvironmentVariable("COORDINATOR_LONG_TESTS") == "1";

    [Fact]
    public Task The_model_and_the_node_say_the_same_of_every_spend() => CompareAsync(yard, [.. KnownDifferences.Seeds, .. From(Seed)]);

    [Fact]
    public async Task And_of_many_more_where_there_is_time()
    {
        for (var round = 1; round <= (IsLong ? LongRounds : 0); round++)
        {
            var fresh = new CoinYard();
            try
            {
                await fresh.InitializeAsync();
                await CompareAsync(fresh, [.. From(Seed + ((ulong)round * Cases))]);
            }
            finally
            {
                await fresh.DisposeAsync();
            }
        }
    }

    private static IEnumerable<ulong> From(ulong first) => Enumerable.Range(0, Cases).Select(index => first + (ulong)index);

    private static async Task CompareAsync(CoinYard yard, IReadOnlyList<ulong> seeds)
    {
        var cases = new SpendCases(yard);
        List<SpendCase> made = [.. seeds.Select(cases.Make)];
        var model = await Mirror.OfAsync(yard.Node);
        var tally = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var differences = new List<string>();
        foreach (var some in made.Chunk(100))
        {
            var steps = some.SelectMany(of => of.Transactions.Select(hex => (Case: of, Hex: hex))).ToList();
            var node = await yard.Node.TryAsync([.. steps.Select(step => step.Hex)]);
            foreach (var ((of, hex), (tested, submitted)) in steps.Zip(node))
            {
                var (ownTested, ownSubmitted) = Mirror.Ask(model, hex);
                var name = submitted.IsTaken ? "taken" : $"{submitted.Name}";
                tally[name] = tally.GetValueOrDefault(name) + 1;
                if (tested.Name != ownTested.Name || submitted.Name != ownSubmitted.Name)
                {
                    differences.Add($"seed {of.Seed}: {of.Story}: node {tested} / {submitted}; model {ownTested} / {ownSubmitted}; {hex}");
                }
            }
        }

        var counts = string.Join(", ", tally.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}")));
        Assert.True(differences.Count == 0, $"first seed {seeds[0]}; {counts}; {differences.Count} differences:\n{string.Join('\n', differences.Take(25))}");
        Assert.True(tally.Count >= 9 && tally["taken"] > made.Count / 3, counts);
        await Mirror.SameMempoolAsync(yard.Node, model);
    }
}
