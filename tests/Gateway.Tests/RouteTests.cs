using System.Text;
using System.Text.Json;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests;

/// <summary>Every route, asked as it should be.</summary>
public sealed class RouteTests
{
    [Fact]
    public async Task A_ticket_request_reaches_its_competition_with_the_signers_key()
    {
        await using var world = await GatewayWorld.StartAsync();
        var body = Samples.TicketBody.Replace("02c6", "02C6", StringComparison.Ordinal);
        var answer = await world.SendAsync(world.Signed("POST", Samples.CompetitionPath + "/ticket", body));
        Assert.Equal(200, answer.Status);
        var (method, arguments, key) = Assert.Single(world.Grains.Calls);
        Assert.Equal(("request_ticket", (object)Samples.CompetitionId), (method, key));
        Assert.Equal(new TicketRequest(GatewayWorld.AliceKey, Samples.Point), arguments[0]);
    }

    [Fact]
    public async Task A_ticket_status_is_a_bare_json_string()
    {
        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(world.Signed("GET", $"{Samples.CompetitionPath}/tickets/{Samples.TicketId}/status"));
        Assert.Equal((200, "\"Paid\""), (answer.Status, answer.Body));
        Assert.Equal([GatewayWorld.AliceKey, Samples.TicketId], world.Grains.Calls.Single().Arguments);
    }

    [Fact]
    public async Task An_entry_reaches_the_competition_that_its_body_names()
    {
        await using var world = await GatewayWorld.StartAsync();
        Assert.Equal(200, (await world.SendAsync(world.Signed("POST", "/api/v1/entries", Samples.EntryBody))).Status);
        var (_, arguments, key) = Assert.Single(world.Grains.Calls);
        var entry = Assert.IsType<EntryRequest>(arguments[0]);
        Assert.Equal(Samples.CompetitionId, key);
        Assert.Equal(
            new EntryRequest(
                GatewayWorld.AliceKey, Samples.EntryId, Samples.TicketId, Samples.Point, "k", new string('d', 64), "p",
                entry.Picks, null, null),
            entry);
        Assert.Equal(new StationPicksMessage("KDEN", "Over", null, null), Assert.Single(entry.Picks));
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("?event_id=019b7a00-0000-7000-8000-000000000001", 1)]
    [InlineData("?event_ids=019b7a00-0000-7000-8000-000000000001,019b7a00-0000-7000-8000-000000000009", 2)]
    [InlineData("?event_ids=019b7a00-0000-7000-8000-0000000000ff", 0)]
    public async Task Entries_are_listed_in_order_of_creation_and_filtered(string query, int count)
    {
        await using var world = await GatewayWorld.StartAsync();
        var other = Guid.Parse("019b7a00-0000-7000-8000-000000000009");
        var earlier = Samples.Entry with { Id = Guid.Parse("019b79ff-0000-7000-8000-0000000000ff"), EventId = other };
        world.Grains.Known = [Samples.CompetitionId, other];
        world.Grains.Entries = id => id == other ? [earlier] : [Samples.Entry];
        var answer = await world.SendAsync(world.Signed("GET", "/api/v1/entries" + query));
        var ids = JsonDocument.Parse(answer.Body).RootElement.EnumerateArray().Select(entry => entry.GetProperty("id").GetGuid()).ToArray();
        Assert.Equal(count, ids.Length);
        Assert.Equal(ids.Order(), ids);
    }

    [Fact]
    public async Task Nonces_and_signatures_pass_through_as_the_bytes_that_came()
    {
        await using var world = await GatewayWorld.StartAsync();
        var nonces = await world.SendAsync(world.Signed("POST", Samples.EntryPath + "/public_nonces?round=0F", Samples.NoncesBody));
        var signatures = await world.SendAsync(world.Signed("POST", Samples.EntryPath + "/final_signatures", Samples.SignaturesBody));
        Assert.Equal((200, ""), (nonces.Status, nonces.Body));
        Assert.Equal((200, ""), (signatures.Status, signatures.Body));
        var sent = Assert.IsType<NoncesRequest>(world.Grains.Calls.First().Arguments[0]);
        Assert.Equal((GatewayWorld.AliceKey, Samples.EntryId, "0f"), (sent.Player, sent.Entry, sent.Round));
        Assert.Equal(Samples.NoncesBody, Encoding.UTF8.GetString(sent.Body.AsSpan()));
        var signed = Assert.IsType<SignaturesRequest>(world.Grains.Calls.Last().Arguments[0]);
        Assert.Equal(
            (GatewayWorld.AliceKey, Samples.EntryId, null, "cHNi"), (signed.Player, signed.Entry, signed.Round, signed.FundingPsbt));
        Assert.Equal("""{"by_outcome":{"att0":"aa"},"by_win_condition":{}}""", Encoding.UTF8.GetString(signed.Body.AsSpan()));
    }

    [Fact]
    public async Task Aggregate_nonces_name_their_round_in_a_header()
    {
        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(world.Signed("GET", Samples.CompetitionPath + "/aggregate_nonces"));
        Assert.Equal((200, world.Grains.Aggregate.Json, "0f"), (answer.Status, answer.Body, answer.Headers["X-Signing-Round"]));
    }

