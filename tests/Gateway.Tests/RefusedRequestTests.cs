using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests;

/// <summary>Every refused request of these routes: its status and code, and that no grain heard of it.</summary>
public sealed class RefusedRequestTests
{
    private const string NoId = "not-a-uuid";
    private static readonly string C = Samples.CompetitionPath;
    private static readonly string E = Samples.EntryPath;
    private static readonly string Bad = "/api/v1/competitions/" + NoId;

    public static TheoryData<string, string, string?, int, string> Signed => new()
    {
        { "POST", Bad + "/ticket", Samples.TicketBody, 400, "invalid_path" },
        { "POST", C + "/ticket", "{}", 422, "invalid_body" },
        { "POST", C + "/ticket", """{"btc_pubkey":7}""", 422, "invalid_body" },
        { "POST", C + "/ticket", """{"btc_pubkey":"02aa"}""", 400, "btc_pubkey" },
        { "POST", C + "/ticket", "{\"btc_pubkey\":\"02" + new string('f', 64) + "\"}", 400, "btc_pubkey" },
        { "GET", Bad + $"/tickets/{Samples.TicketId}/status", null, 400, "invalid_path" },
        { "GET", C + $"/tickets/{NoId}/status", null, 400, "invalid_path" },
        { "GET", C + "/tickets/00000000-0000-0000-0000-000000000000/status", null, 400, "invalid_path" },
        { "POST", "/api/v1/entries", "[]", 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("event_id", "7"), 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("id", "\"x\""), 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("ticket_id", "null"), 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("expected_observations", "{}"), 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("expected_observations", "[7]"), 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("expected_observations", """[{"stations":"KDEN","wind_speed":"over"}]"""), 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("expected_observations", """[{"wind_speed":"Over"}]"""), 422, "invalid_body" },
        { "POST", "/api/v1/entries", Entry("ephemeral_pubkey", "\"02\""), 400, "ephemeral_pubkey" },
        { "POST", "/api/v1/entries", Entry("payout_hash", "\"zz\""), 400, "payout_hash" },
        { "GET", "/api/v1/entries?event_id=7", null, 400, "invalid_query" },
        { "GET", "/api/v1/entries?event_ids=" + NoId + ",", null, 400, "invalid_query" },
        { "GET", $"/api/v1/entries?event_id={Samples.EntryId}&event_id={Samples.EntryId}", null, 400, "invalid_query" },
        { "GET", Bad + "/contract", null, 400, "invalid_path" },
        { "GET", Bad + "/aggregate_nonces", null, 400, "invalid_path" },
        { "POST", C + "/entries/7/public_nonces", Samples.NoncesBody, 400, "invalid_path" },
        { "POST", E + "/public_nonces?round=xyz", Samples.NoncesBody, 400, "invalid_query" },
        { "POST", E + "/public_nonces", "[]", 422, "invalid_body" },
        { "POST", E + "/public_nonces", "", 415, "unsupported_media_type" },
        { "POST", C + "/entries/7/final_signatures", Samples.SignaturesBody, 400, "invalid_path" },
        { "POST", E + "/final_signatures?round=" + new string('0', 65), Samples.SignaturesBody, 400, "invalid_query" },
        { "POST", E + "/final_signatures", """{"funding_psbt_base64":"x"}""", 422, "invalid_body" },
        { "POST", E + "/final_signatures", """{"partial_signatures":[]}""", 422, "invalid_body" },
        { "POST", E + "/final_signatures", """{"partial_signatures":{},"funding_psbt_base64":7}""", 422, "invalid_body" },
        { "POST", E + "/final_signatures", """{"partial_signatures":{},"partial_signatures":{}}""", 400, "invalid_json" },
        { "POST", C + "/entries/7/payout", Samples.PayoutBody, 400, "invalid_path" },
        { "POST", E + "/payout", """{"ln_invoice":"x"}""", 422, "invalid_body" },
        { "POST", E + "/payout", Payout(""), 400, "invalid_invoice" },
        { "POST", E + "/payout", Payout(""","ln_invoice":"" """), 400, "invalid_invoice" },
        { "POST", E + "/payout", Payout(""","ln_invoice":"x","ephemeral_private_key":"secret-7" """), 400, "invalid_key" },
        { "POST", E + "/payout", Payout(""","ln_invoice":"x","payout_preimage":"secret-8" """), 400, "invalid_preimage" },
        { "POST", E + "/payout", Payout(""","ln_invoice":"x","trusts_coordinator":1 """), 422, "invalid_body" },
    };

