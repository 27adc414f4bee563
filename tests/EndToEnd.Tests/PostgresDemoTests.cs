using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>The service's state in PostgreSQL: whole competitions, and a second service that takes over from a first that is killed (−9).</summary>
public sealed class PostgresDemoTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>Where players sign themselves; of these one by the day, or all where long tests are asked for.</summary>
    private static readonly string[] Ten =
    [
        "ticket:2", "paid", "entered:2", "contract_verified", "nonces:3", "signatures:2", "signing_complete", "funding_broadcasted", "outcome_broadcasted",
        "invoice",
    ];

    /// <summary>Longer than the demo gives itself: it tells where it stands.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(14);

    public static TheoryData<string> Moments()
        => CommandLine.IsLong ? [.. Ten] : [Ten[TimeProvider.System.GetUtcNow().DayOfYear % Ten.Length]];

    [Fact]
    public async Task A_competition_is_played_with_all_state_in_a_database()
    {
        var (result, takeOvers, database) = await PlayAsync("keymeld", kills: null);

        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 3));
        DemoAudit.CheckKeymeld(result, players: 3);
        Assert.Equal(0, takeOvers);
        Assert.Equal("t", await postgres.Server.QueryAsync("SELECT generation >= 0 FROM coordinator.lineage", database));
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Killed_while_another_stands_by_that_one_takes_over_and_finishes_the_competition(string moment)
    {
        var (result, takeOvers, _) = await PlayAsync("local", moment);

        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 3));
        Assert.Equal(["killed", "restarted"], Named(result, "killed", "restarted"));
        Assert.Single(Named(result, "created"));
        Assert.Equal(1, takeOvers);
    }

    [Fact]
    public async Task Three_services_after_each_other_finish_what_the_first_began()
    {
        var (result, takeOvers, _) = await PlayAsync("keymeld", "entered:2,batch_posted,outcome_broadcasted");

        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(result, players: 3));
        Assert.Equal(3, Named(result, "killed").Length);
        Assert.InRange(takeOvers, 1, 3); // whoever gives up its lease on a slow machine is started anew instead
    }

    private static string[] Named(CommandResult result, params string[] names)
        => [.. result.Events.Select(line => line.GetProperty("event").GetString()!).Where(names.Contains)];

    private async Task<(CommandResult Result, int TakeOvers, string Database)> PlayAsync(string signing, string? kills)
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("coordinator-on-postgres-").FullName;
        try
        {
            var file = Secret(folder, connection);
            string[] takeOver = kills is null ? [] : ["--stand-by", "--kill-at", kills];
            var result = await CommandLine.RunAsync(
                "",
                Patience,
                [
                    "demo", "--players", "3", "--places", "2", "--seed", "7", "--signing", signing, "--connection-string-file", file, "--data", Path.Combine(folder, "data"), "--json",
                    .. takeOver,
                ]);
            Assert.True(result.ExitCode == 0, result.ToString());
            string[] logs = [.. Directory.GetFiles(folder, "*.log", SearchOption.AllDirectories).Select(File.ReadAllText)];
            Assert.All(logs, log => Assert.DoesNotContain(PostgresProcess.Password, log, StringComparison.Ordinal));
            Assert.Empty(Directory.GetFiles(folder, "competitions.db", SearchOption.AllDirectories));
            return (result, TakeOvers(folder), connection.Split("Database=")[1]);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{Ends(folder)}", late);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>How many of those that stood by became the service.</summary>
    private static int TakeOvers(string folder)
        => Directory.GetFiles(folder, "service-*.log", SearchOption.AllDirectories).Count(log => File.ReadAllText(log).Contains("competitions go on", StringComparison.Ordinal));

    /// <summary>The last lines of every log.</summary>
    private static string Ends(string folder) => string.Join(
        '\n', Directory.GetFiles(folder, "*.log", SearchOption.AllDirectories).Order().SelectMany(log => File.ReadLines(log).TakeLast(25).Prepend($"--- {Path.GetFileName(log)}")));

    internal static string Secret(string folder, string text)
    {
        var file = Path.Combine(folder, "connection-string");
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}

/// <summary>One server for all tests of a class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresProcess Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresProcess.StartAsync();

    public Task DisposeAsync() => Server.DisposeAsync().AsTask();
}
