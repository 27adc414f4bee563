using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Operator;

/// <summary>How the operator's commands reach the service: its operators' listener, with the token of a file.</summary>
internal sealed class OperatorCall
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Option<string> _address = new("--operator")
    {
        Description = "address of the operators' listener", DefaultValueFactory = _ => "http://127.0.0.1:9991",
    };

    private readonly Option<string> _token = new("--token-file")
    {
        Description = "file with the operator's token", DefaultValueFactory = _ => "operator.token",
    };

    /// <summary>Prints the service's own JSON instead of a table.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "the service's own JSON" };

    public void AddTo(Command command)
    {
        command.Options.Add(_address);
        command.Options.Add(_token);
        command.Options.Add(Json);
    }

    /// <exception cref="CommandFailedException">The service refused or does not answer; with its own words.</exception>
    public async Task<JsonElement> SendAsync(ParseResult parsed, HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        var (address, file) = (parsed.GetValue(_address)!, parsed.GetValue(_token)!);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            throw new CommandFailedException($"--operator '{address}' is no http or https address", 2);
        }

        if (!File.Exists(file))
        {
            throw new CommandFailedException($"--token-file '{file}' does not exist", 2);
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        using var request = new HttpRequestMessage(method, new Uri(server, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, cancellation)).Trim());
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            return response.IsSuccessStatusCode ? Parse(text)
                : throw new CommandFailedException(Refusal((int)response.StatusCode, text), isUnclear: (int)response.StatusCode >= 500);
        }
        catch (HttpRequestException failure)
        {
            throw new CommandFailedException($"the service does not answer at {server}: {failure.Message}", isUnclear: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailedException($"the service at {server} did not answer within {Patience.TotalSeconds} seconds", isUnclear: true);
        }
    }

    private static string Refusal(int status, string text)
    {
        try
        {
            return $"refused ({status.ToString(CultureInfo.InvariantCulture)}): {Parse(text).GetProperty("detail").GetString()}";
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return $"refused ({status.ToString(CultureInfo.InvariantCulture)})";
        }
    }

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return document.RootElement.Clone();
    }
}
