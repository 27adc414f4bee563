using System.Text.RegularExpressions;
using Coordinator.Repo.Tests.Source;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests;

/// <summary>The page of defects that must not come back names every row of the old service's list, and only tests that exist.</summary>
public sealed partial class DefectTests
{
    private const string Page = "docs/defects.md";

    private static string[][] Rows => [.. Tree.Read(Page).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Split(" | "))];

    [Fact]
    public void Every_row_of_the_old_list_is_on_the_page()
        => Assert.Equal(
            [.. Numbered("S", 24), .. Numbered("C", 28), .. Numbered("U", 12)],
            Rows.Select(row => row[0].Trim('|', ' ')));

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var tests = Tree.Code.Where(file => file.IsUnder("tests")).SelectMany(file => file.Nodes<MethodDeclarationSyntax>())
            .SelectMany(method => new[] { method.Identifier.Text, $"{(method.Parent as TypeDeclarationSyntax)?.Identifier.Text}.{method.Identifier.Text}" })
            .ToHashSet(StringComparer.Ordinal);
        Rule.Holds(
            from row in Rows
            from Match name in Name().Matches(row[^1])
            where !tests.Contains(name.Groups["name"].Value)
            select $"{Page}: {row[0]}: there is no test {name.Groups["name"].Value}");
    }

    [Fact]
    public void Every_defect_is_forbidden_by_a_test_or_not_the_services()
        => Rule.Holds(
            from row in Rows
            where !Name().IsMatch(row[^1]) && !row[^1].Contains("the client's", StringComparison.Ordinal) && !row[^1].Contains("no pages yet", StringComparison.Ordinal)
            select $"{Page}: {row[0]}: name the test that forbids it");

    private static IEnumerable<string> Numbered(string letter, int count) => Enumerable.Range(1, count).Select(number => $"{letter}{number}");

    [GeneratedRegex("""`(?<name>[\w.]+)`""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Name();
}
