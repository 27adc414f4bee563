using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests.Source;

/// <summary>Pages whose tables name the tests that prove their rows, in the last column.</summary>
internal static partial class NamedTests
{
    /// <summary>Table rows of a page without their headings, cell by cell.</summary>
    public static string[][] Rows(string page)
    {
        var lines = Tree.Read(page).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToList();
        var heading = lines[0];
        var headings = lines.Where(line => line == heading || line.StartsWith("| way |", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return [.. lines.Where(line => !headings.Contains(line)).Select(line => line.Split(" | "))];
    }

    public static bool NamesOne(string cell) => Name().IsMatch(cell);

    /// <summary>A sentence for every name in a last column that is no test of this repository.</summary>
    public static IEnumerable<string> Unknown(string page)
    {
        var tests = Tree.Code.Where(file => file.IsUnder("tests")).SelectMany(file => file.Nodes<MethodDeclarationSyntax>())
            .SelectMany(method => new[] { method.Identifier.Text, $"{(method.Parent as TypeDeclarationSyntax)?.Identifier.Text}.{method.Identifier.Text}" })
            .ToHashSet(StringComparer.Ordinal);
        return
            from row in Rows(page)
            from Match name in Name().Matches(row[^1])
            where !tests.Contains(name.Groups["name"].Value)
            select $"{page}: {row[0]}: there is no test {name.Groups["name"].Value}";
    }

    [GeneratedRegex("""`(?<name>[\w.]+)`""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Name();
}
