using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Coordinator.Nostr;
using Coordinator.Simulators.Oracle;

namespace Coordinator.Oracle.Tests;

public sealed class OracleSimulatorTests
{
    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(
        Oracles oracles, HttpMethod method, string path, string body, string? authorization = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri(oracles.Simulator.Address, path));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        using var response = await oracles.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string Header(Oracles oracles, string path, string body, DateTimeOffset? at = null) => Nip98Header.Create(
        oracles.Signer, new Uri(oracles.Simulator.Address, path).AbsoluteUri, "POST", Encoding.UTF8.GetBytes(body), at
            ?? TimeProvider.System.GetUtcNow());

    private static async Task<JsonElement> ControlAsync(Oracles oracles, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(oracles.Simulator.ControlAddress, path));
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await oracles.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    [Fact]
    public async Task Writes_need_a_signature_for_exactly_this_request()
    {
        await using var oracles = await Oracles.StartAsync();
        const string Path = "/oracle/events";
        var (none, text) = await SendAsync(oracles, HttpMethod.Post, Path, "{}");
        Assert.Equal(HttpStatusCode.Unauthorized, none);
        Assert.Equal("no_auth_header", JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(oracles, HttpMethod.Post, Path, "{ }", Header(oracles, Path,
            "{}"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(oracles, HttpMethod.Post, Path, "{}", Header(oracles, Path + "?a",
            "{}"))).Status);
        var old = Header(oracles, Path, "{}", TimeProvider.System.GetUtcNow().AddMinutes(-2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(oracles, HttpMethod.Post, Path, "{}", old)).Status);
        var once = Header(oracles, Path, "{}");
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(oracles, HttpMethod.Post, Path, "{}", once)).Status);
        Assert.Contains("replayed", (await SendAsync(oracles, HttpMethod.Post, Path, "{}", once)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_body_is_refused_with_a_status_of_its_kind()
    {
        await using var oracles = await Oracles.StartAsync();
        const string Path = "/oracle/events";
        (string Body, int Status)[] cases =
        [
            ("{", 400), ("nonsense", 400), ("[]", 422), ("null", 422), ("{\"id\":7}", 422), ("{\"id\":\"\\ud800\"}", 422),
            ("{\"scoring_fields\":[\"TempHigh\"]}", 422), ("{\"scoring_fields\":[0]}", 422),
            ("{\"total_allowed_entries\":99999999999}", 422),
            ("{\"signing_date\":\"yesterday\"}", 422), ("{\"id\":\"019b7a00-0000-7000-8000-000000000001\"}", 400), ("{}", 400),
            ("{\"locations\":" + new string('[', 5_000), 400),
        ];
        foreach (var (body, status) in cases)
        {
            var answer = await SendAsync(oracles, HttpMethod.Post, Path, body, Header(oracles, Path, body));
            Assert.True(status == (int)answer.Status, $"{body}: {(int)answer.Status} {answer.Text}");
            Assert.Equal(415, (int)(await SendAsync(oracles, HttpMethod.Post, Path, body, Header(oracles, Path, body),
                "text/plain")).Status);
        }

        Assert.Empty(oracles.Model.Export().Events);
    }

    [Fact]
    public async Task Reads_answer_as_documented()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = await oracles.FilledEventAsync();
        async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse((await SendAsync(oracles, HttpMethod.Get, path,
            "")).Text).RootElement;
        Assert.StartsWith("npub1", (await GetAsync("/oracle/npub")).GetProperty("key").GetString(), StringComparison.Ordinal);
        Assert.Equal(10, (await GetAsync("/stations")).GetArrayLength());
        Assert.Equal(1, (await GetAsync("/oracle/events")).GetArrayLength());
        Assert.Equal(3, (await GetAsync("/oracle/events?limit=1"))[0].GetProperty("total_entries").GetInt32());
        var shown = await GetAsync($"/oracle/events/{terms.Id}");
        Assert.Equal("2026-01-03T09:00:00Z", shown.GetProperty("signing_date").GetString());
        Assert.Equal(1_767_517_200, shown.GetProperty("event_announcement").GetProperty("expiry").GetInt64());
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("attestation").ValueKind);
        Assert.False(shown.TryGetProperty("nonce", out _));
        Assert.Equal(66, shown.GetProperty("nonce_point").GetString()!.Length);
        Assert.Equal("temp_high", shown.GetProperty("scoring_fields")[0].GetString());
        var entry = await GetAsync($"/oracle/events/{terms.Id}/entries/{Oracles.EntryId(0)}");
        Assert.Equal("Over", entry.GetProperty("expected_observations")[0].GetProperty("temp_high").GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("expected_observations")[0].GetProperty("rain_amt").ValueKind);
        const string TwoDays = "station_ids=KDEN&start=2026-01-02T00:00:00Z&end=2026-01-04T00:00:00Z";
        Assert.Equal(2, (await GetAsync($"/stations/forecasts?{TwoDays}")).GetArrayLength());
        Assert.Equal(0, (await GetAsync($"/stations/observations?{TwoDays}")).GetArrayLength());
        Assert.Equal(400, (int)(await SendAsync(oracles, HttpMethod.Get, "/stations/forecasts?start=never", "")).Status);
        Assert.Equal(404, (int)(await SendAsync(oracles, HttpMethod.Get, $"/oracle/events/{terms.Id}/entries/{terms.Id}", "")).Status);
    }

