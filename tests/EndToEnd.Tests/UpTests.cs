using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary><c>up</c>: serves until it is stopped, goes on where it was, and lets nobody else on its data.</summary>
public sealed class UpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-up-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_restarts_where_it_was_and_refuses_a_second_one_on_its_data()
    {
        using var first = CommandLine.Start("up", "--ports", "auto", "--data", _folder, "--json");
        var ready = await UpProcess.ReadyAsync(first);
        using var healthy = await _http.GetAsync(new Uri(new Uri(ready.GetProperty("public").GetString()!), "/api/v1/health_check"));
        Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await CreateAsync(ready, id);

        var second = await CommandLine.RunAsync("", "up", "--ports", "auto", "--data", _folder, "--json");
        Assert.NotEqual(0, second.ExitCode);
        Assert.Empty(second.Output);
        Assert.Contains("is in use", second.Errors, StringComparison.Ordinal);

        Assert.Equal(0, await UpProcess.StopAsync(first));
        using var again = CommandLine.Start("up", "--ports", "auto", "--data", _folder, "--json");
        var back = await UpProcess.ReadyAsync(again);
        using var answer = await _http.GetAsync(new Uri(new Uri(back.GetProperty("public").GetString()!), $"/api/v1/competitions/{id}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await UpProcess.StopAsync(again));
    }

    private async Task CreateAsync(JsonElement ready, Guid id)
    {
        var now = TimeProvider.System.GetUtcNow();
        var body = JsonSerializer.Serialize(new
        {
            id,
            signing_date = now.AddHours(6),
            start_observation_date = now.AddHours(1),
            end_observation_date = now.AddHours(5),
            locations = new[] { "KDEN" },
            number_of_values_per_entry = 3,
            number_of_places_win = 1,
            total_allowed_entries = 2,
            entry_fee = 50_000,
            coordinator_fee_percentage = 5,
            total_competition_pool = 100_000,
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(ready.GetProperty("operator").GetString()!), "/api/v1/competitions"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        var token = await File.ReadAllTextAsync(ready.GetProperty("operator_token_file").GetString()!);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var created = await _http.SendAsync(request);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync());
    }
}
