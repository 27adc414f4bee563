using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.EndToEnd.Tests;

/// <summary>A running <c>up</c> on free ports and a folder of its own, with coins in the coordinator's wallet.</summary>
internal sealed class UpWorld : IAsyncDisposable
{
    private readonly Process _process;
    private readonly JsonElement _ready;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private UpWorld(string folder, Process process, JsonElement ready) => (Folder, _process, _ready) = (folder, process, ready);

    public string Folder { get; }

    public Uri Public => new(_ready.GetProperty("public").GetString()!);

    public Uri Operator => new(_ready.GetProperty("operator").GetString()!);

    public string TokenFile => _ready.GetProperty("operator_token_file").GetString()!;

    public string Token => File.ReadAllText(TokenFile).Trim();

    public Uri Simulator(string name) => new(_ready.GetProperty("simulators").GetProperty(name).GetString()!);

    public static async Task<UpWorld> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-up-").FullName;
        var process = CommandLine.Start("up", "--ports", "auto", "--data", folder, "--json");
        _ = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("up said nothing");
        var world = new UpWorld(folder, process, JsonDocument.Parse(line).RootElement.Clone());
        var address = (await world.OperatorAsync("GET", "/api/v1/wallet/address")).GetProperty("address").GetString()!;
        for (var coin = 0; coin < 3; coin++)
        {
            await world.JsonAsync("POST", new Uri(world.Simulator("chain"), "/control/faucet"), new { address, amount_sat = 5_000_000 });
        }

        await world.MineAsync(6);
        return world;
    }

    public Task MineAsync(int count) => JsonAsync("POST", new Uri(Simulator("chain"), "/control/mine"), new { count, step_seconds = 60 });

    /// <summary>Mines a block where a transaction waits for one.</summary>
    public async Task MineWaitingAsync()
    {
        if ((await JsonAsync("GET", new Uri(Simulator("chain"), "/control/state"))).GetProperty("waiting").GetInt32() > 0)
        {
            await MineAsync(1);
        }
    }

    public Task AttestAsync(Guid competition) => JsonAsync("POST", new Uri(Simulator("oracle_control"), $"/control/events/{competition}/sign"), new { });

    public async Task<string> StateAsync(Guid competition)
        => (await JsonAsync("GET", new Uri(Public, $"/api/v1/competitions/{competition}"))).GetProperty("state").GetString()!;

    public Task<JsonElement> OperatorAsync(string method, string path, object? body = null) => JsonAsync(method, new Uri(Operator, path), body, Token);

    /// <summary>Sends JSON and reads JSON; anything but a success fails the test.</summary>
    public async Task<JsonElement> JsonAsync(string method, Uri target, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {target}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text.Length == 0 ? "null" : text) is { } node ? node.Deserialize<JsonElement>() : default;
    }

    /// <summary>Sends a request as it is.</summary>
    public async Task<(int Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
