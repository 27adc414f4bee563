using Coordinator.Repo.Tests.Source;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests;

/// <summary>Events of the log keep their ids, and all of them are written down.</summary>
public sealed class LogTests
{
    private const string Page = "docs/logs.md";

    [Fact]
    public void Every_event_is_written_down_as_it_is_and_nothing_else_is()
    {
        var events = Events().ToList();
        var rows = Rows();
        Assert.True(events.Count >= 25, $"{events.Count} events");
        Rule.Holds(from one in events where !rows.Contains(one.Row) select $"{one.At}: not in {Page}: {one.Row}");
        Rule.Holds(from row in rows where events.All(one => one.Row != row) select $"{Page}: no such event: {row}");
        Assert.Equal(rows.OrderBy(Id), rows);
    }

    [Fact]
    public void No_id_is_used_twice_and_none_that_was_given_up()
    {
        Rule.Holds(
            from one in Events()
            group one by one.Id into same
            where same.Count() > 1
            select $"event {same.Key} is used by {string.Join(" and ", same.Select(one => one.At))}");
        var gone = Tree.Read(Page).Split("## Gone")[1].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2])).Select(Id).ToHashSet();
        Rule.Holds(from one in Events() where gone.Contains(one.Id) select $"{one.At}: event {one.Id} was something else once");
    }

    [Fact]
    public void Lines_are_written_through_generated_methods_only()
        => Rule.Holds(
            from file in Service()
            from call in file.Nodes<InvocationExpressionSyntax>()
            where call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "LogTrace" or "LogDebug" or "LogInformation" or "LogWarning" or "LogError" or "LogCritical" }
            select $"{file.At(call)}: give it an event");

    private static IEnumerable<CodeFile> Service()
        => Tree.Product.Where(file => file.Project is not ("Cli" or "Simulators" or "Players"));

    private static IEnumerable<(int Id, string Row, string At)> Events()
        => from file in Service()
           from attribute in file.Nodes<AttributeSyntax>()
           where attribute.Name.ToString() == "LoggerMessage"
           let arguments = attribute.ArgumentList!.Arguments
           let id = int.Parse(arguments[0].Expression.ToString(), System.Globalization.CultureInfo.InvariantCulture)
           select (id, $"| {id} | {arguments[1].Expression.ToString().Split('.')[^1]} | {file.Project} | `{arguments[2].Expression.ToString().Trim('"')}` |", file.At(attribute));

    private static string[] Rows()
        => [.. Tree.Read(Page).Split("## Gone")[0].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))];

    private static int Id(string row) => int.Parse(row.Split('|')[1], System.Globalization.CultureInfo.InvariantCulture);
}
