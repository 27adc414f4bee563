using Coordinator.Gateway.Tests.World;

namespace Coordinator.Gateway.Tests;

/// <summary>What browsers are told.</summary>
public sealed class EdgeHeaderTests
{
    private const string App = "https://app.example";

    [Fact]
    public async Task Every_answer_says_what_browsers_must_not_do_with_it()
    {
        await using var world = await GatewayWorld.StartAsync();
        Received[] answers =
        [
            await world.SendAsync(world.Unsigned("GET", Samples.CompetitionPath)),
            await world.SendAsync(world.Unsigned("GET", "/nowhere")),
            await world.SendAsync(world.Unsigned("GET", "/api/v1/entries")),
            await world.SendAsync(world.Operator("GET", "/api/v1/wallet/balance")),
            await world.SendAsync(GatewayWorld.Request(world.Addresses.Metrics, "GET", "/metrics")),
        ];
        foreach (var answer in answers)
        {
            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
            Assert.Equal("DENY", answer.Headers["X-Frame-Options"]);
            Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
            Assert.StartsWith("default-src 'none'", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.DoesNotContain("Server", answer.Headers.Keys);
            Assert.DoesNotContain("Strict-Transport-Security", answer.Headers.Keys);
        }
    }

    [Fact]
    public async Task Where_players_come_by_tls_alone_browsers_are_told_never_to_come_without()
    {
        await using var world = await GatewayWorld.StartAsync(options => options.Origins.Add("https://play.example"));
        Assert.Contains("max-age=", (await world.SendAsync(world.Unsigned("GET", "/x"))).Headers["Strict-Transport-Security"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(App, true)]
    [InlineData("https://play.example", true)]
    [InlineData("http://app.example", false)]
    [InlineData("https://app.example.evil.example", false)]
    [InlineData("https://APP.example", false)]
    [InlineData("null", false)]
    [InlineData("*", false)]
    public async Task Other_origins_read_answers_only_where_they_are_configured_exactly(string origin, bool allowed)
    {
        await using var world = await GatewayWorld.StartAsync(options =>
        {
            options.Origins.Add("https://play.example");
            options.CorsOrigins.Add(App);
        });
        foreach (var path in new[] { Samples.CompetitionPath, "/api/v1/entries" })
        {
            var request = world.Unsigned("GET", path);
            request.Headers.Add("Origin", origin);
            AssertCors(await world.SendAsync(request), origin, allowed);
        }

        var preflight = Preflight(world.Addresses.Public, origin);
        var answer = await world.SendAsync(preflight);
        AssertCors(answer, origin, allowed);
        Assert.Equal(allowed ? 204 : 405, answer.Status);
        Assert.Equal(allowed ? "GET, POST, OPTIONS" : null, answer.Headers.GetValueOrDefault("Access-Control-Allow-Methods"));
        Assert.Equal(
            allowed ? "accept, content-type, authorization" : null, answer.Headers.GetValueOrDefault("Access-Control-Allow-Headers"));
        Assert.Empty(world.Grains.Taken);
    }

    [Fact]
    public async Task No_page_of_another_origin_reads_from_the_operators_listener()
    {
        await using var world = await GatewayWorld.StartAsync(options => options.CorsOrigins.Add(App));
        foreach (var listener in new[] { world.Addresses.Operator, world.Addresses.Metrics })
        {
            AssertCors(await world.SendAsync(Preflight(listener, App)), App, allowed: false);
        }
    }

    private static HttpRequestMessage Preflight(Uri listener, string origin)
    {
        var request = GatewayWorld.Request(listener, "OPTIONS", "/api/v1/entries");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        return request;
    }

    private static void AssertCors(Received answer, string origin, bool allowed)
    {
        Assert.Equal(allowed ? origin : null, answer.Headers.GetValueOrDefault("Access-Control-Allow-Origin"));
        Assert.Equal(allowed ? "true" : null, answer.Headers.GetValueOrDefault("Access-Control-Allow-Credentials"));
    }
}
