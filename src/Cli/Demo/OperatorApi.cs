using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Demo;

/// <summary>The service as its operator reaches it. While it is down, reads answer null and commands are tried again.</summary>
internal sealed class OperatorApi(WorldHttp http, LocalWorld world, string token, TimeProvider clock)
{
    /// <summary>The competition as everybody sees it; null while the service does not answer.</summary>
    public async Task<JsonElement?> CompetitionAsync(Guid id, CancellationToken cancellation)
    {
        try
        {
            return await http.FindAsync(new Uri(world.Addresses.Public, $"/api/v1/competitions/{id}"), cancellation);
        }
        catch (Exception down) when (IsDown(down, cancellation))
        {
            return null;
        }
    }

    public Task CreateAsync(JsonObject terms, CancellationToken cancellation) => PostAsync("competitions", terms, cancellation);

    public Task ReleaseAsync(Guid competition, string entry, CancellationToken cancellation)
        => PostAsync($"competitions/{competition}/entries/{entry}/release_share", new JsonObject(), cancellation);

    public async Task<string> WalletAddressAsync(CancellationToken cancellation)
        => (await GetAsync("wallet/address", cancellation)).GetProperty("address").GetString()!;

    /// <summary>Outpoints of the wallet's unspent outputs.</summary>
    public async Task<HashSet<string>> WalletOutputsAsync(CancellationToken cancellation)
        => (await GetAsync("wallet/outputs", cancellation)).GetProperty("outputs").EnumerateArray()
            .Select(output => output.GetProperty("outpoint").GetString()!).ToHashSet(StringComparer.Ordinal);

    private Task<JsonElement> GetAsync(string path, CancellationToken cancellation) => RepeatAsync(HttpMethod.Get, path, null, cancellation);

    private async Task PostAsync(string path, JsonObject body, CancellationToken cancellation) => _ = await RepeatAsync(HttpMethod.Post, path, body, cancellation);

    /// <summary>All of these may be repeated: the same command again changes nothing.</summary>
    private async Task<JsonElement> RepeatAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await http.JsonAsync(method, new Uri(world.Addresses.Operator, $"/api/v1/{path}"), body, token, cancellation);
            }
            catch (Exception down) when (attempt < 20 && IsDown(down, cancellation))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellation);
                await world.KeepServiceAsync(cancellation);
            }
        }
    }

    private static bool IsDown(Exception failure, CancellationToken cancellation)
        => failure is HttpRequestException or IOException or SocketException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested)
            || (failure is CommandFailedException && failure.Message.Contains("answered 503", StringComparison.Ordinal));
}
