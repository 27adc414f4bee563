using Coordinator.Repo.Tests.Source;

namespace Coordinator.Repo.Tests;

/// <summary>The page of ways out names a test for every row, and only tests that exist.</summary>
public sealed class WaysOutTests
{
    private const string Page = "docs/ways-out.md";

    [Fact]
    public void Every_way_out_is_proven_by_a_test_that_exists()
    {
        Assert.True(NamedTests.Rows(Page).Length >= 40, $"{Page} has {NamedTests.Rows(Page).Length} rows");
        Rule.Holds(
            from row in NamedTests.Rows(Page)
            where !NamedTests.NamesOne(row[^1])
            select $"{Page}: {row[0]}: name the test that proves it");
        Rule.Holds(NamedTests.Unknown(Page));
    }

    [Fact]
    public void Every_row_says_what_happens_and_what_operator_and_player_see()
        => Rule.Holds(
            from row in NamedTests.Rows(Page)
            where row.Length != 5 || row.Any(cell => string.IsNullOrWhiteSpace(cell.Trim('|', ' ')))
            select $"{Page}: {row[0]}: five columns, none empty");
}
