using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Demo;

/// <summary>HTTP to the simulators' control routes and to the service; a refusal is a failed command with the server's own words.</summary>
internal sealed class WorldHttp(HttpClient http)
{
    public static HttpClient CreateClient()
        => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public async Task<JsonElement> JsonAsync(HttpMethod method, Uri address, JsonNode? body, string? token, CancellationToken cancellation)
    {
        var (status, text) = await SendAsync(method, address, body, token, cancellation);
        if (status is < 200 or >= 300)
        {
            throw new CommandFailedException($"{method} {address.AbsolutePath} was answered {status.ToString(CultureInfo.InvariantCulture)}: {text}");
        }

        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return document.RootElement.Clone();
    }

    /// <summary>The same, or null for 404.</summary>
    public async Task<JsonElement?> FindAsync(Uri address, CancellationToken cancellation)
    {
        var (status, text) = await SendAsync(HttpMethod.Get, address, null, null, cancellation);
        if (status == 404)
        {
            return null;
        }

        using var document = JsonDocument.Parse(status == 200 ? text : throw new CommandFailedException($"{address.AbsolutePath} was answered {status}: {text}"));
        return document.RootElement.Clone();
    }

    public async Task<string> TextAsync(Uri address, CancellationToken cancellation)
    {
        var (status, text) = await SendAsync(HttpMethod.Get, address, null, null, cancellation);
        return status == 200 ? text.Trim() : throw new CommandFailedException($"{address.AbsolutePath} was answered {status}: {text}");
    }

    private async Task<(int Status, string Text)> SendAsync(HttpMethod method, Uri address, JsonNode? body, string? token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await http.SendAsync(request, cancellation);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
    }
}
