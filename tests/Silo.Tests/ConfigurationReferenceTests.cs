using System.Globalization;
using System.Text.Json;

namespace Coordinator.Silo.Tests;

/// <summary>docs/configuration.md, config/coordinator.json and the options say the same, and every stated bound is the one that holds.</summary>
public sealed class ConfigurationReferenceTests
{
    /// <summary>Defaults that no file can state: they differ from machine to machine.</summary>
    private static readonly string[] MachineDefaults = ["Competitions:Cores"];

    [Fact]
    public void Every_key_has_one_row_and_every_row_a_key()
    {
        var rows = ConfigurationKeys.All.Select(ConfigurationKeys.PathOf).Order(StringComparer.OrdinalIgnoreCase).ToList();
        Assert.Equal(ConfigurationSchema.Keys.Keys.Order(StringComparer.OrdinalIgnoreCase), rows, StringComparer.Ordinal);
    }

    [Fact]
    public void Every_row_says_what_type_range_unit_and_consequence_its_key_has()
        => Assert.All(ConfigurationKeys.All, row =>
        {
            Assert.True(Fits(row.Kind, ConfigurationSchema.TypeOf(ConfigurationKeys.PathOf(row))), $"{row.Key} is no {row.Kind}");
            Assert.True(row.Range.Length > 0 && row.Consequence.Length > 20 && row.Consequence.EndsWith('.'), row.Key);
            Assert.True(row.Kind != KeyKind.Count || row.Unit.Length > 0, $"{row.Key} has no unit");
            Assert.DoesNotContain('|', row.Range + row.Consequence + row.Default);
        });

    [Fact]
    public void A_default_is_said_in_words_only_where_there_is_no_value()
        => Assert.All(ConfigurationKeys.All.Where(row => row.Default is not null && !MachineDefaults.Contains(row.Key)), row =>
            Assert.Null(ConfigurationSchema.DefaultOf(ConfigurationKeys.PathOf(row)) is { } value ? $"{row.Key} has the default {value}" : null));

    [Fact]
    public void The_file_of_defaults_has_every_default_and_no_other_value()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("config", "coordinator.json")));
        var values = Flat(file.RootElement, "").ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        var defaults = ConfigurationSchema.Keys.Keys.Where(key => !MachineDefaults.Contains(key))
            .Select(key => (Key: key, Value: ConfigurationSchema.DefaultOf(key))).Where(pair => pair.Value is not null).ToList();
        Assert.True(defaults.Count > 40, $"{defaults.Count} defaults");
        Assert.All(defaults, pair => Assert.Equal($"{pair.Key}={pair.Value}", $"{pair.Key}={values.GetValueOrDefault(pair.Key, "(not in the file)")}"));
    }

    [Fact]
    public void The_document_is_the_generated_one()
    {
        var path = Repository.Path("docs", "configuration.md");
        Assert.True(
            File.ReadAllText(path) == ConfigurationReference.Text(),
            "docs/configuration.md differs from the code: run ./coordinator cli config reference >docs/configuration.md");
    }

    public static TheoryData<string> Bounded => [.. ConfigurationKeys.All.Where(row => row.Least is not null || row.Most is not null).Select(row => row.Key)];

    [Theory]
    [MemberData(nameof(Bounded))]
    public void A_stated_bound_is_taken_and_what_lies_beyond_is_refused_by_name(string key)
    {
        var row = ConfigurationKeys.All.Single(row => row.Key == key);
        if (row.Least is { } least)
        {
            Assert.Null(ComplaintAbout(key, least));
            Assert.NotNull(ComplaintAbout(key, Beyond(row.Kind, least, -1)));
        }

        if (row.Most is { } most)
        {
            Assert.Null(ComplaintAbout(key, most));
            Assert.NotNull(ComplaintAbout(key, Beyond(row.Kind, most, 1)));
        }
    }

    public static TheoryData<string> Chosen => [.. ConfigurationKeys.All.Where(row => row.Kind == KeyKind.Choice).Select(row => row.Key)];

    [Theory]
    [MemberData(nameof(Chosen))]
    public void A_stated_word_is_taken_and_another_is_refused_by_name(string key)
    {
        Assert.All(ConfigurationKeys.All.Single(row => row.Key == key).Words, word => Assert.Null(ComplaintAbout(key, word)));
        Assert.NotNull(ComplaintAbout(key, "other"));
    }

    private static string? ComplaintAbout(string key, string value)
    {
        var isOfANode = key.StartsWith("Chain:", StringComparison.Ordinal) && key != "Chain:Source";
        var overrides = new Dictionary<string, string?>
        {
            ["Chain:Source"] = isOfANode ? "bitcoind" : "esplora",
            ["Chain:Address"] = "http://127.0.0.1:3000",
            ["Keymeld:Address"] = "http://127.0.0.1:8090",
            [key] = value,
        };
        return Complaints(overrides).FirstOrDefault(complaint => complaint.StartsWith(key + " ", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Complaints(Dictionary<string, string?> overrides)
    {
        try
        {
            return SiloConfiguration.Read(null, overrides).ValueComplaints(hasClusters: false);
        }
        catch (SiloConfigurationException failure)
        {
            return failure.Message.Split(Environment.NewLine);
        }
    }

    /// <summary>The next whole number; for times the next ten-millionth of a second, a day's end included.</summary>
    private static string Beyond(KeyKind kind, string bound, int direction) => kind == KeyKind.Time
        ? (TimeSpan.Parse(bound, CultureInfo.InvariantCulture) + TimeSpan.FromTicks(direction)) is var time && time < TimeSpan.Zero ? "-00:00:00.0000001" : time.ToString("c")
        : (long.Parse(bound, CultureInfo.InvariantCulture) + direction).ToString(CultureInfo.InvariantCulture);

    private static bool Fits(KeyKind kind, Type type) => kind switch
    {
        KeyKind.Count => type == typeof(int),
        KeyKind.Time => type == typeof(TimeSpan),
        KeyKind.Moment => type == typeof(DateTimeOffset),
        KeyKind.Switch => type == typeof(bool),
        KeyKind.Address => type == typeof(Uri),
        KeyKind.List => type == typeof(IList<string>),
        KeyKind.Map => type == typeof(Dictionary<string, string>),
        _ => type == typeof(string),
    };

    private static IEnumerable<KeyValuePair<string, string>> Flat(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Flat(member.Value, path.Length == 0 ? member.Name : $"{path}:{member.Name}")),
        JsonValueKind.String => [KeyValuePair.Create(path, element.GetString()!)],
        _ => [KeyValuePair.Create(path, element.GetRawText())],
    };
}
