using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Synthetic lifecycles against a running service: tickets paid by a real LND client, through to payout; one whose process is killed goes on.</summary>
public sealed class SynthCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-synth-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_lifecycle_that_was_killed_goes_on_through_to_payout_and_another_follows()
    {
        await using var world = await UpWorld.StartAsync();
        await OpenPayerAsync(world);
        var run = await KillAsync(world);
        var died = await CommandLine.RunAsync("", "synth", "status", "--state", _folder);
        Assert.True(died.ExitCode == 1 && died.ToString().Contains("died", StringComparison.Ordinal), died.ToString());

        var resumed = await RunAsync(world, "--resume", run.ToString());
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        var over = await RunAsync(world, "--resume", run.ToString());
        Assert.True(over.ExitCode == 2 && over.Errors.Contains("is over", StringComparison.Ordinal), over.ToString());
        Assert.False(Directory.Exists(Path.Combine(_folder, "runs", run.ToString())));

        var metrics = Path.Combine(_folder, "synth.prom");
        var next = await RunAsync(world, "--places", "2", "--metrics-file", metrics);
        Assert.True(next.ExitCode == 0, next.ToString());
        Assert.Contains("synth_scenario_runs_total{scenario=\"full_lifecycle\",status=\"success\"} 2", await File.ReadAllLinesAsync(metrics));
        await CheckHistoryAsync(run);
    }

    [Fact]
    public async Task A_schedule_goes_on_over_failed_runs_and_shows_them_to_scrapers()
    {
        using var process = CommandLine.Start([.. Nowhere(), "--lnd-address", "https://127.0.0.1:1", "--every", "1s", "--metrics-listen", "127.0.0.1:0", "--json"]);
        _ = process.StandardError.ReadToEndAsync();
        var (metrics, failed) = (string.Empty, 0);
        while (failed < 2 && await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var told = JsonDocument.Parse(line).RootElement;
            metrics = told.TryGetProperty("metrics", out var address) ? address.GetString()! : metrics;
            failed += told.GetProperty("event").ValueEquals("ended") ? 1 : 0;
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var lines = (await http.GetStringAsync(new Uri(metrics))).Split('\n');
        Assert.Contains(lines, line => line.StartsWith("synth_scenario_runs_total{scenario=\"full_lifecycle\",status=\"failure\"} ", StringComparison.Ordinal) && line[^1] >= '2');
        Assert.Contains("synth_competition_lifecycle_healthy 0", lines);
        Assert.Equal(0, await UpProcess.StopAsync(process));
    }

    [Fact]
    public async Task What_is_wrong_is_refused_by_name_and_a_service_that_is_down_is_a_failed_run()
    {
        var places = Nowhere();
        var macaroon = Path.Combine(_folder, "payer.macaroon");
        string[] whole = [.. places, "--lnd-address", "https://127.0.0.1:1"];
        foreach (var (command, what, code) in new (string[], string, int)[]
        {
            (["synth", "run"], "--oracle", 2),
            ([.. places, "--lnd-address", "http://127.0.0.1:1"], "--lnd-address is https", 2),
            ([.. whole, "--network", "moon"], "--network 'moon' is none", 2),
            ([.. whole, "--users", "1"], "cannot be played", 2),
            ([.. whole, "--entry-window", "soon"], "--entry-window 'soon' is no span", 2),
            ([.. whole, "--payout", "onchain"], "needs --claim-to ADDRESS", 2),
            ([.. whole, "--payout", "onchain", "--claim-to", "nowhere"], "is no address of regtest", 2),
            ([.. whole, "--payout", "mixed"], "--payout takes lightning or onchain", 2),
            ([.. whole, "--every", "0s"], "--every '0s' is no span", 2),
            ([.. whole, "--metrics-listen", "127.0.0.1:0"], "needs --every", 2),
            ([.. whole, "--resume", "7"], "'7' is no run", 2),
            ([.. whole, "--resume", Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString()], "there is no run", 2),
            ([.. whole], "does not answer", 1),
            (["synth", "history", "--limit", "0"], "--limit takes 1 to", 2),
        })
        {
            var result = await CommandLine.RunAsync("", command);
            Assert.True(result.ExitCode == code && result.ToString().Contains(what, StringComparison.Ordinal), $"{string.Join(' ', command)}: {result}");
        }

        var status = await CommandLine.RunAsync("", "synth", "status", "--state", Path.Combine(_folder, "state"), "--json");
        Assert.Equal(1, status.ExitCode);
        var last = Assert.Single(status.Events);
        Assert.Equal("failure", last.GetProperty("last_run").GetProperty("status").GetString());
        Assert.Equal(0, last.GetProperty("open").GetArrayLength());
        File.SetUnixFileMode(macaroon, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", (await CommandLine.RunAsync("", whole)).Errors, StringComparison.Ordinal);
    }

    /// <summary>A run whose every place is an address where nothing listens.</summary>
    private string[] Nowhere()
    {
        string[] files = [.. new[] { "token", "tls.cert", "payer.macaroon" }.Select(name => Path.Combine(_folder, name))];
        foreach (var file in files)
        {
            File.WriteAllText(file, new string('x', 64));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return
        [
            "synth", "run", "--state", Path.Combine(_folder, "state"), "--public", "http://127.0.0.1:1", "--operator", "http://127.0.0.1:1", "--token-file", files[0],
            "--oracle", "http://127.0.0.1:1", "--chain", "http://127.0.0.1:1", "--lnd-cert", files[1], "--lnd-macaroon", files[2],
        ];
    }

    private async Task CheckHistoryAsync(Guid run)
    {
        var status = await CommandLine.RunAsync("", "synth", "status", "--state", _folder);
        Assert.True(status.ExitCode == 0 && status.ToString().Contains("healthy", StringComparison.Ordinal), status.ToString());
        var told = await CommandLine.RunAsync("", "synth", "history", "--state", _folder, "--json");
        var runs = JsonDocument.Parse(string.Join('\n', told.Output)).RootElement.EnumerateArray().ToList();
        Assert.Equal([0, 1], runs.Select(each => each.GetProperty("resumed").GetInt32()));
        Assert.Equal(run, runs[1].GetProperty("run").GetGuid());
        foreach (var each in runs)
        {
            Assert.Equal(("success", false), (each.GetProperty("status").GetString(), each.GetProperty("open").GetBoolean()));
            var steps = each.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("step").GetString()!).ToList();
            Assert.Equal(steps.Distinct(), steps);
            Assert.Superset(
                new HashSet<string>
                {
                    "create_competition", "load_users", "user_1_enter", "user_2_enter", "user_3_enter", "wait_event_created", "wait_entries_submitted", "wait_contract_created",
                    "wait_signing_complete", "wait_funding_broadcasted", "wait_funding_confirmed", "wait_awaiting_attestation", "wait_outcome_broadcasted", "wait_completed",
                    "check_balances",
                },
                steps.ToHashSet());
            var money = each.GetProperty("money");
            Assert.Equal(0, money.GetProperty("unexplained_msat").GetInt64());
            Assert.InRange(money.GetProperty("received_sats").GetInt64(), 100_000, 150_000);
        }
    }

    /// <summary>Starts a run and kills it once every seat is sold. States that last a moment may go by unseen; the event ends only when the run says so.</summary>
    private async Task<Guid> KillAsync(UpWorld world)
    {
        using var process = CommandLine.Start(Arguments(world, "--json"));
        _ = process.StandardError.ReadToEndAsync();
        var run = Guid.Empty;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var told = JsonDocument.Parse(line).RootElement;
            if (told.GetProperty("event").ValueEquals("started"))
            {
                run = told.GetProperty("run").GetGuid();
            }
            else if (told.GetProperty("event").ValueEquals("state") && !told.GetProperty("to").ValueEquals("created"))
            {
                process.Kill();
                await process.WaitForExitAsync();
                return run;
            }
        }

        throw new InvalidOperationException("the run ended before its seats were sold");
    }

    private static Task OpenPayerAsync(UpWorld world) => world.JsonAsync(
        "PUT", new Uri(world.Simulator("lnd_control"), "/nodes/payer"), new { balance_sats = 2_000_000, inbound_sats = 2_000_000 });

    private Task<CommandResult> RunAsync(UpWorld world, params string[] more) => CommandLine.RunAsync("", Arguments(world, more));

    private string[] Arguments(UpWorld world, params string[] more)
    {
        var simulators = Path.Combine(world.Folder, "simulators", "lnd");
        return
        [
            "synth", "run", "--state", _folder, "--public", world.Public.ToString(), "--operator", world.Operator.ToString(), "--token-file", world.TokenFile,
            "--oracle", world.Simulator("oracle").ToString(), "--chain", world.Simulator("chain").ToString(), "--lnd-address", world.Simulator("lnd").ToString(),
            "--lnd-cert", Path.Combine(simulators, "tls.cert"), "--lnd-macaroon", Path.Combine(simulators, "payer.macaroon"),
            "--oracle-control", world.Simulator("oracle_control").ToString(), "--chain-control", world.Simulator("chain").ToString(), "--poll", "1s", .. more,
        ];
    }
}
