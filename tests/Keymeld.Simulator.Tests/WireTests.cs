using System.Text;
using System.Text.Json;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld.Simulator.Tests;

public sealed class WireTests
{
    [Fact]
    public async Task The_gateway_says_what_the_reference_says_of_itself()
    {
        await using var world = await OnWire.StartAsync();

        var health = await world.GetAsync("/health");
        Assert.Equal((200, ""), (health.Status, health.Text));
        Assert.Equal(
            "{\"service\":\"KeyMeld Gateway\",\"version\":\"0.1.0\",\"api_version\":\"v1\",\"features\":"
            + "{\"service_participation\":true,\"user_authentication\":true,\"enclave_isolation\":true}}",
            (await world.GetAsync("/version")).Text);
        var detail = (await world.GetAsync("/health/detail")).Read(KeymeldJson.Default.HealthDetailBody);
        Assert.Equal(("healthy", 3, 3), (detail.Status, detail.HealthyEnclaves, detail.TotalEnclaves));
        var enclaves = (await world.GetAsync("/enclaves")).Read(KeymeldJson.Default.EnclavesBody);
        Assert.Equal([0, 1, 2], enclaves.Enclaves.Select(enclave => enclave.EnclaveId));
        var one = (await world.GetAsync("/enclaves/1/public-key")).Read(KeymeldJson.Default.EnclaveKeyBody);
        Assert.Equal((1, enclaves.Enclaves[1].PublicKey, 1), (one.EnclaveId, one.PublicKey, one.KeyEpoch));
        Assert.Equal(world.Model.EnclaveKey(1).ToHex(), one.PublicKey);
        Assert.Equal("enclave_communication_error: Enclave communication failed", (await world.GetAsync("/enclaves/3/public-key")).Error());
    }

    [Fact]
    public async Task A_whole_session_goes_over_the_wire()
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(5, [[0, 1], [0, 2, 3]]);
        var status = await party.CompleteAsync(world.Gateway, OnWire.WaitAsync, coordinatorApproves: true);
        Assert.Equal(party.Everybody.Key, status.Aggregate);

