using Coordinator.Repo.Tests.Source;

namespace Coordinator.Repo.Tests;

/// <summary>The page of defects that must not come back names every row of the old service's list, and only tests that exist.</summary>
public sealed class DefectTests
{
    private const string Page = "docs/defects.md";

    private static string[][] Rows => NamedTests.Rows(Page);

    [Fact]
    public void Every_row_of_the_old_list_is_on_the_page()
        => Assert.Equal(
            [.. Numbered("S", 24), .. Numbered("C", 28), .. Numbered("U", 12)],
            Rows.Select(row => row[0].Trim('|', ' ')));

    [Fact]
    public void Every_test_that_the_page_names_exists() => Rule.Holds(NamedTests.Unknown(Page));

    [Fact]
    public void Every_defect_is_forbidden_by_a_test_or_not_the_services()
        => Rule.Holds(
            from row in Rows
            where !NamedTests.NamesOne(row[^1]) && !row[^1].Contains("the client's", StringComparison.Ordinal) && !row[^1].Contains("no pages yet", StringComparison.Ordinal)
            select $"{Page}: {row[0]}: name the test that forbids it");

    private static IEnumerable<string> Numbered(string letter, int count) => Enumerable.Range(1, count).Select(number => $"{letter}{number}");
}
