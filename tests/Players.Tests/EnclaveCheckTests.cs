using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Players.Play;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Tests;

/// <summary>Before the entry's key is encrypted to anything.</summary>
public sealed class EnclaveCheckTests
{
    [Fact]
    public async Task A_key_is_left_with_the_enclave_that_the_gateway_announces_and_the_pins_name()
    {
        await using var world = await SignedRemotely.StartAsync();
        var enclave = await world.OpenAsync();
        var player = world.Player(pins: ImmutableDictionary<int, PublicKey>.Empty.Add(enclave.Id, enclave.Key));
        var seat = await EnclaveCheck.PrepareAsync(player, world.Ticket(enclave), CancellationToken.None);
        Assert.True(SeatKeys.IsWellFormed(seat!.EncryptedKey));
        await world.CompleteAsync(seat);
        Assert.Contains("enclave_checked", world.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_without_keymeld_leaves_no_key()
    {
        await using var world = await SignedRemotely.StartAsync();
        var ticket = System.Text.Json.JsonSerializer.SerializeToElement(new { ticket_id = world.Tickets[0], keymeld_session_id = (string?)null });
        Assert.Null(await EnclaveCheck.PrepareAsync(world.Player(), ticket, CancellationToken.None));
    }

    [Fact]
    public async Task A_coordinator_that_hands_out_a_key_of_its_own_gets_nothing()
    {
        await using var world = await SignedRemotely.StartAsync();
        var enclave = await world.OpenAsync();
        await RefusedAsync(world, world.Player(), enclave with { Key = world.MarketMaker.PublicKey }, "gateway announces");
    }

    [Fact]
    public async Task A_gateway_that_swapped_the_enclaves_key_gets_nothing()
    {
        await using var world = await SignedRemotely.StartAsync();
        var enclave = await world.OpenAsync();
        world.Simulator.Model.SwapKey(enclave.Id, true);
        await RefusedAsync(world, world.Player(), enclave, "gateway announces");
    }

    [Fact]
    public async Task Where_coordinator_and_gateway_lie_together_the_pins_tell()
    {
        await using var world = await SignedRemotely.StartAsync();
        var enclave = await world.OpenAsync();
        world.Simulator.Model.SwapKey(enclave.Id, true);
        var swapped = (await world.Gateway.GetEnclaveAsync(enclave.Id, CancellationToken.None)).TryGet(out var known) ? known : throw new InvalidOperationException();
        Assert.NotEqual(enclave.Key, swapped.Key);
        await RefusedAsync(world, world.Player(pins: ImmutableDictionary<int, PublicKey>.Empty.Add(enclave.Id, enclave.Key)), swapped, "pinned");
    }

    [Fact]
    public async Task An_enclave_that_was_never_pinned_gets_nothing()
    {
        await using var world = await SignedRemotely.StartAsync();
        var enclave = await world.OpenAsync();
        await RefusedAsync(world, world.Player(pins: ImmutableDictionary<int, PublicKey>.Empty.Add(enclave.Id + 1, enclave.Key)), enclave, "pinned");
    }

    [Theory]
    [InlineData("not a uuid")]
    [InlineData("{019baa05-190c-7a93-bd97-b4ea88020d88}")]
    public async Task A_session_id_that_is_none_is_refused(string session)
    {
        await using var world = await SignedRemotely.StartAsync();
        var enclave = await world.OpenAsync();
        var refused = await Assert.ThrowsAsync<PlayerException>(
            () => EnclaveCheck.PrepareAsync(world.Player(), world.Ticket(enclave, session), CancellationToken.None));
        Assert.Contains("do not read", refused.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(SignedRemotely world, PlayerContext player, EnclaveKey shown, string why)
    {
        var refused = await Assert.ThrowsAsync<PlayerException>(() => EnclaveCheck.PrepareAsync(player, world.Ticket(shown), CancellationToken.None));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("enclave_checked", world.Said, StringComparison.Ordinal);
    }
}
