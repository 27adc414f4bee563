using System.Net;
using Coordinator.Grains;

namespace Coordinator.Silo.Tests;

/// <summary>What the operator is told of the actors, and of the oracle's stations.</summary>
public sealed class GrainActivityTests
{
    [Fact]
    public async Task Grains_are_counted_by_type_with_their_calls_and_failures()
    {
        await using var world = await UserWorld.StartAsync();
        var before = await world.ReportAsync();
        Assert.Equal(["claim", "competition", "directory", "player", "replay_guard", "service", "user", "username", "wallet"], before.Types.Select(type => type.Type));
        Assert.All(before.Types, type => Assert.Equal((0, 0L), (type.Activations, type.Calls)));
        _ = await world.User(UserWorld.Alice).GetAsync();
        _ = await world.User(UserWorld.Alice).GetAsync();
        _ = await world.User(UserWorld.Mallory).GetAsync();
        var report = await world.ReportAsync();
        var users = report.Types.Single(type => type.Type == "user");
        Assert.Equal((2, 3L, 0L), (users.Activations, users.Calls, users.Errors));
        Assert.Equal("GetAsync", Assert.Single(users.Methods).Method);
        Assert.Equal("Active", Assert.Single(report.Silos).Status);
        Assert.True(report.Activations >= 2, $"{report.Activations} activations");
        // A grain that cannot be made (this world has no wallet) fails its call before any filter; one that throws is counted.
        await Assert.ThrowsAnyAsync<Exception>(() => world.Grains.GetGrain<IUserGrain>(UserWorld.Alice.XOnly.ToHex()).RegisterAsync(null!));
        var failed = (await world.ReportAsync()).Types.Single(type => type.Type == "user").Methods.Single(method => method.Method == "RegisterAsync");
        Assert.Equal((1L, 1L), (failed.Calls, failed.Errors));
        Assert.NotNull(failed.LastError);
        Assert.NotNull(failed.LastErrorAt);
    }

    [Fact]
    public void Durations_are_summed_and_the_newest_say_what_is_usual()
    {
        var tally = new CallTally("SendAsync");
        Assert.Equal((0L, TimeSpan.Zero, TimeSpan.Zero), (tally.Line().Calls, tally.Line().Mean, tally.Line().P95));
        for (var call = 1; call <= 1_000; call++)
        {
            tally.Add(TimeSpan.FromMilliseconds(call), call == 500 ? "TimeoutException" : null, DateTimeOffset.UnixEpoch.AddSeconds(call));
        }

        var line = tally.Line();
        Assert.Equal((1_000L, 1L, TimeSpan.FromMilliseconds(500.5), TimeSpan.FromSeconds(1)), (line.Calls, line.Errors, line.Mean, line.Longest));
        Assert.Equal(("TimeoutException", DateTimeOffset.UnixEpoch.AddSeconds(500)), (line.LastError, line.LastErrorAt));
        Assert.Equal(TimeSpan.FromMilliseconds(744 + 244), line.P95); // of the newest 256
    }

    [Theory]
    [InlineData("""[{"station_id":"KJFK","station_name":"Kennedy"},{"station_id":"KDEN","station_name":"Denver"},{"station_id":"KDEN"},{"station_id":7},{"x":1},3]""", 2)]
    [InlineData("{}", 0)]
    [InlineData("[", 0)]
    [InlineData("", 0)]
    public async Task Stations_are_in_order_and_what_is_none_is_left_out(string body, int count)
    {
        using var client = new HttpClient(new Answering(HttpStatusCode.OK, body));
        var stations = await new OracleStations(client, new Uri("http://oracle.invalid/"), TimeProvider.System).LookAsync(CancellationToken.None);
        Assert.Equal(count, stations.Length);
        Assert.Equal(stations.Select(station => station.Id).Order(StringComparer.Ordinal), stations.Select(station => station.Id));
    }

    [Fact]
    public async Task An_oracle_that_refuses_makes_the_list_empty_and_no_page_fail()
    {
        using var client = new HttpClient(new Answering(HttpStatusCode.InternalServerError, "[]"));
        Assert.Empty(await new OracleStations(client, new Uri("http://oracle.invalid/"), TimeProvider.System).LookAsync(CancellationToken.None));
    }

    private sealed class Answering(HttpStatusCode status, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
    }
}