    public static TheoryData<string, string, string?, int, string> Tokened => new()
    {
        { "POST", "/api/v1/competitions", null, 415, "unsupported_media_type" },
        { "POST", "/api/v1/competitions", "{", 400, "invalid_json" },
        { "POST", "/api/v1/competitions", "{}", 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("id", "\"00000000-0000-0000-0000-000000000000\""), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("signing_date", "\"tomorrow\""), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("signing_date", "\"2026-01-03T09:00:00\""), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("start_observation_date", "\"2026-13-03T09:00:00Z\""), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("locations", "\"KDEN\""), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("locations", "[7]"), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("entry_fee", "-1"), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("entry_fee", "1.5"), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("entry_fee", "99999999999999999999999"), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("total_allowed_entries", "\"3\""), 422, "invalid_body" },
        { "POST", "/api/v1/competitions", Create("relative_locktime_block_delta", "65536"), 422, "invalid_body" },
        { "POST", Bad + "/cancel", null, 400, "invalid_path" },
        { "POST", C + "/cancel", """{"reason":7}""", 422, "invalid_body" },
        { "POST", C + "/entries/7/release_share", null, 400, "invalid_path" },
        { "POST", "/api/v1/wallet/send", "{}", 422, "invalid_body" },
        { "POST", "/api/v1/wallet/bump", """{"payment":"rent","sat_per_vbyte":10001}""", 422, "invalid_body" },
        { "POST", "/api/v1/wallet/sync", """{"most":501}""", 422, "invalid_body" },
        { "POST", "/api/v1/wallet/send", """{"address_to":"x","amount":0}""", 422, "invalid_body" },
        { "POST", "/api/v1/wallet/send", """{"address_to":"x","amount":2100000000000001}""", 422, "invalid_body" },
    };