    [Fact]
    public async Task A_payout_carries_invoice_and_secrets_or_the_key_alone()
    {
        await using var world = await GatewayWorld.StartAsync();
        var alone = "{\"ticket_id\":\"" + Samples.TicketId + "\",\"ephemeral_private_key\":\"" + new string('6', 64) + "\"}";
        var trusting = Samples.PayoutBody.Replace("{\"ticket_id", "{\"trusts_coordinator\":true,\"ticket_id", StringComparison.Ordinal);
        foreach (var body in new[] { Samples.PayoutBody, alone, trusting })
        {
            Assert.Equal(200, (await world.SendAsync(world.Signed("POST", Samples.EntryPath + "/payout", body))).Status);
        }

        var (alice, entry, ticket, key, preimage) =
            (GatewayWorld.AliceKey, Samples.EntryId, Samples.TicketId, new string('6', 64), new string('5', 64));
        Assert.Equal(
            [
                new PayoutRequest(alice, entry, ticket, "lnbcrt1", key, preimage, false),
                new PayoutRequest(alice, entry, ticket, null, key, null, false),
                new PayoutRequest(alice, entry, ticket, "lnbcrt1", key, preimage, true),
            ],
            world.Grains.Calls.Select(call => call.Arguments[0]));
    }

    [Fact]
    public async Task The_operator_creates_cancels_and_releases()
    {
        await using var world = await GatewayWorld.StartAsync();
        Assert.Equal(200, (await world.SendAsync(world.Operator("POST", "/api/v1/competitions", Samples.CreateBody))).Status);
        var cancel = Samples.CompetitionPath + "/cancel";
        Assert.Equal(200, (await world.SendAsync(world.Operator("POST", cancel, """{"reason":"storm"}"""))).Status);
        Assert.Equal(200, (await world.SendAsync(world.Operator("POST", cancel))).Status);
        Assert.Equal(200, (await world.SendAsync(world.Operator("POST", Samples.EntryPath + "/release_share"))).Status);
        var calls = world.Grains.Calls.ToArray();
        Assert.Equal(["create", "cancel", "cancel", "release_share"], calls.Select(call => call.Method));
        Assert.All(calls, call => Assert.Equal(Samples.CompetitionId, call.Key));
        var terms = Assert.IsType<CreateCompetition>(calls[0].Arguments[0]);
        Assert.Equal(Samples.Terms with { Locations = terms.Locations }, terms);
        Assert.Equal(Samples.Terms.Locations.AsEnumerable(), terms.Locations);
        Assert.Equal(["storm", "cancelled by the operator", Samples.EntryId], calls[1..].Select(call => call.Arguments[0]));
    }

    [Fact]
    public async Task The_operator_sends_with_an_id_of_his_own_or_a_new_one()
    {
        await using var world = await GatewayWorld.StartAsync();
        var named = Samples.SendBody.Replace("{", """{"request_id":"r-1",""", StringComparison.Ordinal);
        foreach (var body in new[] { named, Samples.SendBody, Samples.SendBody, """{"address_to":"bcrt1p"}""" })
        {
            var answer = await world.SendAsync(world.Operator("POST", "/api/v1/wallet/send", body));
            Assert.Equal((201, "{\"txid\":\"" + new string('b', 64) + "\"}"), (answer.Status, answer.Body));
        }

        var sends = world.Grains.Calls.Select(call => (SendRequest)call.Arguments[0]!).ToArray();
        Assert.Equal(new SendRequest("r-1", "bcrt1p", null, 1_000, 50), sends[0]);
        Assert.Equal(4, sends.Select(send => send.RequestId).Distinct().Count());
        Assert.Null(sends[3].Amount);
    }

    [Fact]
    public async Task The_operator_bumps_by_a_rate_and_syncs_in_parts()
    {
        await using var world = await GatewayWorld.StartAsync();
        Assert.Equal(201, (await world.SendAsync(world.Operator("POST", "/api/v1/wallet/bump", Samples.BumpBody))).Status);
        Assert.Equal(201, (await world.SendAsync(world.Operator("POST", "/api/v1/wallet/bump", """{"payment":"rent"}"""))).Status);
        Assert.Equal(200, (await world.SendAsync(world.Operator("POST", "/api/v1/wallet/sync", """{"anew":true,"most":100}"""))).Status);
        Assert.Equal(200, (await world.SendAsync(world.Operator("POST", "/api/v1/wallet/sync", "{}"))).Status);
        Assert.Equal(
            [new BumpSendRequest("rent", 5_000, 5_000), new BumpSendRequest("rent", null, null), new SyncRequest(true, 100), new SyncRequest(false, 200)],
            world.Grains.Calls.Select(call => call.Arguments[0]));
    }

    [Fact]
    public async Task Large_answers_are_packed_for_who_asks()
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Aggregate = new("0f", $$"""{"by_outcome":{"att0":"{{new string('0', 100_000)}}" },"by_win_condition":{} }""");
        var request = world.Signed("GET", Samples.CompetitionPath + "/aggregate_nonces");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        var answer = await world.SendAsync(request);
        Assert.Equal((200, "gzip"), (answer.Status, answer.Headers["Content-Encoding"]));
        Assert.True(answer.Body.Length < 10_000);
    }

    [Fact]
    public async Task Owed_shares_are_asked_for_only_where_an_outcome_is_confirmed()
    {
        await using var world = await GatewayWorld.StartAsync();
        Assert.Equal("[]", (await world.SendAsync(world.Operator("GET", "/api/v1/owed"))).Body);
        world.Grains.Competition = Samples.Late;
        var answer = await world.SendAsync(world.Operator("GET", "/api/v1/owed"));
        var share = JsonDocument.Parse(answer.Body).RootElement[0];
        Assert.Equal((7_500, "on_chain"), (share.GetProperty("sats").GetInt64(), share.GetProperty("way").GetString()));
        Assert.Equal((812, 824), (share.GetProperty("payable_until_height").GetInt32(), share.GetProperty("claimable_from_height").GetInt32()));
        Assert.Equal(JsonValueKind.Null, share.GetProperty("reclaimable_from_height").ValueKind);
        Assert.Single(world.Grains.Calls, call => call.Method == "owed");
    }
}
