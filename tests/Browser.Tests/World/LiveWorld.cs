using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Coordinator.EndToEnd.Tests;

namespace Coordinator.Browser.Tests.World;

/// <summary>
/// A running <c>up</c> whose data was put back from a backup while its Lightning node had paid somebody by hand: so it is in settle-only mode, and a
/// hold waits for the operator. Its wallet has coins, and players can be let in.
/// </summary>
public sealed class LiveWorld : IAsyncLifetime
{
    private const int Players = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-browser-").FullName;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentDictionary<int, bool> _ready = new();
    private readonly ConcurrentQueue<string> _said = new();
    private Process? _up;
    private Process? _players;
    private JsonElement _where;

    public Uri Operator => new(_where.GetProperty("operator").GetString()!);

    public string Token => File.ReadAllText(_where.GetProperty("operator_token_file").GetString()!).Trim();

    private Uri Public => new(_where.GetProperty("public").GetString()!);

    public async Task InitializeAsync()
    {
        await StartAsync();
        await FundAsync();
        await PayByHandAsync();
        Assert.Equal(0, await UpProcess.StopAsync(_up!));
        _up!.Dispose();
        foreach (var mark in Directory.GetFiles(_folder, "*.generation", SearchOption.AllDirectories))
        {
            File.Delete(mark);
        }

        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var process in new[] { _players, _up }.OfType<Process>())
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Three players buy tickets, hand in entries and go on until they are paid.</summary>
    public void LetPlayersIn(string competition)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        string[] arguments =
        [
            CommandLine.Program("Players"), "--data", Path.Combine(_folder, "players"), "--public", Public.ToString(), "--wallet", Simulator("lnd_control").ToString(),
            "--chain", Simulator("chain").ToString(), "--oracle", Simulator("oracle").ToString(), "--competition", competition, "--players", $"{Players}", "--seed", "7",
            "--payout", "lightning",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _players = Process.Start(start)!;
        _players.OutputDataReceived += (_, line) => Hear(line.Data);
        _players.ErrorDataReceived += (_, line) => Hear(line.Data);
        _players.BeginOutputReadLine();
        _players.BeginErrorReadLine();
    }

    /// <summary>Time goes on: blocks are mined where something waits for one, and the oracle attests once everybody is ready. Until the state is reached.</summary>
    public async Task UntilAsync(string competition, string state)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        var (seen, attested) = ("", false);
        while (seen != state)
        {
            Assert.False(limit.IsCancellationRequested, $"the competition is {seen} instead of {state}; the players said:\n{string.Join('\n', _said.TakeLast(15))}");
            seen = (await JsonAsync("GET", new Uri(Public, $"/api/v1/competitions/{competition}"))).GetProperty("state").GetString()!;
            Assert.True(seen is not ("failed" or "cancelled"), seen);
            if (seen == "awaiting_attestation" && _ready.Count == Players && !attested)
            {
                await JsonAsync("POST", new Uri(Simulator("oracle_control"), $"/control/events/{competition}/sign"), new { });
                attested = true;
            }

            await MineWaitingAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    /// <summary>Waits until the checks after the restore are done.</summary>
    public async Task UntilCheckedAsync()
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while ((await AskAsync("/api/v1/settle_only")).GetProperty("restoring").GetBoolean())
        {
            Assert.False(limit.IsCancellationRequested, "the checks after the restore do not end");
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    /// <summary>Waits until so many holds are open.</summary>
    public async Task UntilHeldAsync()
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while ((await AskAsync("/api/v1/holds")).GetArrayLength() == 0)
        {
            Assert.False(limit.IsCancellationRequested, "no hold was raised");
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    public Task<JsonElement> AskAsync(string path) => JsonAsync("GET", new Uri(Operator, path), null, Token);

    /// <summary>What a chain server knows of a transaction.</summary>
    public Task<JsonElement> TransactionAsync(string txid) => JsonAsync("GET", new Uri(Simulator("chain"), $"/regtest/api/tx/{txid}"));

    public Task MineAsync(int count) => JsonAsync("POST", new Uri(Simulator("chain"), "/control/mine"), new { count, step_seconds = 60 });

    private async Task StartAsync()
    {
        _up = CommandLine.Start("up", "--ports", "auto", "--data", _folder, "--json");
        _where = await UpProcess.ReadyAsync(_up);
        _ = _up.StandardError.ReadToEndAsync();
    }

    private async Task FundAsync()
    {
        var address = (await AskAsync("/api/v1/wallet/address")).GetProperty("address").GetString()!;
        for (var coin = 0; coin < 3; coin++)
        {
            await JsonAsync("POST", new Uri(Simulator("chain"), "/control/faucet"), new { address, amount_sat = 5_000_000 });
        }

        await MineAsync(6);
    }

    /// <summary>A payment of the coordinator's node that no book of the service has.</summary>
    private async Task PayByHandAsync()
    {
        var lightning = Simulator("lnd_control");
        await JsonAsync("PUT", new Uri(lightning, "/nodes/somebody"), new { balance_sats = 1_000_000, inbound_sats = 1_000_000_000 });
        var invoice = (await JsonAsync("POST", new Uri(lightning, "/nodes/somebody/invoices"), new { amount_sats = 21_000 })).GetProperty("payment_request").GetString();
        await JsonAsync("POST", new Uri(lightning, "/nodes/coordinator/pay"), new { payment_request = invoice, wait_ms = 10_000 });
    }

    private async Task MineWaitingAsync()
    {
        if ((await JsonAsync("GET", new Uri(Simulator("chain"), "/control/state"))).GetProperty("waiting").GetInt32() > 0)
        {
            await MineAsync(1);
        }
    }

    private Uri Simulator(string name) => new(_where.GetProperty("simulators").GetProperty(name).GetString()!);

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        _said.Enqueue(line);
        if (line.StartsWith('{') && JsonDocument.Parse(line).RootElement is var told && told.TryGetProperty("step", out var step) && step.GetString() is "ready" or "outcome" or "done")
        {
            _ready[told.GetProperty("player").GetInt32()] = true;
        }
    }

    private static async Task<JsonElement> JsonAsync(string method, Uri target, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {target}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text.Length == 0 ? "null" : text).RootElement.Clone();
    }
}
