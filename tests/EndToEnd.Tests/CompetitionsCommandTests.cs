using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Competitions, shares, services and problems from the command line, against a running service.</summary>
public sealed class CompetitionsCommandTests : IDisposable
{
    private static readonly string[] Terms =
    [
        "--start", "+20m", "--end", "+3h", "--signing", "+4h", "--locations", "KDEN,KJFK", "--entries", "3", "--places", "1", "--entry-fee", "50000",
        "--fee-percent", "5",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-commands-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_operator_creates_finds_cancels_and_deletes_competitions()
    {
        await using var world = await UpWorld.StartAsync();
        Assert.Equal("no competitions", await AskAsync(world, "competitions", "list"));
        var created = await JsonAsync(world, ["competitions", "create", .. Terms]);
        var id = created.GetProperty("id").GetString()!;
        Assert.Equal(150_000, created.GetProperty("event_submission").GetProperty("total_competition_pool").GetInt64());

        var file = Path.Combine(_folder, "terms.json");
        await File.WriteAllTextAsync(file, created.GetProperty("event_submission").GetRawText());
        var again = await JsonAsync(world, "competitions", "create", "--file", file);
        Assert.Equal(created.GetProperty("created_at").GetString(), again.GetProperty("created_at").GetString());
        var second = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
        Assert.StartsWith($"competition {second} is created since ", await AskAsync(world, ["competitions", "create", .. Terms, "--id", second]), StringComparison.Ordinal);

        Assert.EndsWith("2 competitions; TICKET, POOL and OWED in sat", await AskAsync(world, "competitions", "list"), StringComparison.Ordinal);
        var first = await AskAsync(world, "competitions", "list", "--limit", "1");
        Assert.Contains("there are more: --cursor ", first, StringComparison.Ordinal);
        var rest = await JsonAsync(world, "competitions", "list", "--limit", "1", "--cursor", first.Split("--cursor ")[1].Trim());
        Assert.Equal(second, Assert.Single(rest.EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(2, (await JsonAsync(world, "competitions", "list", "--all")).GetArrayLength());

        var shown = await AskAsync(world, "competitions", "show", id);
        Assert.Contains("50,000 entry fee, 2,500 for the coordinator (5 %)", shown, StringComparison.Ordinal);
        Assert.Contains("waits for   players: 0 of 3 seats paid and entered", shown, StringComparison.Ordinal);
        Assert.Equal("created", (await JsonAsync(world, "competitions", "show", id)).GetProperty("story").GetProperty("state").GetString());

        Assert.Contains(": a storm", await AskAsync(world, "competitions", "cancel", id, "--reason", "a storm"), StringComparison.Ordinal);
        Assert.Equal("cancelled", (await JsonAsync(world, "competitions", "cancel", id)).GetProperty("state").GetString());
        Assert.Equal(id, Assert.Single((await JsonAsync(world, "competitions", "list", "--state", "cancelled")).EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal($"competition {id} is deleted", await AskAsync(world, "competitions", "delete", id));
        Assert.Single((await JsonAsync(world, "competitions", "list")).EnumerateArray());

        await LookAroundAsync(world);
    }

    private static async Task LookAroundAsync(UpWorld world)
    {
        Assert.Equal("nothing is owed", await AskAsync(world, "owed", "list"));
        Assert.Equal("[]", await AskAsync(world, "owed", "list", "--json"));
        Assert.Equal("no problems", await AskAsync(world, "problems"));
        Assert.EndsWith("everything is well", await AskAsync(world, "services"), StringComparison.Ordinal);
        Assert.True((await JsonAsync(world, "services")).GetProperty("ok").GetBoolean());
        Assert.Contains("competition", await AskAsync(world, "grains"), StringComparison.Ordinal);
        Assert.Contains("CreateAsync", await AskAsync(world, "grains", "--methods"), StringComparison.Ordinal);
        Assert.True((await JsonAsync(world, "grains")).GetProperty("activations").GetInt64() > 0);
    }

    [Fact]
    public async Task What_is_wrong_is_refused_by_name_and_nothing_is_done()
    {
        await using var world = await UpWorld.StartAsync();
        var unknown = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
        var wrong = await WriteSecretAsync("wrong.token", new string('x', 64));
        var open = await WriteSecretAsync("open.token", world.Token);
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var malformed = Path.Combine(_folder, "malformed.json");
        await File.WriteAllTextAsync(malformed, $$"""{"id":"{{unknown}}","entry_fee":"much"}""");
        foreach (var (command, what, code) in new (string[], string, int)[]
        {
            (["competitions", "show", "7"], "'7' is no competition id", 2),
            (["competitions", "show", unknown], "refused (404)", 2),
            (["competitions", "cancel", unknown], "refused (404)", 2),
            (["competitions", "delete", unknown], "refused (404)", 2),
            (["competitions", "create", "--file", malformed], "entry_fee: expected a whole number", 2),
            (["competitions", "create", .. Terms, "--pool", "7"], "total_competition_pool", 2),
            (["competitions", "create", "--entries", "3"], "missing", 2),
            (["competitions", "create", .. Terms, "--values", "many"], "many", 2),
            (["competitions", "list", "--limit", "0"], "--limit takes 1 to 100", 2),
            (["competitions", "list", "--state", "odd"], "refused (400)", 2),
            (["competitions", "list", "--cursor", "odd"], "refused (400)", 2),
            (["competitions", "fetch"], "fetch", 2),
            (["owed", "release", unknown, "x"], "'x' is no entry id", 2),
            (["owed", "release", unknown, unknown], "refused (404)", 2),
            (["problems", "--token-file", wrong], "refused (401)", 2),
            (["problems", "--token-file", open], "chmod 600", 2),
            (["services", "--operator", "http://127.0.0.1:1"], "does not answer", 1),
            (["competitions", "list", "--public", "http://127.0.0.1:1"], "does not answer", 1),
            (["competitions", "list", "--public", "nowhere"], "no http or https address", 2),
        })
        {
            var result = await RunAsync(world, command);
            Assert.True(result.ExitCode == code && result.Errors.Contains(what, StringComparison.Ordinal), $"{string.Join(' ', command)}: {result}");
            Assert.DoesNotContain(world.Token, result.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("no competitions", await AskAsync(world, "competitions", "list"));
    }

    [Fact]
    public async Task An_unclear_creation_says_how_to_repeat_it_and_the_environment_names_service_and_token()
    {
        var token = await WriteSecretAsync("token", new string('x', 64));
        var environment = new Dictionary<string, string> { ["COORDINATOR_OPERATOR"] = "http://127.0.0.1:1", ["COORDINATOR_TOKEN_FILE"] = token };
        var down = await CommandLine.RunAsync("", environment, ["competitions", "create", .. Terms]);
        Assert.Equal(1, down.ExitCode);
        Assert.Contains("does not answer at http://127.0.0.1:1/", down.Errors, StringComparison.Ordinal);
        Assert.Contains("repeat it with --id ", down.Errors, StringComparison.Ordinal);
    }

    private async Task<string> WriteSecretAsync(string name, string secret)
    {
        var file = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(file, secret);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static async Task<string> AskAsync(UpWorld world, params string[] command)
    {
        var result = await RunAsync(world, command);
        Assert.True(result.ExitCode == 0, result.ToString());
        return string.Join('\n', result.Output).Trim();
    }

    private static async Task<JsonElement> JsonAsync(UpWorld world, params string[] command)
        => JsonDocument.Parse(await AskAsync(world, [.. command, "--json"])).RootElement.Clone();

    private static Task<CommandResult> RunAsync(UpWorld world, params string[] command) => CommandLine.RunAsync(
        "",
        new Dictionary<string, string>
        {
            ["COORDINATOR_OPERATOR"] = world.Operator.ToString(),
            ["COORDINATOR_PUBLIC"] = world.Public.ToString(),
            ["COORDINATOR_TOKEN_FILE"] = world.TokenFile,
        },
        command);
}