        using var secret = Party.Key("attestation");
        var order = party.Order(1, Party.Locked(1, secret.PublicKey), party.Plain(2, 0), party.Plain(3, 1), party.Plain(4));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        using var coordinator = party.Seat(0);
        Party.Done(await world.Gateway.ApproveAsync(order.Signing, coordinator, CancellationToken.None));
        party.Verify(order, await party.EndAsync(world.Gateway, order, OnWire.WaitAsync));
        Assert.Equal((1, 1), (world.Simulator.Counters.Now.KeygenSessions, world.Simulator.Counters.Now.SigningSessions));
        Assert.InRange(world.Simulator.Counters.Now.Requests, 10, 10_000);
        Assert.InRange(world.Simulator.Counters.Now.BytesOut, 2_000, 10_000_000);
    }

    [Fact]
    public async Task Answers_have_the_members_of_the_reference_in_its_order()
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(2, [[0, 1]]);
        var reserved = await world.PostAsync("/keygen/reserve", Bodies.Reserve(party), KeymeldJson.Default.ReserveRequest);
        Assert.Equal(
            ["keygen_session_id", "coordinator_enclave_id", "coordinator_public_key", "coordinator_key_epoch", "expected_participants",
                "expires_at"],
            Members(reserved.Text));
        var body = Bodies.Initialize(party, reserved.Read(KeymeldJson.Default.ReserveAnswer));
        var initialized = await world.PostAsync(Bodies.KeygenPath(party, "initialize"), body, KeymeldJson.Default.InitializeRequest);
        Assert.Equal(["keygen_session_id", "status", "session_secret", "session_public_key"], Members(initialized.Text));
        Assert.Equal(body.EncryptedSessionSecret, initialized.Read(KeymeldJson.Default.InitializeAnswer).SessionSecret);

        var slots = (await world.GetAsync(Bodies.KeygenPath(party, "slots"))).Read(KeymeldJson.Default.SlotsAnswer);
        Assert.Equal((2, 0), (slots.TotalSlots, slots.ClaimedSlots));
        Assert.Equal([party.Users[1], party.Users[0]], slots.AvailableSlots.Select(slot => slot.UserId));
        Assert.Equal(2, slots.AvailableSlots.Select(slot => slot.EnclaveId).Distinct().Count());
        var enclave = Party.Done(await world.Gateway.GetEnclaveAsync(slots.AvailableSlots[0].EnclaveId, CancellationToken.None));
        var registered = (await world.PostAsync(
            Bodies.KeygenPath(party, "participants"), Bodies.Register(party, 1, enclave), KeymeldJson.Default.RegisterRequest,
            Bodies.SessionHeaderOf(party))).Read(KeymeldJson.Default.RegisterAnswer);
        Assert.Equal((2, 1, 2), (registered.ParticipantsRegistered, registered.SignerIndex, registered.ExpectedParticipants));
        Assert.Equal(
            [party.Users[0]],
            (await world.GetAsync(Bodies.KeygenPath(party, "slots"))).Read(KeymeldJson.Default.SlotsAnswer)
                .AvailableSlots.Select(slot => slot.UserId));
        var status = await world.GetAsync(Bodies.KeygenPath(party, "status"), Bodies.SessionHeaderOf(party));
        Assert.Contains("\"aggregate_public_key\":null", status.Text, StringComparison.Ordinal);
        Assert.Contains("\"encrypted_subset_aggregates\":{}", status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packed_and_plain_bodies_are_taken_and_given()
    {
        await using var world = await OnWire.StartAsync();
        using var first = Party.Of(2);
        using var second = Party.Of(2, number: 2);
        var body = JsonSerializer.SerializeToUtf8Bytes(Bodies.Reserve(first), KeymeldJson.Default.ReserveRequest);
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Post, "/keygen/reserve", null, null, body, packed: true)).Status);
        body = JsonSerializer.SerializeToUtf8Bytes(Bodies.Reserve(second), KeymeldJson.Default.ReserveRequest);
        Assert.Equal(
            200, (await world.SendAsync(HttpMethod.Post, "/keygen/reserve", null, null, body, takesPacked: true)).Status);
        var enclaves = await world.SendAsync(HttpMethod.Get, "/enclaves", null, null, null, takesPacked: true);
        Assert.Equal(3, enclaves.Read(KeymeldJson.Default.EnclavesBody).TotalEnclaves);
    }

    [Theory]
    [InlineData("/keygen/reserve", "{", "application/json", 400)]
    [InlineData("/keygen/reserve", "{}", "application/json", 422)]
    [InlineData("/keygen/reserve", "[]", "application/json", 422)]
    [InlineData("/keygen/reserve", "{}", "text/plain", 415)]
    [InlineData("/keygen/reserve", "{}", null, 415)]
    [InlineData("/keygen/not-an-id/initialize", "{}", "application/json", 400)]
    [InlineData("/keygen/019baa05-190c-7a93-bd97-b4ea88020d88/participants", "{}", "application/json", 400)]
    [InlineData("/signing", "{}", "application/json", 400)]
    [InlineData("/nowhere", "{}", "application/json", 404)]
    [InlineData("/version", "{}", "application/json", 405)]
    public async Task What_no_handler_sees_is_answered_in_plain_text(string path, string body, string? contentType, int status)
    {
        await using var world = await OnWire.StartAsync();
        var before = world.Dump();
        var answer = await world.SendAsync(HttpMethod.Post, path, null, null, Encoding.UTF8.GetBytes(body), contentType);
        Assert.Equal(status, answer.Status);
        Assert.NotEqual("application/json", answer.ContentType);
        Assert.Equal(before, world.Dump());
    }

    [Fact]
    public async Task Oversized_bodies_and_gzip_bombs_are_refused_before_they_are_unpacked_further()
    {
        await using var world = await OnWire.StartAsync();
        var before = world.Dump();
        var large = new byte[(2 * 1_024 * 1_024) + 1];
        Array.Fill(large, (byte)' ');
        var bomb = new byte[200 * 1_024 * 1_024];

        Assert.Equal(413, (await world.SendAsync(HttpMethod.Post, "/keygen/reserve", null, null, large)).Status);
        Assert.Equal(413, (await world.SendAsync(HttpMethod.Post, "/keygen/reserve", null, null, large, packed: true)).Status);
        Assert.Equal(413, (await world.SendAsync(HttpMethod.Post, "/keygen/reserve", null, null, bomb, packed: true)).Status);
        Assert.Equal(before, world.Dump());
    }

    [Fact]
    public async Task The_simulator_listens_on_loopback_only()
    {
        await using var world = await OnWire.StartAsync();
        Assert.Equal("127.0.0.1", world.Simulator.Address.Host);
    }

    private static string[] Members(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
    }
}
