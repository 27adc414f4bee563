using Coordinator.Testing;

namespace Coordinator.Silo.Tests;

/// <summary>What a service shows to scrapers is what its page of metrics says.</summary>
public sealed class MetricsPageTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task A_service_shows_the_families_that_are_written_down_and_no_others()
    {
        await using var service = await ServiceAlone.StartAsync();
        var shown = Families(await ScrapeAsync(service));
        var written = Written();
        Assert.Empty(shown.Keys.Except(written.Keys).Select(name => $"{name} ({shown[name].Kind}) is shown and not in docs/metrics.md"));
        Assert.Empty(written.Keys.Except(shown.Keys).Select(name => $"{name} is in docs/metrics.md and not shown"));
        Assert.Empty(shown.Where(family => written[family.Key].Kind != family.Value.Kind).Select(family => $"{family.Key} is a {family.Value.Kind}"));
        Assert.Empty(shown.Where(family => family.Value.Help.Length == 0).Select(family => $"{family.Key} has no HELP"));
    }

    [Fact]
    public async Task Names_end_in_their_units_and_labels_are_those_written_down()
    {
        await using var service = await ServiceAlone.StartAsync();
        _ = await ScrapeAsync(service);
        var page = await ScrapeAsync(service);
        var written = Written();
        foreach (var (name, row) in written)
        {
            var ending = row.Unit switch { "s" or "unix s" => "_seconds", "bytes" => "_bytes", "sat" => "_sats", _ => string.Empty };
            Assert.True(name.EndsWith(ending, StringComparison.Ordinal) && name.EndsWith("_total", StringComparison.Ordinal) == (row.Kind == "counter"), $"{name}: unit {row.Unit}, {row.Kind}");
        }

        var samples = page.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        Assert.True(samples.Count > 20, page);
        foreach (var line in samples)
        {
            var name = line[..line.IndexOfAny(['{', ' '])];
            var family = written.Keys.SingleOrDefault(known => name == known || name == $"{known}_count" || name == $"{known}_sum" || name == $"{known}_bucket");
            Assert.True(family is not null, line);
            Assert.Equal(written[family].Labels, LabelsOf(line));
        }
    }

    [Fact]
    public async Task Services_that_do_not_answer_are_shown_as_down()
    {
        await using var service = await ServiceAlone.StartAsync();
        var page = string.Empty;
        for (var attempt = 0; attempt < 100 && !page.Contains("\ncoordinator_chain_up ", StringComparison.Ordinal); attempt++)
        {
            page = await ScrapeAsync(service);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        foreach (var name in new[] { "chain", "lightning", "oracle" })
        {
            Assert.Contains($"\ncoordinator_{name}_up 0\n", page, StringComparison.Ordinal);
        }

        Assert.Contains("\ncoordinator_holds{kind=\"unreadable_document\"} 0\n", page, StringComparison.Ordinal);
        Assert.Matches("\ncoordinator_data_free_bytes [0-9]+\n", page);
        Assert.DoesNotContain("\ncoordinator_chain_tip_height ", page, StringComparison.Ordinal);
    }

    private static Task<string> ScrapeAsync(ServiceAlone service) => Http.GetStringAsync(new Uri(service.Addresses.Metrics, "/metrics"));

    private static SortedSet<string> LabelsOf(string line)
    {
        var labels = new SortedSet<string>(StringComparer.Ordinal);
        var start = line.IndexOf('{', StringComparison.Ordinal);
        foreach (var part in start < 0 ? [] : line[(start + 1)..line.LastIndexOf('}')].Split("\","))
        {
            if (part[..part.IndexOf('=', StringComparison.Ordinal)] is var label && label != "le")
            {
                labels.Add(label);
            }
        }

        return labels;
    }

    private static SortedDictionary<string, (string Kind, string Help)> Families(string page)
    {
        var families = new SortedDictionary<string, (string Kind, string Help)>(StringComparer.Ordinal);
        var help = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var words in page.Split('\n').Where(line => line.StartsWith("# ", StringComparison.Ordinal)).Select(line => line.Split(' ', 4)))
        {
            if (words[1] == "HELP")
            {
                help[words[2]] = words[3];
            }
            else
            {
                families.Add(words[2], (words[3], help.GetValueOrDefault(words[2], string.Empty)));
            }
        }

        return families;
    }

    /// <summary>The table of the service's own families.</summary>
    private static SortedDictionary<string, (string Kind, string Unit, SortedSet<string> Labels)> Written()
    {
        var root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(VectorFiles.Path("dlctix"))))!;
        var text = File.ReadAllText(Path.Combine(root, "docs", "metrics.md"));
        var table = text[text.IndexOf("## Of the service", StringComparison.Ordinal)..text.IndexOf("## Of what runs beside it", StringComparison.Ordinal)];
        var rows = new SortedDictionary<string, (string Kind, string Unit, SortedSet<string> Labels)>(StringComparer.Ordinal);
        foreach (var cells in table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')))
        {
            var labels = cells[4].Split(',').Select(label => label.Trim(' ', '`')).Where(label => label.Length > 0);
            Assert.True(cells.Length == 7 && cells[5].Trim().Length > 0, string.Join('|', cells));
            rows.Add(cells[1].Trim(' ', '`'), (cells[2].Trim(), cells[3].Trim(), new SortedSet<string>(labels, StringComparer.Ordinal)));
        }

        return rows;
    }
}
