using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary><c>up --chain bitcoind</c>: a node of its own that anybody may use on loopback, and that goes when its command does.</summary>
public sealed class NodeUpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-up-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_service_follows_the_node_and_the_node_ends_with_a_command_that_is_killed()
    {
        using var first = CommandLine.Start(NodeCommand.Environment, ["up", "--chain", "bitcoind", "--ports", "auto", "--data", _folder, "--json"]);
        var ready = await UpProcess.ReadyAsync(first);
        await UntilChainAsync(ready, "block 101 ");
        var address = (await NodeAsync(ready, "getnewaddress", "[]", "wallet/miner")).GetString();
        await NodeAsync(ready, "generatetoaddress", $"[3, \"{address}\"]");
        await UntilChainAsync(ready, "block 104 ");
        Assert.Equal(104, await LightningHeightAsync(ready));
        first.Kill();
        await first.WaitForExitAsync();
        await GoneAsync(ready);

        using var again = CommandLine.Start(NodeCommand.Environment, ["up", "--chain", "bitcoind", "--ports", "auto", "--data", _folder, "--json"]);
        var back = await UpProcess.ReadyAsync(again);
        Assert.Equal(ready.GetProperty("simulators").GetProperty("bitcoind").GetString(), back.GetProperty("simulators").GetProperty("bitcoind").GetString());
        await UntilChainAsync(back, "block 104 ");
        Assert.Equal(0, await UpProcess.StopAsync(again));
        await GoneAsync(back);
    }

    private async Task UntilChainAsync(JsonElement ready, string beginning)
    {
        var seen = "";
        for (var tries = 0; tries < 100; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(ready.GetProperty("operator").GetString()!), "/api/v1/health"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(ready.GetProperty("operator_token_file").GetString()!));
            using var answer = await _http.SendAsync(request);
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            seen = string.Concat(document.RootElement.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("name").ValueEquals("chain"))
                .Select(part => part.GetProperty("detail").GetString()));
            if (seen.StartsWith(beginning, StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        Assert.Fail($"health says '{seen}' of the chain, not '{beginning}…'");
    }

    private async Task<int> LightningHeightAsync(JsonElement ready)
    {
        using var answer = await _http.GetAsync(new Uri(new Uri(ready.GetProperty("simulators").GetProperty("lnd_control").GetString()!), "/"));
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("height").GetInt32();
    }

    private Task<JsonElement> NodeAsync(JsonElement ready, string method, string parameters, string path = "")
        => NodeCalls.CallAsync(_http, ready, method, parameters, path);

    /// <summary>Nobody listens where the node was, and its folder is not in use any more.</summary>
    private async Task GoneAsync(JsonElement ready)
    {
        for (var tries = 0; tries < 150; tries++)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(ready.GetProperty("simulators").GetProperty("bitcoind").GetString()!));
            }
            catch (Exception away) when (away is HttpRequestException or SocketException)
            {
                if (!File.Exists(Path.Combine(_folder, "node", "regtest", "bitcoind.pid")))
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        Assert.Fail("the node is still there");
    }
}
