using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Node;

/// <summary>RPC calls to the node that a command keeps; an error of the node is a failed command with its own words.</summary>
internal sealed class NodeRpc(HttpClient http, Uri address, string cookieFile)
{
    /// <summary>The wallet that mines and pays. It is the world's, not the coordinator's.</summary>
    public const string Miner = "miner";

    /// <summary>No such transaction, block or address.</summary>
    private const int NotFound = -5;

    public Uri Address => address;

    /// <summary>The node's own credentials; the node writes the file anew at every start.</summary>
    public string CookieFile => cookieFile;

    /// <exception cref="CommandFailedException">The node says no.</exception>
    /// <exception cref="HttpRequestException">It is not there.</exception>
    public async Task<JsonElement> CallAsync(string method, JsonArray parameters, CancellationToken cancellation, string? wallet = null)
    {
        var (result, error) = await SendAsync(method, parameters, wallet, cancellation);
        return error is null ? result : throw new CommandFailedException($"the node refused {method}: {error.Value.GetProperty("message").GetString()}");
    }

    /// <summary>The same, or null where there is no such transaction, block or address.</summary>
    public async Task<JsonElement?> FindAsync(string method, JsonArray parameters, CancellationToken cancellation, string? wallet = null)
    {
        var (result, error) = await SendAsync(method, parameters, wallet, cancellation);
        return error is null ? result
            : error.Value.GetProperty("code").GetInt32() == NotFound ? null
            : throw new CommandFailedException($"the node refused {method}: {error.Value.GetProperty("message").GetString()}");
    }

    /// <summary>Whether the node took the call.</summary>
    public async Task<bool> TryAsync(string method, JsonArray parameters, CancellationToken cancellation)
        => (await SendAsync(method, parameters, null, cancellation)).Error is null;

    /// <summary>The miner's wallet sends nothing by itself: else it would send again what the node has forgotten.</summary>
    public async Task<string> SendOfMinerAsync(string txid, CancellationToken cancellation)
    {
        var hex = (await CallAsync("gettransaction", [txid], cancellation, Miner)).GetProperty("hex").GetString();
        await CallAsync("sendrawtransaction", [hex], cancellation);
        return txid;
    }

    private async Task<(JsonElement Result, JsonElement? Error)> SendAsync(string method, JsonArray parameters, string? wallet, CancellationToken cancellation)
    {
        var body = new JsonObject { ["jsonrpc"] = "1.0", ["id"] = "world", ["method"] = method, ["params"] = parameters };
        using var request = new HttpRequestMessage(HttpMethod.Post, wallet is null ? address : new Uri(address, $"wallet/{wallet}"))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(cookieFile, cancellation)).Trim())));
        using var response = await http.SendAsync(request, cancellation);
        using var document = JsonDocument.Parse(await ReadAsync(response, method, cancellation));
        var error = document.RootElement.GetProperty("error");
        return (document.RootElement.GetProperty("result").Clone(), error.ValueKind == JsonValueKind.Null ? null : error.Clone());
    }

    /// <summary>Errors of the node have a body too; what has none is of the server in front.</summary>
    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, string method, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        return body is [(byte)'{', ..] ? body
            : throw new HttpRequestException($"the node answered {method} with {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}");
    }
}
