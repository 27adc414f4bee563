using System.Text;
using System.Text.Json;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;
using Coordinator.Nostr;

namespace Coordinator.Gateway.Tests;

/// <summary>The old server's defects at this door (http-api §20), each forbidden by name. More of them where their subject is: S5 to S6 in the
/// tests of users, S20 in <see cref="LimitTests"/>, S12 and U8 also in <see cref="ListTests"/>.</summary>
public sealed class DefectTests
{
    private static readonly string Ticket = Samples.CompetitionPath + "/ticket";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(Samples.TicketBody);

    [Fact]
    public async Task S1_no_stranger_reaches_wallet_creation_cancelling_or_test_routes()
    {
        await using var world = await GatewayWorld.StartAsync();
        (string Method, string Path)[] routes =
        [
            ("GET", "/api/v1/wallet/balance"), ("GET", "/api/v1/wallet/address"), ("GET", "/api/v1/wallet/outputs"), ("POST", "/api/v1/wallet/send"),
            ("GET", "/api/v1/wallet/estimated_fees"), ("POST", "/api/v1/competitions"), ("POST", Samples.CompetitionPath + "/cancel"),
            ("DELETE", Samples.CompetitionPath), ("POST", "/admin/api/competitions"), ("POST", "/admin/api/competitions/delete"),
            ("POST", $"/admin/api/test/settle-invoice/{Samples.TicketId}"), ("GET", "/admin/"), ("GET", "/api/v1/health"),
        ];
        foreach (var (method, path) in routes)
        {
            foreach (var request in new[] { world.Unsigned(method, path), SignedAnyhow(world, method, path) })
            {
                GatewayWorld.Authorize(request, $"Bearer {GatewayWorld.Token}");
                Assert.Contains((await world.SendAsync(request)).Status, new[] { 404, 405 });
            }
        }

        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task S7_a_header_signed_for_one_body_never_carries_another_or_an_unsigned_one()
    {
        await using var world = await GatewayWorld.StartAsync();
        var url = new Uri(world.Addresses.Public, Ticket).AbsoluteUri;
        foreach (var (signed, sent, code) in new[] { (Body, "{}"u8.ToArray(), "payload_mismatch"), ([], Body, "invalid_http_data"), (Body, [], "payload_mismatch") })
        {
            var request = world.Unsigned("POST", Ticket, sent.Length == 0 ? null : sent);
            GatewayWorld.Authorize(request, Nip98Header.Create(GatewayWorld.Alice, url, "POST", signed, world.Time.GetUtcNow()));
            var answer = await world.SendAsync(request);
            answer.AssertProblem(code == "payload_mismatch" ? 401 : 400, code);
        }

        var chunked = world.Unsigned("POST", Ticket, Body);
        chunked.Headers.TransferEncodingChunked = true;
        GatewayWorld.Authorize(chunked, Nip98Header.Create(GatewayWorld.Alice, url, "POST", [], world.Time.GetUtcNow()));
        (await world.SendAsync(chunked)).AssertProblem(400, "invalid_http_data");
        Assert.Empty(world.Grains.Calls);
        Assert.Empty(world.Grains.Taken);
    }

    [Fact]
    public async Task S8_a_payout_request_that_somebody_saw_is_never_taken_a_second_time()
    {
        await using var world = await GatewayWorld.StartAsync();
        var (path, body) = (Samples.EntryPath + "/payout", Encoding.UTF8.GetBytes(Samples.PayoutBody));
        var header = Nip98Header.Create(GatewayWorld.Alice, new Uri(world.Addresses.Public, path).AbsoluteUri, "POST", body, world.Time.GetUtcNow());
        foreach (var second in new[] { 0, 1, 30, 60 })
        {
            var request = world.Unsigned("POST", path, body);
            GatewayWorld.Authorize(request, header);
            var answer = await world.SendAsync(request);
            Assert.Equal(second == 0 ? 200 : 401, answer.Status);
            world.Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Single(world.Grains.Calls);
    }

    [Theory]
    [InlineData("evil.example", "https")]
    [InlineData("evil.example", null)]
    [InlineData("play.example", "https")]
    public async Task S9_a_header_signed_for_another_host_never_passes_by_naming_that_host(string host, string? proto)
    {
        await using var world = await GatewayWorld.StartAsync(options => options.Origins.Add("https://play.example"));
        var evil = Nip98Header.Create(GatewayWorld.Alice, "https://evil.example" + Ticket, "POST", Body, world.Time.GetUtcNow());
        (await world.SendAsync(As(world, evil, host, proto))).AssertProblem(401, "url_method_mismatch");
        var good = Nip98Header.Create(GatewayWorld.Alice, "https://play.example" + Ticket, "POST", Body, world.Time.GetUtcNow());
        Assert.Equal(200, (await world.SendAsync(As(world, good, host, proto))).Status);
        Assert.Single(world.Grains.Calls);
    }

    [Fact]
    public async Task S11_no_route_shows_one_player_what_another_picked()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Competition = Samples.Late;
        foreach (var path in new[] { $"/entries/{Samples.EntryId}/detail", $"/api/v1/entries/{Samples.EntryId}", Samples.EntryPath })
        {
            (await world.SendAsync(world.Signed("GET", path))).AssertProblem(404, "unknown_path");
        }

        await world.SendAsync(world.Signed("GET", "/api/v1/entries"));
        Assert.Equal(GatewayWorld.AliceKey, Assert.Single(world.Grains.Reads).Arguments[0]);
        (await world.SendAsync(world.Unsigned("GET", "/api/v1/entries"))).AssertProblem(401, "no_auth_header");
    }

    [Fact]
    public async Task S12_the_contract_is_never_told_to_who_has_no_part_in_it()
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var route in new[] { "/contract", "/aggregate_nonces" })
        {
            (await world.SendAsync(world.Unsigned("GET", Samples.CompetitionPath + route))).AssertProblem(401, "no_auth_header");
            world.Grains.Refusal = new Problem(ProblemKind.NotFound, "entry_not_found", "No entry found for user");
            var answer = await world.SendAsync(world.Signed("GET", Samples.CompetitionPath + route));
            answer.AssertProblem(404, "entry_not_found");
            Assert.DoesNotContain("market_maker", answer.Body, StringComparison.Ordinal);
            world.Grains.Refusal = null;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd")]
    public async Task S21_a_malformed_payout_hash_never_comes_in_to_stop_the_competition_later(string hash)
    {
        await using var world = await GatewayWorld.StartAsync();
        var body = Samples.EntryBody.Replace(new string('d', 64), hash, StringComparison.Ordinal);
        (await world.SendAsync(world.Signed("POST", "/api/v1/entries", body))).AssertProblem(400, "payout_hash");
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task C23_registering_twice_is_409_never_500()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Refusal = new Problem(ProblemKind.Conflict, "user_exists", "This key has an account");
        (await world.SendAsync(world.Signed("POST", "/api/v1/users/register", Samples.RegisterBody))).AssertProblem(409, "user_exists");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example")]
    [InlineData("null")]
    public void S24_an_origin_of_stars_is_a_complaint_at_start_never_a_panic_at_a_request(string origin)
    {
        var options = new GatewayOptions();
        options.CorsOrigins.Add(origin);
        Assert.Contains(options.Complaints(), complaint => complaint.StartsWith("Gateway:CorsOrigins", StringComparison.Ordinal));
    }

    [Fact]
    public async Task C23_an_id_that_nobody_knows_is_404_never_500()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Refusal = new Problem(ProblemKind.NotFound, "competition_not_found", "item not found: competition");
        HttpRequestMessage[] requests =
        [
            world.Unsigned("GET", Samples.CompetitionPath), world.Signed("POST", Ticket, Body), world.Signed("GET", Samples.CompetitionPath + "/contract"),
            world.Signed("GET", $"{Samples.CompetitionPath}/tickets/{Samples.TicketId}/status"), world.Signed("POST", "/api/v1/entries", Samples.EntryBody),
        ];
        foreach (var request in requests)
        {
            (await world.SendAsync(request)).AssertProblem(404, "competition_not_found");
        }
    }

    [Fact]
    public async Task C26_a_liveness_probe_asks_no_grain_and_nothing_outside()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Failure = new InvalidOperationException("nobody may be asked");
        Assert.Equal((200, ""), await AskAsync(world, "/api/v1/health_check"));
        Assert.Empty(world.Grains.Calls);
        Assert.Empty(world.Grains.Reads);
    }

