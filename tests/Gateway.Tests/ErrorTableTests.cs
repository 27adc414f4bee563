using System.Text.RegularExpressions;
using Coordinator.Gateway.Errors;
using Coordinator.Nostr;
using Coordinator.Testing;

namespace Coordinator.Gateway.Tests;

/// <summary>The table of refusals, its page, and the codes that the rules and grains use are in step.</summary>
public sealed partial class ErrorTableTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(VectorFiles.Path(), "..", ".."));

    [Fact]
    public void Every_code_has_one_row()
        => Assert.Equal(ErrorRows.All.Select(row => row.Code).Distinct().Order(), ErrorRows.All.Select(row => row.Code).Order());

    [Fact]
    public void The_page_shows_the_table()
    {
        var page = File.ReadAllLines(Path.Combine(Root, "src", "Gateway", "Errors", "README.md"));
        var shown = page.Where(line => line.StartsWith('|')).Skip(2);
        Assert.Equal(ErrorRows.All.Select(row => $"| {row.OldStatus} | {row.Status} | `{row.Code}` | {row.Title} |"), shown);
    }

    [Theory]
    [InlineData("Competitions")]
    [InlineData("Grains")]
    [InlineData("Gateway")]
    public void Every_code_used_has_a_row(string project)
    {
        var used = Directory.EnumerateFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Groups["code"].Value))
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(used.Count > 10, $"only {used.Count} codes found in {project}: the expression no longer fits");
        Assert.Empty(used.Where(code => ErrorTable.Find(code) is null).Order());
    }

    [Fact]
    public void Every_nip_98_refusal_has_a_row_of_its_status()
        => Assert.All(Enum.GetValues<Nip98Problem>(), problem =>
        {
            var error = new Nip98Error(problem, string.Empty);
            Assert.Equal((error.Type, error.Status), (error.Type, ErrorTable.Find(error.Type)?.Status));
        });

    [GeneratedRegex(
        """
        (Refusal\.\w+|Problems\.\w+|RefusedRequestException|GatewayError\.Of|new\ Problem)\(\s*
        (ProblemKind\.\w+,\s*)?"(?<code>[a-z0-9_]+)"[,)]
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Code();
}
