using System.Globalization;
using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>One whole competition, three players and two places, with a service that ends itself (−9) right after chosen writes of its storage.</summary>
/// <param name="Signing">keymeld or local.</param>
/// <param name="Plan">For each life of the service the write after which it ends.</param>
/// <param name="Lives">What each life said: <c>killed N OPERATION</c> or <c>ended N</c>.</param>
internal sealed record JournalRun(string Signing, IReadOnlyList<int> Plan, CommandResult Result, IReadOnlyList<string> Lives)
{
    private const int Players = 3;

    /// <summary>How many lives ended as planned.</summary>
    public int Killed => Lives.Count(life => life.StartsWith("killed ", StringComparison.Ordinal));

    /// <summary>Writes of the last life, which was stopped when all was over.</summary>
    public int LastWrites => int.Parse(Lives[^1].Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>What each winner received, lowest first.</summary>
    public IReadOnlyList<long> Shares => [.. Paid.Select(paid => paid.GetProperty("sats").GetInt64()).Order()];

    private IEnumerable<JsonElement> Paid => Result.Events[^1].GetProperty("paid").EnumerateArray();

    public static Task<JournalRun> PlayAsync(string signing, params int[] plan) => PlayAsync(signing, connection: null, plan);

    /// <summary>The same with all state in a database of its own.</summary>
    /// <param name="signing">keymeld or local.</param>
    /// <param name="connection">What a client of PostgreSQL connects with; null keeps the state in SQLite.</param>
    /// <param name="plan">For each life of the service the write after which it ends.</param>
    public static async Task<JournalRun> PlayAsync(string signing, string? connection, int[] plan)
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-crashes-").FullName;
        try
        {
            await File.WriteAllLinesAsync(Path.Combine(folder, "plan"), plan.Select(write => write.ToString(CultureInfo.InvariantCulture)));
            var environment = new Dictionary<string, string>
            {
                ["CRASH_PLAN"] = folder,
                ["DOTNET_TieredPGO"] = "0", // processes of a few seconds: what is compiled twice is not used often enough
                ["DOTNET_TC_CallCountThreshold"] = "1000",
            };
            string[] database = connection is null ? [] : ["--connection-string-file", PostgresDemoTests.Secret(folder, connection)];
            var result = await CommandLine.RunAsync(
                "",
                environment,
                [
                    "demo", "--players", $"{Players}", "--places", "2", "--seed", "7", "--signing", signing, "--json", "--service", CommandLine.Program("CrashHost"),
                    .. database,
                ]);
            return new(signing, plan, result, await File.ReadAllLinesAsync(Path.Combine(folder, "lives")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One competition, completed and balanced; every ticket settled once, every winner paid its share once and nobody else anything.</summary>
    /// <param name="shares">What winners receive where nothing is killed; null where that is not known yet.</param>
    public void Check(IReadOnlyList<long>? shares)
    {
        Assert.Equal(["funding", "outcome", "close"], DemoAudit.Check(Result, Players));
        Assert.Single(Result.Events.Select(line => line.GetProperty("event").GetString()), "created");
        if (Signing == "keymeld")
        {
            CheckKeymeld();
        }

        var winners = Paid.Select(paid => paid.GetProperty("entry_id").GetString()!).ToList();
        Assert.Equal(winners.Distinct(StringComparer.Ordinal), winners);
        Assert.Equal(2, winners.Count);
        if (shares is not null)
        {
            Assert.Equal(shares, Shares);
        }
    }

    /// <summary>
    /// Every player's key went into one session, and all that was begun there was signed. A session that was made for a competition that did
    /// not reach the disk holds the coordinator's key alone, and lapses.
    /// </summary>
    private void CheckKeymeld()
    {
        var told = Result.Events.Single(line => line.GetProperty("event").GetString() == "keymeld");
        Assert.Equal(Players, told.GetProperty("registered").GetInt32() - told.GetProperty("keygen_sessions").GetInt32());
        Assert.Equal(told.GetProperty("signing_sessions").GetInt32(), told.GetProperty("signed_sessions").GetInt32());
        Assert.Equal(Players, DemoAudit.PlayersAt(Result, "results_verified").Count);
    }
}
