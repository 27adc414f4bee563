using System.CommandLine;
using System.Text.Json.Nodes;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Tests;

/// <summary>Terms from options and from files: what is missing or malformed is refused before anything is sent.</summary>
public sealed class NewCompetitionTests
{
    private const string Id = "019b7a00-0000-7000-8000-000000000001";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Whole =
    [
        "--start", "+20m", "--end", "+3h", "--signing", "2026-01-01T04:00:00Z", "--locations", "KDEN, KJFK", "--entries", "3", "--places", "1", "--entry-fee", "5000",
        "--fee-percent", "5",
    ];

    [Fact]
    public async Task Options_become_the_body_with_values_and_pool_reckoned()
    {
        var body = await BodyAsync([.. Whole, "--id", Id, "--lock-time", "24", "--escrow"]);
        Assert.Equal(
            $$"""
            {"id":"{{Id}}","signing_date":"2026-01-01T04:00:00Z","start_observation_date":"2026-01-01T00:20:00Z","end_observation_date":"2026-01-01T03:00:00Z","locations":["KDEN","KJFK"],"number_of_values_per_entry":6,"number_of_places_win":1,"total_allowed_entries":3,"entry_fee":5000,"coordinator_fee_percentage":5,"total_competition_pool":15000,"relative_locktime_block_delta":24,"escrow":true}
            """.Trim(),
            body.ToJsonString());
    }

    [Fact]
    public async Task Without_an_id_a_fresh_one_of_version_7_is_made()
    {
        var ids = new[] { await BodyAsync(Whole), await BodyAsync(Whole) }.Select(body => Guid.Parse(body["id"]!.GetValue<string>())).ToList();
        Assert.All(ids, id => Assert.Equal(7, id.Version));
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public async Task Everything_that_is_missing_is_named_at_once()
    {
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => BodyAsync(["--entries", "3", "--start", "+1h"]));
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("--end, --signing, --locations, --places, --entry-fee, --fee-percent missing", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--start", "soon", "--start 'soon' is no time")]
    [InlineData("--id", "7", "'7' is no competition id")]
    [InlineData("--entry-fee", "9223372036854775807", "more than there are satoshis")]
    public async Task A_malformed_term_is_refused_by_name(string option, string value, string what)
    {
        var at = Array.IndexOf(Whole, option);
        string[] said = at < 0 ? [.. Whole, option, value] : [.. Whole[..at], option, value, .. Whole[(at + 2)..]];
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => BodyAsync(said));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_taken_as_it_is()
    {
        var body = await BodyAsync(["--file", "-"], $$"""{"id":"{{Id}}","anything":[1]}""");
        Assert.Equal($$"""{"id":"{{Id}}","anything":[1]}""", body.ToJsonString());
    }

    [Fact]
    public async Task A_file_and_a_term_beside_it_are_refused()
    {
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => BodyAsync(["--file", "-", "--places", "2"], "{}"));
        Assert.Contains("--places cannot be said beside it", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is no JSON")]
    [InlineData("{", "is no JSON")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("null", "is no JSON object")]
    [InlineData("{}", "has no competition id")]
    [InlineData("{\"id\":7}", "has no competition id")]
    [InlineData("{\"id\":\"x\"}", "has no competition id")]
    [InlineData("{\"id\":\"x\",\"id\":\"y\"}", "has a member twice")]
    public void A_file_that_is_no_terms_is_refused_by_name(string text, string what)
    {
        var refused = Assert.Throws<CommandFailedException>(() => NewCompetition.Read("terms.json", text));
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("terms.json", refused.Message, StringComparison.Ordinal);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_too_large_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-cli-");
        try
        {
            var large = Path.Combine(folder.FullName, "large.json");
            await File.WriteAllTextAsync(large, new string(' ', 300_000));
            foreach (var file in new[] { large, Path.Combine(folder.FullName, "none.json"), folder.FullName })
            {
                Assert.Equal(2, (await Assert.ThrowsAsync<CommandFailedException>(() => BodyAsync(["--file", file]))).ExitCode);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JsonObject> BodyAsync(string[] arguments, string input = "")
    {
        var terms = new NewCompetition();
        var command = new Command("create");
        foreach (var option in terms.All)
        {
            command.Options.Add(option);
        }

        var parsed = new RootCommand { command }.Parse(["create", .. arguments]);
        Assert.Empty(parsed.Errors);
        return await terms.BodyAsync(parsed, new StringReader(input), Now, CancellationToken.None);
    }
}
