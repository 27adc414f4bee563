using System.Diagnostics;
using System.Text.RegularExpressions;
using Coordinator.Repo.Tests.Source;

namespace Coordinator.Repo.Tests;

/// <summary>Every alert is explained, and asks only for metrics that are written down.</summary>
public sealed partial class AlertTests
{
    private const string Rules = "helm/coordinator/files/alerts.yaml";
    private const string Page = "docs/alerts.md";
    private const string Metrics = "docs/metrics.md";

    /// <summary>Words of the query language that the rules use.</summary>
    private static readonly string[] Words =
        ["absent", "by", "changes", "histogram_quantile", "increase", "or", "rate", "sum"];

    [Fact]
    public void Rules_have_the_shape_that_prometheus_reads()
    {
        var lines = Tree.Read(Rules).Split('\n');
        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Equal("groups:", lines[1]);
        Rule.Holds(
            from line in lines.Skip(2).Index()
            where line.Item.Length > 0 && !Shape().IsMatch(line.Item)
            select $"{Rules}:{line.Index + 3}: {line.Item}");
        Assert.True(Alerts().Length >= 30, $"{Alerts().Length} alerts");
        Assert.Equal(Alerts().Length, Alerts().Select(alert => alert.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_alert_has_its_section_and_every_section_its_alert()
    {
        var sections = Tree.Read(Page).Split("\n### ").Skip(1).ToDictionary(text => text.Split('\n')[0], StringComparer.Ordinal);
        Rule.Holds(
            from alert in Alerts()
            where !sections.TryGetValue(alert.Name, out var section) || !IsWhole(section, alert)
            select $"{Page}: {alert.Name}: severity, duration and expression as in {Rules}, then what it means, what to check and what to do");
        Rule.Holds(
            from section in sections.Keys
            where Alerts().All(alert => alert.Name != section)
            select $"{Page}: {section} is no alert of {Rules}");
        Rule.Holds(
            from alert in Alerts()
            where alert.Runbook != $"{Page}#{alert.Name.ToLowerInvariant()}"
            select $"{Rules}: {alert.Name}: runbook is {alert.Runbook}");
    }

    [Fact]
    public void Alerts_ask_only_for_metrics_and_labels_that_are_written_down()
    {
        var families = Families();
        Rule.Holds(
            from alert in Alerts()
            from Match word in Word().Matches(Bare(alert.Expression))
            let name = word.Value
            where !Words.Contains(name, StringComparer.Ordinal) && !Known(families, name)
            select $"{Rules}: {alert.Name}: {name} is not in {Metrics}");
        Rule.Holds(
            from alert in Alerts()
            let labels = families.Where(family => alert.Expression.Contains(family.Key, StringComparison.Ordinal)).SelectMany(family => family.Value).Append("le").ToList()
            from Match label in Label().Matches(alert.Expression + alert.Summary)
            where !labels.Contains(label.Groups["name"].Value)
            select $"{Rules}: {alert.Name}: label {label.Groups["name"].Value} is none of its metrics'");
        Rule.Holds(
            from alert in Alerts()
            where alert.Expression.Count(c => c == '(') != alert.Expression.Count(c => c == ')') || Regex.IsMatch(alert.Expression, @"(?:rate|increase)\([^\[]*\)", RegexOptions.None, TimeSpan.FromSeconds(10))
            select $"{Rules}: {alert.Name}: {alert.Expression}");
    }

    [Fact]
    public void Promtool_accepts_the_rules_where_it_is_installed()
    {
        var tool = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        if (tool is null)
        {
            Assert.NotEmpty(Alerts()); // the other tests of this class look at the same file without it
            return;
        }

        using var check = Process.Start(new ProcessStartInfo(tool, ["check", "rules", Tree.Absolute(Rules)]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = check.StandardOutput.ReadToEnd() + check.StandardError.ReadToEnd();
        check.WaitForExit();
        Assert.True(check.ExitCode == 0, said);
    }

    [Fact]
    public void A_wrong_rule_would_be_found()
    {
        Assert.DoesNotMatch(Shape(), "      - alert: lower case");
        Assert.DoesNotMatch(Shape(), "          severity: urgent");
        Assert.DoesNotMatch(Shape(), "        expr: unquoted > 0");
        Assert.False(Known(Families(), "coordinator_no_such_metric"));
        Assert.True(Known(Families(), "coordinator_gateway_request_seconds_bucket"));
    }

    private static bool Known(SortedDictionary<string, string[]> families, string name)
        => families.ContainsKey(name) || (name.EndsWith("_bucket", StringComparison.Ordinal) && families.ContainsKey(name[..^"_bucket".Length]));

    private static bool IsWhole(string section, Alert alert)
        => section.Contains($"\n{alert.Severity}, after {alert.For}: `{alert.Expression}`\n", StringComparison.Ordinal)
            && new[] { "Means", "Check", "Do" }.All(word => Regex.IsMatch(section, $@"\n- \*\*{word}:\*\* \S.{{9,}}", RegexOptions.None, TimeSpan.FromSeconds(10)));

    /// <summary>Without texts in quotes, label matchers and durations.</summary>
    private static string Bare(string expression) => Regex.Replace(expression, """\{[^}]*\}|"[^"]*"|\[[^\]]*\]|\bby \([a-z_]+\)""", " ", RegexOptions.None, TimeSpan.FromSeconds(10));

    private static SortedDictionary<string, string[]> Families()
    {
        var families = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var cells in Tree.Read(Metrics).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')))
        {
            families[cells[1].Trim(' ', '`')] = [.. cells[4].Split(',').Select(label => label.Trim(' ', '`')).Where(label => label.Length > 0)];
        }

        return families;
    }

    private static Alert[] Alerts() => [.. Tree.Read(Rules).Split("      - alert: ").Skip(1).Select(Read)];

    private static Alert Read(string text)
    {
        string Of(string key) => text.Split('\n').Select(line => line.Trim()).First(line => line.StartsWith($"{key}: ", StringComparison.Ordinal))[(key.Length + 2)..];
        static string Plain(string quoted) => quoted.Trim('\'').Replace("''", "'", StringComparison.Ordinal);
        return new Alert(text.Split('\n')[0], Plain(Of("expr")), Of("for"), Of("severity"), Plain(Of("summary")), Of("runbook"));
    }

    [GeneratedRegex(
        """
        ^(?:  - name: coordinator-[a-z]+|    rules:|      - alert: [A-Z][A-Za-z]+|        expr: '(?:[^']|'')+'|        for: [0-9]+[mh]|        labels:|          severity: (?:warning|critical)|        annotations:|          summary: '(?:[^']|'')+'|          runbook: docs/alerts\.md#[a-z]+)$
        """, RegexOptions.None, 10_000)]
    private static partial Regex Shape();

    [GeneratedRegex("[a-z_][a-z0-9_]{2,}", RegexOptions.None, 10_000)]
    private static partial Regex Word();

    [GeneratedRegex("""(?:[{,]\s*(?<name>[a-z_]+)\s*(?:=~|!~|!=|=))|(?:\bby \((?<name>[a-z_]+)\))|(?:\$labels\.(?<name>[a-z_]+))""", RegexOptions.None, 10_000)]
    private static partial Regex Label();

    private sealed record Alert(string Name, string Expression, string For, string Severity, string Summary, string Runbook);
}