    [Fact]
    public async Task U8_event_ids_is_a_filter_never_a_400_and_entries_have_an_order()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Entries = _ => [Samples.Entry, Samples.Entry with { Id = Guid.Parse("019b79ff-0000-7000-8000-000000000001") }];
        var answer = await world.SendAsync(world.Signed("GET", $"/api/v1/entries?event_ids={Samples.CompetitionId},{Samples.EntryId}"));
        Assert.Equal(200, answer.Status);
        var ids = JsonDocument.Parse(answer.Body).RootElement.EnumerateArray().Select(entry => entry.GetProperty("id").GetGuid()).ToArray();
        Assert.Equal(ids.Order(), ids);
    }

    [Theory]
    [InlineData("GET", "/api/v1/competition")]
    [InlineData("POST", "/api/v1/entry")]
    [InlineData("GET", "/api/v2/competitions")]
    [InlineData("GET", "/api/")]
    public async Task U11_a_mistyped_path_is_never_a_page_with_200(string method, string path)
    {
        await using var world = await GatewayWorld.StartAsync();
        foreach (var listener in new[] { world.Addresses.Public, world.Addresses.Operator, world.Addresses.Metrics })
        {
            var answer = await world.SendAsync(GatewayWorld.Request(listener, method, path));
            answer.AssertProblem(404, "unknown_path");
            Assert.DoesNotContain("<", answer.Body, StringComparison.Ordinal);
        }
    }

    private static HttpRequestMessage As(GatewayWorld world, string header, string host, string? proto)
    {
        var request = world.Unsigned("POST", Ticket, Body);
        request.Headers.Host = host;
        GatewayWorld.Authorize(request, header);
        if (proto is not null)
        {
            request.Headers.Add("X-Forwarded-Proto", proto);
        }

        return request;
    }

    private static HttpRequestMessage SignedAnyhow(GatewayWorld world, string method, string path)
    {
        var request = world.Unsigned(method, path);
        GatewayWorld.Authorize(request, Nip98Header.Create(GatewayWorld.Alice, new Uri(world.Addresses.Public, path).AbsoluteUri, method, [], world.Time.GetUtcNow()));
        return request;
    }

    private static async Task<(int Status, string Body)> AskAsync(GatewayWorld world, string path)
    {
        var answer = await world.SendAsync(world.Unsigned("GET", path));
        return (answer.Status, answer.Body);
    }
}
