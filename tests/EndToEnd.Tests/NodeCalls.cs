using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Calls to the node of <c>up --chain bitcoind</c>.</summary>
internal static class NodeCalls
{
    /// <param name="ready">What <c>up</c> says when it is ready.</param>
    /// <param name="path">Empty, or <c>wallet/miner</c>.</param>
    public static async Task<JsonElement> CallAsync(HttpClient http, JsonElement ready, string method, string parameters, string path = "")
    {
        var simulators = ready.GetProperty("simulators");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(simulators.GetProperty("bitcoind").GetString()!), path))
        {
            Content = new StringContent($$"""{"id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json"),
        };
        var cookie = await File.ReadAllTextAsync(simulators.GetProperty("bitcoind_cookie").GetString()!);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(cookie.Trim())));
        using var answer = await http.SendAsync(request);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("result").Clone();
    }
}
