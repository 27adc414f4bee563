using System.Text.Json;

namespace Coordinator.Silo.Tests;

/// <summary>Reading and checking: everything that is wrong at once, by name.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-configuration-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Unknown_keys_wrong_forms_and_values_out_of_range_are_told_at_once()
    {
        var complaints = Check("""
            {
              "Netwerk": "mainnet", "Secrets": { "Password": "hunter2" },
              "Gateway": { "PublicPort": "http", "MetricsPort": 70000, "Limits": 7, "Origins": "https://play.example", "OperatorTokenFile": "t" },
              "Chain": { "Address": "http://user:hunter2@127.0.0.1:3000", "BlockPoll": "10", "Poll": { "Seconds": 3 } },
              "Lightning": { "Address": "https://127.0.0.1:10009", "MacaroonPath": "m", "InvoicePoll": "24:00:00", "PayoutFeePpm": "0x10" },
              "Oracle": { "Address": "ftp://127.0.0.1", "Poll": "" },
              "Keymeld": { "Address": "http://127.0.0.1:8090", "Enclaves": { "first": "02" } },
              "Competitions": { "RequireKeyProof": "yes", "Signing": "none", "EntriesPerPlayer": 99 }
            }
            """);
        string[] keys =
        [
            "there is no key 'Netwerk'", "there is no key 'Secrets'", "Gateway:PublicPort is 'http'", "Gateway:MetricsPort is 70000", "Gateway:Limits is a section",
            "Gateway:Origins is a list", "Chain:Address has a user or a password", "Chain:BlockPoll is '10'", "Chain:Poll is one value", "Lightning:InvoicePoll is '24:00:00'",
            "Lightning:PayoutFeePpm is '0x10'", "Oracle:Address is 'ftp://127.0.0.1'", "Oracle:Poll is empty", "Keymeld:Enclaves has 'first'",
            "Competitions:RequireKeyProof is 'yes'", "Competitions:Signing is 'none'", "Competitions:EntriesPerPlayer is 99",
        ];
        Assert.All(keys, key => Assert.Single(complaints, complaint => complaint.StartsWith(key, StringComparison.Ordinal)));
        Assert.Equal(keys.Length, complaints.Count);
        Assert.DoesNotContain(complaints, complaint => complaint.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "is no JSON object")]
    [InlineData("[1]", "is no JSON object")]
    [InlineData("{\"Network\":", "is no JSON object")]
    [InlineData("{\"Network\":\"regtest\",\"network\":\"mainnet\"}", "is no JSON object")]
    public void What_is_no_configuration_is_told_in_one_sentence(string text, string complaint)
        => Assert.Contains(complaint, Assert.Single(Check(text)), StringComparison.Ordinal);

    [Fact]
    public void Files_that_are_missing_huge_deep_or_folders_are_told_in_one_sentence()
    {
        Assert.Contains("does not exist", Assert.Single(SiloConfiguration.Check(Path.Combine(_folder, "none"), Nothing, withFiles: true)), StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Single(SiloConfiguration.Check(_folder, Nothing, withFiles: true)), StringComparison.Ordinal);
        Assert.Contains("more than", Assert.Single(Check(new string(' ', 2_000_000))), StringComparison.Ordinal);
        Assert.Contains("is no JSON object", Assert.Single(Check(string.Concat(Enumerable.Repeat("{\"a\":", 2_000)))), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_in_the_folder_of_configurations_is_in_order()
    {
        var files = Directory.GetFiles(Repository.Path("config"), "*.json");
        Assert.True(files.Length >= 4, $"{files.Length} files");
        Assert.All(files, file => Assert.Empty(SiloConfiguration.Check(file, Nothing, withFiles: false)));
    }

    [Fact]
    public void Files_that_it_names_are_looked_at_only_where_that_is_asked()
    {
        var good = Good(token: "none", macaroon: "none");
        Assert.Empty(SiloConfiguration.Check(good, Nothing, withFiles: false));
        var complaints = SiloConfiguration.Check(good, Nothing, withFiles: true);
        Assert.Equal(2, complaints.Count);
        Assert.StartsWith("Gateway:OperatorTokenFile 'none' is not a file", complaints[0], StringComparison.Ordinal);
        Assert.StartsWith("Lightning:MacaroonPath is 'none'", complaints[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, true)]
    [InlineData(UnixFileMode.UserRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupWrite, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherExecute, false)]
    public void A_secret_that_others_may_use_is_refused_by_name(UnixFileMode mode, bool isGood)
    {
        var (token, macaroon) = (Secret("token", UnixFileMode.UserRead), Secret("macaroon", mode));
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, macaroon);
        foreach (var path in new[] { macaroon, link })
        {
            var complaints = SiloConfiguration.Check(Good(token, path), Nothing, withFiles: true);
            Assert.Equal(isGood ? 0 : 1, complaints.Count);
            Assert.All(complaints, complaint => Assert.StartsWith($"Lightning:MacaroonPath is '{path}'; others than its owner may use it", complaint, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_kind_of_secret_is_looked_at()
    {
        var (owned, wide) = (Secret("owned", UnixFileMode.UserRead), Secret("wide", UnixFileMode.UserRead | UnixFileMode.OtherRead));
        var secrets = ConfigurationKeys.All.Where(row => row.Kind == KeyKind.SecretFile).Select(row => row.Key).ToList();
        Assert.True(secrets.Count >= 6, string.Join(' ', secrets));
        foreach (var key in secrets)
        {
            var overrides = new Dictionary<string, string?> { [key] = wide };
            var complaints = SiloConfiguration.Check(Good(owned, owned), overrides, withFiles: true);
            Assert.Single(complaints, complaint => complaint.StartsWith($"{key} is '{wide}'; others", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_root_key_in_the_data_folder_is_looked_at_though_nobody_names_it()
    {
        Secret("coordinator_private_key.pem", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var owned = Secret("owned", UnixFileMode.UserRead);
        var overrides = new Dictionary<string, string?> { ["Data:Directory"] = _folder };
        Assert.StartsWith("Data:KeyFile is", Assert.Single(SiloConfiguration.Check(Good(owned, owned), overrides, withFiles: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_generation_mark_inside_of_the_data_folder_is_refused()
    {
        var overrides = new Dictionary<string, string?> { ["Data:Directory"] = "books", ["Data:GenerationFile"] = "books/mark" };
        Assert.StartsWith("Data:GenerationFile is 'books/mark'", Assert.Single(SiloConfiguration.Check(Good("t", "m"), overrides, withFiles: false)), StringComparison.Ordinal);
        overrides["Data:GenerationFile"] = "books-mark";
        Assert.Empty(SiloConfiguration.Check(Good("t", "m"), overrides, withFiles: false));
    }

    [Fact]
    public async Task The_command_says_good_or_every_complaint_and_makes_nothing()
    {
        var good = Good("t", "m");
        Assert.Equal((0, $"{good}: good\n", ""), await RunAsync("check", good));
        Assert.Equal((2, "", "there is no key 'Nothing'\nOracle:Poll is '1'; it must be [days.]hours:minutes:seconds, with hours below 24, as 00:00:10 or 1.00:00:00\n"),
            await RunAsync("check", good, "--set", "Oracle:Poll=1", "--set", "Nothing:Such=word"));
        var (code, output, _) = await RunAsync("check", good, "--json", "--set", "Competitions:Cores=0");
        using var told = JsonDocument.Parse(output);
        Assert.Equal(2, code);
        Assert.False(told.RootElement.GetProperty("good").GetBoolean());
        Assert.Equal("Competitions:Cores is 0; it must be at least 1", Assert.Single(told.RootElement.GetProperty("complaints").EnumerateArray()).GetString());
        Assert.Equal([good], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("check", "--json")]
    [InlineData("chek", "file")]
    [InlineData("check", "file", "--set")]
    [InlineData("check", "file", "--set", "Oracle:Poll")]
    [InlineData("check", "file", "--set", "=1")]
    [InlineData("check", "file", "other")]
    [InlineData("reference", "more")]
    public async Task Arguments_that_are_not_understood_are_refused(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("config check FILE", errors, StringComparison.Ordinal);
    }

    private static readonly Dictionary<string, string?> Nothing = [];

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        return (await ConfigCommand.RunAsync(arguments, output, errors), output.ToString(), errors.ToString());
    }

    private IReadOnlyList<string> Check(string text)
    {
        var file = Path.Combine(_folder, "configuration.json");
        File.WriteAllText(file, text);
        return SiloConfiguration.Check(file, Nothing, withFiles: false);
    }

    private string Good(string token, string macaroon)
    {
        var file = Path.Combine(_folder, "good.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Gateway"] = new { OperatorTokenFile = token },
            ["Chain"] = new { Address = "http://127.0.0.1:3000" },
            ["Lightning"] = new { Address = "https://127.0.0.1:10009", MacaroonPath = macaroon },
            ["Oracle"] = new { Address = "http://127.0.0.1:9800" },
            ["Keymeld"] = new { Address = "http://127.0.0.1:8090" },
        }));
        return file;
    }

    private string Secret(string name, UnixFileMode mode)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, new string('x', 40));
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