    [Theory]
    [MemberData(nameof(Signed))]
    public async Task A_refused_players_request_reaches_no_grain(string method, string path, string? body, int status, string code)
    {
        await using var world = await GatewayWorld.StartAsync();
        var request = body is null ? world.Signed(method, path) : world.Signed(method, path, body);
        if (code == "unsupported_media_type")
        {
            request.Content!.Headers.ContentType = null;
        }

        var answer = await world.SendAsync(request);
        answer.AssertProblem(status, code);
        Assert.Empty(world.Grains.Calls);
        Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Log.All, line => line.Contains("secret-", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Tokened))]
    public async Task A_refused_operators_request_reaches_no_grain(string method, string path, string? body, int status, string code)
    {
        await using var world = await GatewayWorld.StartAsync();
        (await world.SendAsync(world.Operator(method, path, body))).AssertProblem(status, code);
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task Every_complaint_about_a_body_is_told_at_once()
    {
        await using var world = await GatewayWorld.StartAsync();
        var body = Create("entry_fee", "-1").Replace("\"total_allowed_entries\":3", "\"x\":3", StringComparison.Ordinal);
        var problem = (await world.SendAsync(world.Operator("POST", "/api/v1/competitions", body))).AssertProblem(422, "invalid_body");
        Assert.Equal(
            ["total_allowed_entries", "entry_fee"],
            problem.GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("field").GetString()));
    }

    [Theory]
    [InlineData(ProblemKind.NotFound, "competition_not_found", 404)]
    [InlineData(ProblemKind.NotFound, "contract_not_available", 404)]
    [InlineData(ProblemKind.Invalid, "contract_not_available", 400)]
    [InlineData(ProblemKind.Invalid, "competition_not_found", 400)]
    [InlineData(ProblemKind.Conflict, "competition_full", 400)]
    [InlineData(ProblemKind.Conflict, "no_ticket", 400)]
    [InlineData(ProblemKind.Conflict, "ticket_used", 400)]
    [InlineData(ProblemKind.Conflict, "not_attested", 400)]
    [InlineData(ProblemKind.Conflict, "seat_not_sold", 409)]
    [InlineData(ProblemKind.Conflict, "entries_closed", 409)]
    [InlineData(ProblemKind.Conflict, "a_code_of_tomorrow", 409)]
    [InlineData(ProblemKind.Invalid, "another_code", 400)]
    [InlineData(ProblemKind.Invalid, "invalid_terms", 422)]
    [InlineData(ProblemKind.Forbidden, "ticket_not_yours", 403)]
    [InlineData(ProblemKind.Unavailable, "heights_differ", 503)]
    public async Task A_grains_refusal_has_the_old_status_or_its_kinds(ProblemKind kind, string code, int status)
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Refusal = new Problem(kind, code, "a sentence");
        var answer = await world.SendAsync(world.Signed("POST", C + "/ticket", Samples.TicketBody));
        var error = answer.AssertProblem(status, code).GetProperty("error").GetString();
        Assert.Equal(status == 404 ? "item not found: a sentence" : "a sentence", error);
        Assert.Equal(status == 503, answer.Headers.ContainsKey("Retry-After"));
    }

    [Fact]
    public async Task Unplayable_terms_are_422_with_their_members()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Refusal = new Problem(
            ProblemKind.Invalid, "invalid_terms", "two things", [new("entry_fee", "too low"), new("locations", "none")]);
        var answer = await world.SendAsync(world.Operator("POST", "/api/v1/competitions", Samples.CreateBody));
        Assert.Equal(
            """[{"field":"entry_fee","detail":"too low"},{"field":"locations","detail":"none"}]""",
            answer.AssertProblem(422, "invalid_terms").GetProperty("fields").GetRawText());
    }

    [Theory]
    [InlineData("timeout", 503, "unavailable")]
    [InlineData("orleans", 503, "unavailable")]
    [InlineData("cancelled", 503, "unavailable")]
    [InlineData("bug", 500, "internal")]
    public async Task A_grain_that_fails_is_answered_and_logged_without_its_message(string how, int status, string code)
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Failure = how switch
        {
            "timeout" => new TimeoutException("secret-1"),
            "cancelled" => new OperationCanceledException("secret-1"),
            "orleans" => new OrleansException("secret-1"),
            _ => new InvalidOperationException("secret-1"),
        };
        HttpRequestMessage[] requests =
            [world.Signed("GET", C + "/contract"), world.Operator("GET", "/api/v1/wallet/balance"), world.Unsigned("GET", C)];
        foreach (var request in requests)
        {
            var answer = await world.SendAsync(request);
            answer.AssertProblem(status, code);
            Assert.Equal(status == 503, answer.Headers.ContainsKey("Retry-After"));
            Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(world.Log.All, line => line.Contains("secret-", StringComparison.Ordinal));
    }

    private static string Entry(string member, string json) => With(Samples.EntryBody, member, json);

    private static string Create(string member, string json) => With(Samples.CreateBody, member, json);

    private static string Payout(string more) => "{\"ticket_id\":\"" + Samples.TicketId + "\"" + more + "}";

    private static string With(string body, string member, string json)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(body)!.AsObject();
        node[member] = System.Text.Json.Nodes.JsonNode.Parse(json);
        return node.ToJsonString();
    }
}
