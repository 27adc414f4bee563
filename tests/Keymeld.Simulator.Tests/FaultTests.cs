using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;
using Coordinator.Simulators.Keymeld;

namespace Coordinator.Keymeld.Simulator.Tests;

public sealed class FaultTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_scripted_status_hits_the_next_calls_of_a_route_and_changes_nothing(int status)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(2);
        await world.ControlAsync(
            "/faults", $$"""{"kind":"Status","method":"POST","path":"/reserve","times":2,"status_code":{{status}}}""");
        var before = world.Dump();
        for (var call = 0; call < 2; call++)
        {
            Assert.Equal(status, (await ReserveAsync(world, party)).Status);
        }

        Assert.Equal(before, world.Dump());
        Assert.Equal(200, (await ReserveAsync(world, party)).Status);
    }

    [Theory]
    [InlineData("DropBefore", false)]
    [InlineData("DropAfter", true)]
    [InlineData("FailAfter", true)]
    [InlineData("Garbage", true)]
    [InlineData("Nonsense", true)]
    public async Task A_lost_answer_leaves_the_caller_unsure_and_the_request_done_or_not(string kind, bool isDone)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(2);
        await world.ControlAsync("/faults", $$"""{"kind":"{{kind}}","path":"/reserve"}""");
        var answer = await world.Gateway.ReserveAsync(party.Plan, party.Secret, CancellationToken.None);
        Assert.IsType<KeymeldAnswer<KeygenReservation>.Unclear>(answer);
        Assert.Equal(isDone, world.Model.Export().Keygens.ContainsKey(party.Session));
    }

    [Theory]
    [InlineData(KeymeldFaultKind.DropBefore, false)]
    [InlineData(KeymeldFaultKind.DropAfter, true)]
    [InlineData(KeymeldFaultKind.FailAfter, true)]
    [InlineData(KeymeldFaultKind.Garbage, true)]
    [InlineData(KeymeldFaultKind.Nonsense, true)]
    public async Task The_port_in_process_plays_the_same_faults(KeymeldFaultKind kind, bool isDone)
    {
        using var world = new InProcess();
        using var party = Party.Of(2);
        world.Faults.Add(new KeymeldFault(kind, Path: "/reserve"));
        var answer = await world.Gateway.ReserveAsync(party.Plan, party.Secret, CancellationToken.None);
        Assert.IsType<KeymeldAnswer<KeygenReservation>.Unclear>(answer);
        Assert.Equal(isDone, world.Model.Export().Keygens.ContainsKey(party.Session));

        world.Faults.Add(new KeymeldFault(KeymeldFaultKind.Status, StatusCode: 503));
        Assert.IsType<KeymeldAnswer<GatewayVersion>.TryLater>(await world.Gateway.GetVersionAsync(CancellationToken.None));
        world.Faults.Add(new KeymeldFault(KeymeldFaultKind.Delay, DelayMilliseconds: 1_000));
        var late = world.Gateway.GetVersionAsync(CancellationToken.None);
        Assert.False(late.IsCompleted);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Party.Done(await late);
    }

    [Fact]
    public async Task A_dead_enclave_holds_up_what_needs_it_and_nothing_is_lost()
    {
        using var world = new InProcess();
        using var party = Party.Of(4);
        await party.OpenAsync(world.Gateway);
        await party.RegisterAsync(world.Gateway);
        world.Model.SetDown(1, isDown: true);
        await TicksAsync(world, 10);
        Assert.Equal(KeygenState.CollectingParticipants, (await StatusAsync()).State);
        Assert.False(world.Model.IsHealthy);
        Assert.IsType<KeymeldAnswer<EnclaveKey>.TryLater>(await world.Gateway.GetEnclaveAsync(1, CancellationToken.None));
        Assert.False(Party.Done(await world.Gateway.GetEnclavesAsync(CancellationToken.None))[1].Healthy);

        world.Model.SetDown(1, isDown: false);
        await TicksAsync(world, 1);
        Assert.Equal(KeygenState.Completed, (await StatusAsync()).State);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        await TicksAsync(world, 2);
        world.Model.SetDown(1, isDown: true);
        await TicksAsync(world, 10);
        using var me = party.Seat(0);
        Assert.Equal(
            SigningState.DistributingNonces,
            Party.Done(await world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None)).State);
        world.Model.SetDown(1, isDown: false);
        party.Verify(order, await party.EndAsync(world.Gateway, order, world.TickAsync));

        async Task<KeygenStatus> StatusAsync()
            => Party.Done(await world.Gateway.GetKeygenAsync(party.Session, party.Secret, CancellationToken.None));
    }

    [Fact]
    public async Task A_slow_enclave_makes_each_step_take_longer()
    {
        using var world = new InProcess();
        using var party = Party.Of(2);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        world.Model.SetSlow(world.Model.Export().Keygens[party.Session].CoordinatorEnclave, 9);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        await TicksAsync(world, 39);
        using var me = party.Seat(0);
        Assert.Equal(
            SigningState.FinalizingSignature,
            Party.Done(await world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None)).State);
        await TicksAsync(world, 1);
        party.Verify(order, await party.EndAsync(world.Gateway, order, world.TickAsync));
    }

    [Fact]
    public async Task Expired_sessions_are_gone_completed_or_not()
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(2, seconds: 7_200);
        using var waiting = Party.Of(2, number: 2, seconds: 7_200);
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        await waiting.OpenAsync(world.Gateway);
        var order = party.Order(1, party.Plain(1));
        await party.SignAsync(world.Gateway, order, OnWire.WaitAsync);

        await world.ControlAsync("/clock", """{"advance_seconds":301}""");
        using var me = party.Seat(0);
        var signing = await world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None);
        Assert.True(Assert.IsType<KeymeldAnswer<SigningStatus>.Refused>(signing).IsNotFound);
        Party.Done(await world.Gateway.GetKeygenAsync(party.Session, party.Secret, CancellationToken.None));

        await world.ControlAsync("/clock", """{"advance_seconds":7000}""");
        foreach (var gone in new[] { party, waiting })
        {
            var keygen = await world.Gateway.GetKeygenAsync(gone.Session, gone.Secret, CancellationToken.None);
            Assert.True(Assert.IsType<KeymeldAnswer<KeygenStatus>.Refused>(keygen).IsNotFound);
        }

        for (var poll = 0; poll < 600 && !world.Model.Export().Keygens.IsEmpty; poll++)
        {
            await OnWire.WaitAsync();
        }

        Assert.Empty(world.Model.Export().Keygens);
        Assert.Empty(world.Model.Export().Signings);
    }

    [Fact]
    public async Task A_swapped_enclave_key_is_announced_everywhere_and_opens_what_is_sent_to_it()
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(4);
        await world.ControlAsync("/enclaves/1", """{"swap_key":true}""");
        var announced = Party.Done(await world.Gateway.GetEnclaveAsync(1, CancellationToken.None));
        Assert.NotEqual(world.Model.EnclaveKey(1), announced.Key);
        Assert.Equal(announced, Party.Done(await world.Gateway.GetEnclavesAsync(CancellationToken.None))[1]);
        Assert.Equal(0, world.Model.StolenSecrets);

        // Nobody who does not pin the key notices anything.
        var order = party.Order(1, party.Plain(1));
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        party.Verify(order, await party.SignAsync(world.Gateway, order, OnWire.WaitAsync));
        Assert.InRange(world.Model.StolenSecrets, 1, 10);
    }

    [Fact]
    public async Task A_wrong_aggregate_is_another_point()
    {
        await using var world = await OnWire.StartAsync(new KeymeldBehaviour { WrongAggregate = true });
        using var party = Party.Of(3);
        var status = await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        Assert.NotEqual(party.Everybody.Key, status.Aggregate);
        world.Model.Behaviour = new();
        Assert.Equal(party.Everybody.Key, (await party.AggregateAsync(world.Gateway, OnWire.WaitAsync)).Aggregate);
    }

    [Fact]
    public async Task One_result_is_wrong_where_that_is_scripted()
    {
        using var world = new InProcess(new KeymeldBehaviour { WrongSignature = true });
        using var party = Party.Of(3);
        using var point = Party.Key("attestation");
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        var order = party.Order(1, Party.Locked(1, point.PublicKey), party.Plain(2), party.Plain(3));
        var status = await party.SignAsync(world.Gateway, order, world.TickAsync);
        var locked = AdaptorSignature.TryFrom(((RemoteSignature.Adaptor)status.Results[order.Items[0].Id]).Signature65)!;
        Assert.False(locked.Verify(party.Everybody.Key, order.Items[0].Message32, point.PublicKey));
        party.Verify(order with { Items = [.. order.Items[1..]] }, status);
    }

    [Fact]
    public async Task A_plain_signature_instead_of_an_adaptor_spends_at_once()
    {
        await using var world = await OnWire.StartAsync(new KeymeldBehaviour { PlainInsteadOfAdaptor = true });
        using var party = Party.Of(3);
        using var point = Party.Key("attestation");
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        var order = party.Order(1, Party.Locked(1, point.PublicKey));
        var status = await party.SignAsync(world.Gateway, order, OnWire.WaitAsync);
        party.Verify(order with { Items = [order.Items[0] with { Adaptor = null }] }, status);
    }

    [Fact]
    public async Task A_gateway_may_never_finish()
    {
        using var world = new InProcess(new KeymeldBehaviour { NeverFinish = true });
        using var party = Party.Of(2);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        await TicksAsync(world, 100);
        using var me = party.Seat(0);
        Assert.Equal(
            SigningState.CollectingParticipants,
            Party.Done(await world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None)).State);
    }

    [Fact]
    public async Task A_gateway_may_sign_without_the_approval_it_was_told_to_wait_for()
    {
        await using var world = await OnWire.StartAsync();
        await world.ControlAsync("/behaviour", """{"ignore_approvals":true}""", HttpMethod.Put);
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync, coordinatorApproves: true);
        var order = party.Order(1, party.Plain(1));
        party.Verify(order, await party.SignAsync(world.Gateway, order, OnWire.WaitAsync));
    }

    [Fact]
    public async Task Control_routes_are_never_hit_and_refuse_nonsense()
    {
        await using var world = await OnWire.StartAsync();
        await world.ControlAsync("/faults", """{"kind":"Status","times":3}""");
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, "/control/", null, null, null)).Status);
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, "/control/counters", null, null, null)).Status);
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Delete, "/control/faults", null, null, null)).Status);
        Assert.Equal(200, (await world.GetAsync("/version")).Status);
        Assert.Equal(404, (await PostAsync("/control/enclaves/9", """{"down":true}""")).Status);
        Assert.Equal(400, (await PostAsync("/control/clock", """{"advance_seconds":1e300}""")).Status);
        Assert.Equal(400, (await PostAsync("/control/clock", "{")).Status);

        Task<WireAnswer> PostAsync(string path, string json)
            => world.SendAsync(HttpMethod.Post, path, null, null, Encoding.UTF8.GetBytes(json));
    }

    private static Task<WireAnswer> ReserveAsync(OnWire world, Party party)
        => world.PostAsync("/keygen/reserve", Bodies.Reserve(party), KeymeldJson.Default.ReserveRequest);

    private static async Task TicksAsync(InProcess world, int ticks)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            await world.TickAsync();
            await world.Gateway.GetVersionAsync(CancellationToken.None);
        }
    }
}
