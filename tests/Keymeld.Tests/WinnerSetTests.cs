using Coordinator.Dlc;

namespace Coordinator.Keymeld.Tests;

/// <summary>Subsets by set of winners.</summary>
public sealed class WinnerSetTests
{
    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(5, 2, 10)]
    [InlineData(20, 2, 190)]
    [InlineData(10, 3, 120)]
    [InlineData(25, 1, 25)]
    [InlineData(6, 5, 6)]
    [InlineData(21, 2, 210)]
    [InlineData(12, 3, 220)]
    [InlineData(3, 3, 0)]
    [InlineData(3, 0, 0)]
    public void Sets_are_counted(int entries, int places, long count) => Assert.Equal(count, WinnerSets.Count(entries, places));

    [Fact]
    public void Every_shape_gives_its_sets_once_in_lexicographic_order_or_a_reason()
    {
        for (var entries = 2; entries <= 25; entries++)
        {
            for (var places = 1; places <= PlaceWeights.MaxPlaces; places++)
            {
                if (WinnerSets.Refusal(entries, places) is not null)
                {
                    Assert.Throws<ArgumentException>(() => WinnerSets.Of(entries, places));
                    continue;
                }

                var sets = WinnerSets.Of(entries, places);
                Assert.Equal(WinnerSets.Count(entries, places), sets.Length);
                Assert.All(sets, set => Assert.True(set.Length == places && set.SequenceEqual(set.Distinct().Order()) && set[^1] < entries));
                var texts = sets.Select(set => string.Concat(set.Select(player => (char)('a' + player)))).ToArray();
                Assert.Equal(texts.Order(StringComparer.Ordinal), texts);
                Assert.Equal(texts.Length, texts.Distinct().Count());
            }
        }
    }

    [Theory]
    [InlineData(21, 2, "210 sets", "20 entries with 2 places (190)")]
    [InlineData(12, 3, "220 sets", "11 entries with 3 places (165)")]
    [InlineData(10, 4, "210 sets", "9 entries with 4 places (126)")]
    public void A_shape_with_too_many_sets_is_refused_with_the_nearest_that_fits(int entries, int places, string count, string nearest)
    {
        var refusal = WinnerSets.Refusal(entries, places);
        Assert.Contains(count, refusal, StringComparison.Ordinal);
        Assert.EndsWith(nearest, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_that_no_competition_has_is_refused() => Assert.Contains("not allowed", WinnerSets.Refusal(3, 3), StringComparison.Ordinal);

    [Fact]
    public void Subsets_have_the_coordinator_the_winners_and_ids_that_follow_from_both()
    {
        Guid[] seats = [.. Enumerable.Range(0, 4).Select(i => Guid.Parse($"019baa06-0000-7000-8000-{i:x12}"))];
        var subsets = WinnerSets.Subsets(Contracts.Session, Contracts.Coordinator, seats, 2);
        Assert.Equal(6, subsets.Length);
        Assert.Equal([Contracts.Coordinator, seats[0], seats[1]], subsets[0].Members.AsEnumerable());
        Assert.Equal(subsets.Select(subset => subset.Id), WinnerSets.Subsets(Contracts.Session, Contracts.Coordinator, seats, 2).Select(subset => subset.Id));
        Assert.Equal(6, subsets.Select(subset => subset.Id).Distinct().Count());
        Assert.Equal(subsets[0].Id, DerivedIds.Subset(Contracts.Session, subsets[0].Members.Reverse()));
        Assert.NotEqual(subsets[0].Id, DerivedIds.Subset(Contracts.Coordinator, subsets[0].Members));
        Assert.All(subsets, subset => Assert.Equal(('7', true), (subset.Id.ToString()[14], "89ab".Contains(subset.Id.ToString()[19], StringComparison.Ordinal))));
    }

    [Fact]
    public void Derived_ids_are_as_they_were_and_must_stay()
    {
        Assert.Equal("fbcf5ca3-c647-78e8-ba4e-4f92a8966173", UuidText.Of(DerivedIds.Subset(Contracts.Session, [Contracts.Coordinator, KeyAnswers.User])));
        Assert.Equal("e4a99cd4-dfb8-7023-b483-1cdff4f8ad4f", UuidText.Of(DerivedIds.Item(Contracts.Session, new byte[32], 258)));
    }
}
