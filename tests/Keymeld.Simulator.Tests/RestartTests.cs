using Coordinator.Simulators.Keymeld;

namespace Coordinator.Keymeld.Simulator.Tests;

public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keymeld-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_gateway_that_starts_again_between_any_two_steps_goes_on()
    {
        using var party = Party.Of(4, [[0, 1], [0, 2, 3]]);
        var order = party.Order(1, party.Plain(1), party.Plain(2, 0), party.Plain(3, 1));
        await RegisterWithRestartsAsync(party);
        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            Assert.Equal(party.Everybody.Key, (await party.AggregateAsync(world.Gateway, OnWire.WaitAsync)).Aggregate);
            Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        }

        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            using var coordinator = party.Seat(0);
            world.Model.Behaviour = new KeymeldBehaviour { NeverFinish = true };
            Party.Done(await world.Gateway.ApproveAsync(order.Signing, coordinator, CancellationToken.None));
        }

        await using (var world = await OnWire.StartAsync(new KeymeldBehaviour(), _folder))
        {
            party.Verify(order, await party.EndAsync(world.Gateway, order, OnWire.WaitAsync));
        }

        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            party.Verify(order, await party.EndAsync(world.Gateway, order, OnWire.WaitAsync));
        }
    }

    private async Task RegisterWithRestartsAsync(Party party)
    {
        KeygenReservation reservation;
        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            reservation = Party.Done(await world.Gateway.ReserveAsync(party.Plan, party.Secret, CancellationToken.None));
        }

        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            Party.Done(await world.Gateway.InitializeAsync(party.Plan, reservation, party.Keys[0], party.Secret, CancellationToken.None));
            await party.RegisterAsync(world.Gateway, coordinatorApproves: true, seat => seat < 2);
        }

        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            await party.RegisterAsync(world.Gateway);
        }
    }

    [Fact]
    public async Task A_restart_in_the_middle_of_signing_collects_again_and_draws_new_nonces()
    {
        using var world = new InProcess();
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, world.TickAsync, coordinatorApproves: true);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        using var me = party.Seat(0);
        Party.Done(await world.Gateway.ApproveAsync(order.Signing, me, CancellationToken.None));
        for (var step = 1; step <= 3; step++)
        {
            for (var tick = 0; tick < step; tick++)
            {
                await world.TickAsync();
                await StateAsync();
            }

            Assert.Equal((SigningState)step, await StateAsync());
            world.Model.Restart();
            Assert.Equal(SigningState.CollectingParticipants, await StateAsync());
        }

        Assert.Contains(party.Users[0], world.Model.Export().Signings[order.Signing].Approved);
        party.Verify(order, await party.EndAsync(world.Gateway, order, world.TickAsync));

        async Task<SigningState> StateAsync()
            => Party.Done(await world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None)).State;
    }

    [Fact]
    public async Task The_folder_holds_no_secret_of_the_session_in_clear()
    {
        using var party = Party.Of(3);
        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
            var order = party.Order(1, party.Plain(1));
            party.Verify(order, await party.SignAsync(world.Gateway, order, OnWire.WaitAsync));
        }

        var kept = string.Concat(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.Contains(party.Keys[1].PublicKey.ToHex(), kept, StringComparison.Ordinal);
        Assert.DoesNotContain(party.Secret.ToHex(), kept, StringComparison.Ordinal);
        Assert.All(party.Keys, key => Assert.DoesNotContain(
            Convert.ToHexStringLower(key.ToBytes()), kept, StringComparison.Ordinal));
        Assert.DoesNotContain("nonce", kept.Replace("burns_nonces", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void No_text_of_an_enclave_shows_its_keys()
    {
        using var world = new InProcess();
        world.Model.SwapKey(1, isSwapped: true);
        var document = world.Model.Export();
        Assert.All(document.Enclaves, enclave => Assert.DoesNotContain(enclave.Secret, enclave.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(document.Enclaves[1].SwappedSecret!, document.Enclaves[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_folder_is_refused_by_name()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "keymeld.json"), "{\"enclaves\":7}");
        var refused = Assert.Throws<InvalidDataException>(
            () => new KeymeldSimulator(new KeymeldSimulatorOptions { Folder = _folder }, TimeProvider.System));
        Assert.Contains("keymeld.json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enclaves_keep_their_keys_over_a_restart()
    {
        string[] keys;
        await using (var world = await OnWire.StartAsync(folder: _folder))
        {
            keys = [.. Enumerable.Range(0, 3).Select(id => world.Model.EnclaveKey(id).ToHex())];
        }

        await using var again = await OnWire.StartAsync(folder: _folder);
        Assert.Equal(keys, Enumerable.Range(0, 3).Select(id => again.Model.EnclaveKey(id).ToHex()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_enclaves_restart_its_members_register_again_with_the_same_keys_only(bool withNewKey)
    {
        using var world = new InProcess();
        using var party = Party.Of(4);
        await party.OpenAsync(world.Gateway);
        await party.RegisterAsync(world.Gateway, whom: seat => seat != 3);
        var keygen = world.Model.Export().Keygens[party.Session];
        var seat = Enumerable.Range(1, 2).First(seat => keygen.Assignment[party.Users[seat]] != keygen.CoordinatorEnclave);
        var enclave = keygen.Assignment[party.Users[seat]];
        world.Model.RestartEnclave(enclave, withNewKey, world.Clock.GetUtcNow());
        await party.RegisterAsync(world.Gateway);
        for (var tick = 0; tick < 5; tick++)
        {
            await world.TickAsync();
            var status = Party.Done(await world.Gateway.GetKeygenAsync(party.Session, party.Secret, CancellationToken.None));
            Assert.Equal(KeygenState.CollectingParticipants, status.State);
        }

        var now = Party.Done(await world.Gateway.GetEnclaveAsync(enclave, CancellationToken.None));
        Assert.Equal(2, now.Epoch);
        var other = party.Registration(seat, now) with { RequireApproval = true };
        Assert.IsType<KeymeldAnswer<Acknowledged>.Refused>(await world.Gateway.RegisterAsync(other, party.Secret, CancellationToken.None));
        foreach (var member in Enumerable.Range(0, 4).Where(member => keygen.Assignment[party.Users[member]] == enclave))
        {
            Party.Done(await world.Gateway.RegisterAsync(party.Registration(member, now), party.Secret, CancellationToken.None));
        }

        Assert.Equal(party.Everybody.Key, (await party.AggregateAsync(world.Gateway, world.TickAsync)).Aggregate);
    }

    [Fact]
    public async Task A_restart_with_the_same_key_changes_the_epoch_and_signing_goes_on()
    {
        using var world = new InProcess();
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        var key = world.Model.EnclaveKey(0);
        world.Model.RestartEnclave(0, withNewKey: false, world.Clock.GetUtcNow());
        var after = Party.Done(await world.Gateway.GetEnclaveAsync(0, CancellationToken.None));
        Assert.Equal((key, 2), (after.Key, after.Epoch));
        var order = party.Order(1, party.Plain(1));
        party.Verify(order, await party.SignAsync(world.Gateway, order, world.TickAsync));
    }

    [Fact]
    public async Task An_enclave_may_restart_while_a_step_of_a_session_runs()
    {
        using var world = new InProcess();
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        var order = party.Order(1, [.. Enumerable.Range(1, 60).Select(number => party.Plain(number))]);
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        for (var tick = 0; tick < 80; tick++)
        {
            foreach (var step in world.Model.TakeSteps(world.Clock.GetUtcNow()))
            {
                var running = Task.Run(step);
                SpinWait.SpinUntil(() => running.IsCompleted, TimeSpan.FromMilliseconds(tick / 4.0)); // so that it hits every part of a step
                world.Model.RestartEnclave(0, withNewKey: false, world.Clock.GetUtcNow());
                await running;
            }
        }

        party.Verify(order, await party.EndAsync(world.Gateway, order, world.TickAsync));
    }

    [Fact]
    public async Task The_coordinator_enclave_may_restart_before_everybody_is_registered()
    {
        using var world = new InProcess();
        using var party = Party.Of(4);
        await party.OpenAsync(world.Gateway);
        var keygen = world.Model.Export().Keygens[party.Session];
        world.Model.RestartEnclave(keygen.CoordinatorEnclave, withNewKey: false, world.Clock.GetUtcNow());
        await party.RegisterAsync(world.Gateway);
        Assert.Equal(party.Everybody.Key, (await party.AggregateAsync(world.Gateway, world.TickAsync)).Aggregate);
    }

    [Fact]
    public async Task An_enclave_that_lost_its_key_fails_the_signing_with_a_reason()
    {
        using var world = new InProcess();
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, world.TickAsync);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        var keygen = world.Model.Export().Keygens[party.Session];
        var enclave = keygen.Assignment.Values.First(enclave => enclave != keygen.CoordinatorEnclave);
        world.Model.RestartEnclave(enclave, withNewKey: true, world.Clock.GetUtcNow());
        Assert.Equal(SigningState.Failed, (await party.EndAsync(world.Gateway, order, world.TickAsync)).State);
        var failure = world.Model.Export().Signings[order.Signing].Failure;
        Assert.Contains($"enclave {enclave} cannot open the key", failure, StringComparison.Ordinal);
    }
}
