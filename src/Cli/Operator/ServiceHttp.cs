using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Operator;

/// <summary>What the service answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">The body.</param>
/// <param name="NextCursor">Of a list that goes on; null on its last page.</param>
internal sealed record ServiceAnswer(int Status, string Text, string? NextCursor)
{
    /// <summary>The body of a success.</summary>
    /// <exception cref="CommandFailedException">A refusal (exit code 2), or no clear answer: busy, broken, or no JSON (exit code 1).</exception>
    public JsonElement OrRefuse()
    {
        if (Status is >= 200 and < 300)
        {
            try
            {
                return Parse(Text);
            }
            catch (JsonException)
            {
                throw new CommandFailedException("the service answered with something that is no JSON: is this its address?", isUnclear: true);
            }
        }

        var isUnclear = Status is >= 500 or 408 or 429;
        throw new CommandFailedException(Refusal(), isUnclear ? 1 : 2, isUnclear);
    }

    private string Refusal()
    {
        var status = Status.ToString(CultureInfo.InvariantCulture);
        try
        {
            var problem = Parse(Text);
            return $"refused ({status}): {Wording.Clean(problem.GetProperty("detail").GetString() ?? string.Empty)}";
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return $"refused ({status})";
        }
    }

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return document.RootElement.Clone();
    }
}

/// <summary>One request to the service, one answer.</summary>
internal static class ServiceHttp
{
    /// <exception cref="CommandFailedException">It is no http or https address (exit code 2).</exception>
    public static Uri Address(string option, string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? server!
            : throw new CommandFailedException($"{option} '{text}' is no http or https address", 2);

    /// <param name="token">The operator's; null for a public route.</param>
    /// <exception cref="CommandFailedException">No answer: it may have been done all the same.</exception>
    public static async Task<ServiceAnswer> SendAsync(
        Uri server, HttpMethod method, string path, JsonNode? body, string? token, TimeSpan patience, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = patience };
        using var request = new HttpRequestMessage(method, new Uri(server, path));
        if (token is not null && !request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}"))
        {
            throw new CommandFailedException("the token file holds something that is no token", 2);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var next = response.Headers.TryGetValues("X-Next-Cursor", out var cursors) ? cursors.FirstOrDefault() : null;
            return new ServiceAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation), next);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            throw new CommandFailedException($"the service does not answer at {server}: {failure.Message}", isUnclear: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailedException($"the service at {server} did not answer within {patience.TotalSeconds} seconds", isUnclear: true);
        }
    }
}
