using System.Text.Json;
using Coordinator.Gateway.Tests.World;

namespace Coordinator.Gateway.Tests;

/// <summary>Which listener serves what, and to whom.</summary>
public sealed class ListenerTests
{
    public static TheoryData<string, string> OperatorRoutes => new()
    {
        { "POST", Samples.CompetitionPath + "/cancel" },
        { "POST", Samples.EntryPath + "/release_share" },
        { "GET", "/api/v1/holds" },
        { "POST", "/api/v1/holds/release" },
        { "GET", "/api/v1/settle_only" },
        { "POST", "/api/v1/settle_only" },
        { "GET", "/api/v1/wallet/balance" },
        { "GET", "/api/v1/wallet/address" },
        { "GET", "/api/v1/wallet/outputs" },
        { "POST", "/api/v1/wallet/send" },
        { "POST", "/api/v1/wallet/bump" },
        { "POST", "/api/v1/wallet/sync" },
        { "GET", "/api/v1/health" },
        { "GET", "/api/v1/services" },
        { "GET", "/api/v1/grains" },
        { "GET", Samples.CompetitionPath + "/story" },
    };

    public static TheoryData<string, string> PublicRoutes => new()
    {
        { "GET", "/api/v1/health_check" },
        { "GET", Samples.CompetitionPath },
        { "POST", Samples.CompetitionPath + "/ticket" },
        { "GET", $"{Samples.CompetitionPath}/tickets/{Samples.TicketId}/status" },
        { "GET", "/api/v1/entries" },
        { "POST", "/api/v1/entries" },
        { "GET", Samples.CompetitionPath + "/contract" },
        { "GET", Samples.CompetitionPath + "/aggregate_nonces" },
        { "POST", Samples.EntryPath + "/public_nonces" },
        { "POST", Samples.EntryPath + "/final_signatures" },
        { "POST", Samples.EntryPath + "/payout" },
    };

    [Theory]
    [MemberData(nameof(OperatorRoutes))]
    public async Task An_operators_route_is_unknown_elsewhere_and_needs_the_token(string method, string path)
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var listener in new[] { world.Addresses.Public, world.Addresses.Metrics })
        {
            var request = GatewayWorld.Request(listener, method, path);
            GatewayWorld.Authorize(request, $"Bearer {GatewayWorld.Token}");
            request.Headers.Host = world.Addresses.Operator.Authority;
            (await world.SendAsync(request)).AssertProblem(404, "unknown_path");
        }

        foreach (var (token, code) in new[]
        {
            (null, "operator_token_missing"), ("", "operator_token_missing"), (GatewayWorld.Token[1..], "operator_token_wrong"),
            (GatewayWorld.Token + "0", "operator_token_wrong"), (new string('x', 4_000), "operator_token_wrong"),
        })
        {
            var answer = await world.SendAsync(world.Operator(method, path, token: token));
            Assert.Equal(code, answer.AssertProblem(401, code).GetProperty("error").GetProperty("type").GetString());
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        }

        Assert.Empty(world.Grains.Calls);
        Assert.DoesNotContain(world.Log.All, line => line.Contains(GatewayWorld.Token, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(PublicRoutes))]
    public async Task A_players_route_is_unknown_elsewhere(string method, string path)
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var listener in new[] { world.Addresses.Operator, world.Addresses.Metrics })
        {
            (await world.SendAsync(GatewayWorld.Request(listener, method, path))).AssertProblem(404, "unknown_path");
        }
    }

    [Fact]
    public async Task Creating_is_not_a_method_of_the_public_list()
    {
        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(world.Signed("POST", "/api/v1/competitions", Samples.CreateBody));
        answer.AssertProblem(405, "method_not_allowed");
        Assert.Equal("GET", answer.Headers["Allow"]);
        (await world.SendAsync(world.Operator("GET", "/api/v1/competitions"))).AssertProblem(405, "method_not_allowed");
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [InlineData("GET", "/api/v1/competitionz", 404, "unknown_path")]
    [InlineData("GET", "/api", 404, "unknown_path")]
    [InlineData("GET", "/api/v1/competitions/x/y/z", 404, "unknown_path")]
    [InlineData("GET", "/", 404, "unknown_path")]
    [InlineData("DELETE", "/api/v1/entries", 405, "method_not_allowed")]
    [InlineData("PUT", "/api/v1/competitions", 405, "method_not_allowed")]
    [InlineData("GET", "/api/v1/competitions/not-a-uuid", 400, "invalid_path")]
    public async Task Unknown_paths_and_methods_are_problems_never_pages(string method, string path, int status, string code)
    {
        await using var world = await GatewayWorld.StartAsync();
        (await world.SendAsync(world.Unsigned(method, path))).AssertProblem(status, code);
    }

    [Fact]
    public async Task Addresses_are_known_once_started_and_differ()
    {
        await using var world = await GatewayWorld.StartAsync();
        Uri[] all = [world.Addresses.Public, world.Addresses.Operator, world.Addresses.Metrics];
        Assert.All(all, address => Assert.True(address is { Port: > 0, Host: "127.0.0.1", Scheme: "http" }));
        Assert.Equal(3, all.Select(address => address.Port).Distinct().Count());
    }

    [Fact]
    public async Task Requests_are_counted_by_route_and_logged_by_path_without_query()
    {
        await using var world = await GatewayWorld.StartAsync();
        await world.SendAsync(world.Signed("GET", Samples.CompetitionPath + "/contract?round=secret-1"));
        await world.SendAsync(world.Unsigned("GET", "/api/v1/nowhere"));
        var page = await world.SendAsync(GatewayWorld.Request(world.Addresses.Metrics, "GET", "/metrics"));
        Assert.Equal(200, page.Status);
        Assert.StartsWith("text/plain", page.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("# TYPE coordinator_gateway_requests_total counter", page.Body, StringComparison.Ordinal);
        Assert.Contains(
            """coordinator_gateway_requests_total{method="GET",route="/api/v1/competitions/{competition_id}/contract",status="200"}""",
            page.Body, StringComparison.Ordinal);
        Assert.Contains("""{method="GET",route="none",status="404"}""", page.Body, StringComparison.Ordinal);
        Assert.Contains("coordinator_gateway_request_seconds_count", page.Body, StringComparison.Ordinal);
        Assert.Contains(world.Log.All, line => line.Contains($"GET {Samples.CompetitionPath}/contract 200", StringComparison.Ordinal));
        var ours = world.Log.All.Where(line => line.Contains("Coordinator.Gateway", StringComparison.Ordinal));
        Assert.DoesNotContain(ours, line => line.Contains("secret-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, true, 200, true)]
    [InlineData(false, true, 503, false)]
    [InlineData(false, false, 200, true)]
    public async Task Health_tells_players_yes_or_no_and_operators_every_part(bool ok, bool essential, int status, bool well)
    {
        await using var world = await GatewayWorld.StartAsync(health: new Health(new HealthLine("storage", ok, essential, "a detail")));
        var answer = await world.SendAsync(world.Unsigned("GET", "/api/v1/health_check"));
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200, answer.Body.Length == 0);
        var detail = JsonDocument.Parse((await world.SendAsync(world.Operator("GET", "/api/v1/health"))).Body).RootElement;
        Assert.Equal(well, detail.GetProperty("ok").GetBoolean());
        Assert.Equal("storage", detail.GetProperty("parts")[0].GetProperty("name").GetString());
    }

    private sealed class Health(HealthLine line) : IHealthReport
    {
        public ValueTask<System.Collections.Immutable.ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation) => new([line]);
    }
}