    [Fact]
    public async Task Control_routes_move_clock_weather_behaviour_and_signing()
    {
        await using var oracles = await Oracles.StartAsync();
        var terms = await oracles.FilledEventAsync();
        await ControlAsync(oracles, HttpMethod.Put, "weather/KDEN", new
        {
            forecast = new { temp_high = 50, temp_low = 30 },
            observation = new { temp_high = 40.4, temp_low = 30 },
        });
        Assert.Equal(40.4, (await ControlAsync(oracles, HttpMethod.Get,
            "weather/KDEN")).GetProperty("observation").GetProperty("temp_high").GetDouble());
        await ControlAsync(oracles, HttpMethod.Post, "clock", new { set = Oracles.Start });
        Assert.Equal(OracleEventStatus.Running, (await oracles.ShownAsync(terms.Id)).Status);
        await ControlAsync(oracles, HttpMethod.Post, "clock", new { advance_seconds = 86_400 });
        Assert.Equal(OracleEventStatus.Completed, (await oracles.ShownAsync(terms.Id)).Status);
        await ControlAsync(oracles, HttpMethod.Put, "behaviour", new { never_attest = true });
        Assert.Equal(JsonValueKind.Null, (await ControlAsync(oracles, HttpMethod.Post,
            $"events/{terms.Id}/sign")).GetProperty("outcome").ValueKind);
        await ControlAsync(oracles, HttpMethod.Put, "behaviour", new { });
        Assert.Equal(2, (await ControlAsync(oracles, HttpMethod.Post, $"events/{terms.Id}/sign")).GetProperty("outcome").GetInt32());
        Assert.Equal(2, (await ControlAsync(oracles, HttpMethod.Post, $"events/{terms.Id}/attest",
            new { ranking = new[] { 2 } })).GetProperty("outcome").GetInt32());
        Assert.Equal(1, (await ControlAsync(oracles, HttpMethod.Get, "")).GetProperty("events").GetArrayLength());
        await ControlAsync(oracles, HttpMethod.Post, "faults", new { kind = "Status", status_code = 503, times = 2 });
        Assert.IsType<OracleAnswer<OracleEvent>.TryLater>(await oracles.Client.GetEventAsync(terms.Id, default));
        await ControlAsync(oracles, HttpMethod.Delete, "faults");
        using var refused = await oracles.Http.PostAsJsonAsync(new Uri(oracles.Simulator.ControlAddress, $"events/{terms.Id}/attest"),
            new { outcome = 0 });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task A_second_start_goes_on_where_the_first_stopped()
    {
        var folder = Directory.CreateTempSubdirectory("oracle-simulator").FullName;
        try
        {
            OracleEventTerms terms;
            OracleEvent before;
            await using (var first = await Oracles.StartAsync(folder))
            {
                terms = await first.FilledEventAsync();
                first.Model.SetWeather("KDEN", new StationWeather(new StationForecast(50, 30), new StationObservation(53, 30)));
                first.Simulator.SignNow(terms.Id);
                before = await first.ShownAsync(terms.Id);
            }

            await using var second = await Oracles.StartAsync(folder);
            var after = await second.ShownAsync(terms.Id);
            Assert.Equal(before.NoncePoint, after.NoncePoint);
            Assert.Equal<IEnumerable<string>>(before.LockingPoints, after.LockingPoints);
            Assert.Equal<IEnumerable<byte>>(before.Attestation, after.Attestation);
            Assert.Equal<IEnumerable<ShownEntry>>(before.Entries, after.Entries);
            Assert.Equal(OracleEventStatus.Signed, after.Status);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "oracle.json")));
            await File.WriteAllTextAsync(Path.Combine(folder, "oracle.json"), "{\"key\":");
            Assert.Throws<InvalidDataException>(() => new OracleSimulator(new OracleSimulatorOptions { Folder = folder },
                TimeProvider.System));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_simulator_that_updates_by_itself_attests_without_being_asked()
    {
        var time = new Testing.ManualTimeProvider(Oracles.Start.AddHours(-1));
        await using var simulator = new OracleSimulator(new OracleSimulatorOptions
        {
            UpdateEvery = TimeSpan.FromMinutes(1),
            KeySeed = "x"
        }, time);
        await simulator.StartAsync();
        using var creator = Bitcoin.SecretKey.Generate();
        var terms = Oracles.Terms();
        simulator.Model.Create(terms, creator.XOnly, new byte[16], simulator.Clock.Now);
        simulator.Model.AddEntries(
            new(terms.Id, [.. Oracles.Entries(3).Select(entry => new Wire.AddEntryBody(entry.Id, terms.Id, entry.Picks))]), creator.XOnly,
                simulator.Clock.Now);
        time.Advance(TimeSpan.FromHours(35));
        Assert.NotNull(simulator.Model.GetEvent(terms.Id, simulator.Clock.Now).Attestation);
    }
}
