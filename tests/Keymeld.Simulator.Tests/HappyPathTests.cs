using Coordinator.Bitcoin;

namespace Coordinator.Keymeld.Simulator.Tests;

public sealed class HappyPathTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(24)]
    public async Task Members_get_the_aggregates_they_compute_themselves_and_signatures_under_them(int members)
    {
        using var world = new InProcess();
        using var party = Party.Of(members, [[0, members - 1], [.. Enumerable.Range(0, members)], [0, 1]]);
        var status = await party.CompleteAsync(world.Gateway, world.TickAsync);

        Assert.Equal(party.Everybody.Key, status.Aggregate);
        Assert.Equal(3, status.Subsets.Count);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(party.Subset(i).Key, status.Subsets[party.Plan.Subsets[i].Id]));

        using var secret = Party.Key("attestation");
        var order = party.Order(
            1, party.Plain(1), Party.Locked(2, secret.PublicKey), party.Plain(3, 0), party.Plain(4, 1), party.Plain(5, 2));
        var signed = await party.SignAsync(world.Gateway, order, world.TickAsync);

        party.Verify(order, signed);
        Assert.Equal(5, signed.Results.Count);
        var locked = AdaptorSignature.TryFrom(((RemoteSignature.Adaptor)signed.Results[order.Items[1].Id]).Signature65)!;
        var completed = locked.Adapt(secret)!;
        Assert.True(completed.Verify(party.Everybody.XOnly, order.Items[1].Message32));
        Assert.Equal(secret.ToBytes(), locked.Reveal(completed)!.ToBytes());
    }

    [Fact]
    public async Task Two_sessions_over_the_same_batch_use_different_nonces()
    {
        using var world = new InProcess();
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        using var secret = Party.Key("attestation");
        var items = new[] { party.Plain(1), Party.Locked(2, secret.PublicKey) };

        var first = await party.SignAsync(world.Gateway, party.Order(1, items), world.TickAsync);
        var second = await party.SignAsync(world.Gateway, party.Order(2, items), world.TickAsync);

        party.Verify(party.Order(1, items), first);
        party.Verify(party.Order(2, items), second);
        foreach (var item in items)
        {
            Assert.NotEqual(Nonce(first.Results[item.Id]), Nonce(second.Results[item.Id]));
        }
    }

    [Fact]
    public async Task A_signing_session_goes_one_step_in_each_tick()
    {
        using var world = new InProcess();
        using var party = Party.Of(2);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));

        using var me = party.Seat(1);
        var seen = new List<SigningState>();
        for (var tick = 0; tick < 5; tick++)
        {
            seen.Add(Party.Done(await world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None)).State);
            await world.TickAsync();
        }

        Assert.Equal(
            [
                SigningState.CollectingParticipants, SigningState.InitializingSession, SigningState.DistributingNonces,
                SigningState.FinalizingSignature, SigningState.Completed,
            ],
            seen);
    }

    [Fact]
    public async Task The_port_in_process_has_answered_before_its_call_returns()
    {
        using var world = new InProcess();
        using var party = Party.Of(2);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        using var me = party.Seat(0);
        var order = party.Order(1, [.. Enumerable.Range(0, 100).Select(i => party.Plain(i))]);
        Assert.True(world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None).IsCompletedSuccessfully);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var status = world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None);
        Assert.True(status.IsCompletedSuccessfully);
        party.Verify(order, Party.Done(await status));
        Assert.Equal(0, world.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Keygen_collects_until_everybody_is_registered_and_a_tick_has_passed()
    {
        using var world = new InProcess();
        using var party = Party.Of(3);
        await party.OpenAsync(world.Gateway);
        await party.RegisterAsync(world.Gateway, whom: seat => seat != 2);
        await world.TickAsync();
        await world.TickAsync();
        Assert.Equal(KeygenState.CollectingParticipants, (await StatusAsync()).State);

        await party.RegisterAsync(world.Gateway);
        Assert.Equal(KeygenState.CollectingParticipants, (await StatusAsync()).State);
        await world.TickAsync();
        Assert.Equal(KeygenState.Completed, (await StatusAsync()).State);

        async Task<KeygenStatus> StatusAsync()
            => Party.Done(await world.Gateway.GetKeygenAsync(party.Session, party.Secret, CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_is_signed_before_the_approvals_that_were_asked_for()
    {
        using var world = new InProcess();
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, world.TickAsync, coordinatorApproves: true);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        using var player = party.Seat(1);
        using var coordinator = party.Seat(0);
        Party.Done(await world.Gateway.ApproveAsync(order.Signing, player, CancellationToken.None));
        for (var tick = 0; tick < 20; tick++)
        {
            await world.TickAsync();
        }

        var waiting = Party.Done(await world.Gateway.GetSigningAsync(order.Signing, player, party.Secret, CancellationToken.None));
        Assert.Equal(SigningState.CollectingParticipants, waiting.State);
        Assert.Equal(party.Users[0], Assert.Single(waiting.RequiringApproval));
        Assert.Empty(waiting.Approved);

        Party.Done(await world.Gateway.ApproveAsync(order.Signing, coordinator, CancellationToken.None));
        var approved = Party.Done(await world.Gateway.GetSigningAsync(order.Signing, player, party.Secret, CancellationToken.None));
        Assert.Equal(party.Users[0], Assert.Single(approved.Approved));
        party.Verify(order, await party.EndAsync(world.Gateway, order, world.TickAsync));
    }

    private static byte[] Nonce(RemoteSignature signature) => signature switch
    {
        RemoteSignature.Plain plain => plain.Signature64[..32],
        RemoteSignature.Adaptor adaptor => adaptor.Signature65[..33],
        _ => throw new InvalidOperationException("no signature"),
    };
}
