using Coordinator.Keymeld;
using Coordinator.Players.Play;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Tests;

/// <summary>What a player compares once the session secret is shared: any difference is said and nothing is relied on.</summary>
public sealed class RemoteCheckTests
{
    [Fact]
    public async Task Keys_and_results_of_an_honest_session_are_those_of_the_contract()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        var (signing, own) = await world.SignAsync();
        using var check = new RemoteCheck(player);
        var shown = world.Shown(world.Encrypted(world.Secret), signings: signing);
        await check.FollowAsync(shown, seat, world.Dlc, CancellationToken.None);
        Assert.True(await check.CompareAsync(shown.Keymeld!, world.Dlc, own, CancellationToken.None));
        Assert.Contains("keygen_verified", world.Said, StringComparison.Ordinal);
        Assert.Contains("results_verified", world.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Secret.ToHex(), world.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_secret_the_contract_alone_counts_and_that_is_said()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        var (signing, own) = await world.SignAsync();
        using var check = new RemoteCheck(player);
        var shown = world.Shown(null, signings: signing);
        await check.FollowAsync(shown, seat, world.Dlc, CancellationToken.None);
        Assert.False(await check.CompareAsync(shown.Keymeld!, world.Dlc, own, CancellationToken.None));
        Assert.DoesNotContain("signing_unread", world.Said, StringComparison.Ordinal);
        for (var look = 0; look < 100 && !await check.CompareAsync(shown.Keymeld!, world.Dlc, own, CancellationToken.None); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Contains("signing_unread", world.Said, StringComparison.Ordinal);
        Assert.Contains("not shared", world.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_that_names_another_session_or_asks_for_own_signatures_is_refused()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        using var check = new RemoteCheck(player);
        await RefusedAsync(() => check.FollowAsync(world.Shown(null, session: world.Tickets[1]), seat, world.Dlc, CancellationToken.None), "does not name");
        await RefusedAsync(
            () => check.FollowAsync(world.Shown(null) with { Keymeld = null }, seat, world.Dlc, CancellationToken.None), "does not name");
        await RefusedAsync(() => check.FollowAsync(world.Shown(null, round: "00"), seat, world.Dlc, CancellationToken.None), "own signatures");
    }

    [Fact]
    public async Task A_secret_for_somebody_else_of_another_session_or_of_nonsense_is_refused()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        using var other = SessionSecret.Generate();
        await FollowRefusedAsync(world, player, seat, world.Encrypted(world.Secret, player: 1), "not encrypted for this player");
        await FollowRefusedAsync(world, player, seat, world.Encrypted(other), "does not tell this player");
        await FollowRefusedAsync(world, player, seat, "AAAA", "not encrypted for this player");
    }

    [Fact]
    public async Task A_gateway_that_shows_another_aggregate_is_found_out()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        world.Simulator.Model.Behaviour = world.Simulator.Model.Behaviour with { WrongAggregate = true };
        await FollowRefusedAsync(world, player, seat, world.Encrypted(world.Secret), "not the contract's");
    }

    [Fact]
    public async Task A_contract_of_other_players_than_the_session_is_found_out()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        using var check = new RemoteCheck(player);
        var smaller = world.ContractOf(2);
        await RefusedAsync(
            () => check.FollowAsync(world.Shown(world.Encrypted(world.Secret)), seat, smaller, CancellationToken.None), "not the contract's");
    }

    [Fact]
    public async Task Good_signatures_that_no_named_session_made_are_refused()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        var (named, _) = await world.SignAsync();
        var (_, own) = await world.SignAsync();
        using var check = new RemoteCheck(player);
        var shown = world.Shown(world.Encrypted(world.Secret), signings: named);
        await check.FollowAsync(shown, seat, world.Dlc, CancellationToken.None);
        await RefusedAsync(() => check.CompareAsync(shown.Keymeld!, world.Dlc, own, CancellationToken.None), "no signing session");
    }

    [Fact]
    public async Task Sessions_that_made_more_than_the_contract_needs_are_refused()
    {
        await using var world = await SignedRemotely.StartAsync();
        var (player, seat) = await CompleteAsync(world);
        var (first, own) = await world.SignAsync();
        var (second, _) = await world.SignAsync();
        using var check = new RemoteCheck(player);
        var shown = world.Shown(world.Encrypted(world.Secret), signings: [first, second]);
        await check.FollowAsync(shown, seat, world.Dlc, CancellationToken.None);
        await RefusedAsync(() => check.CompareAsync(shown.Keymeld!, world.Dlc, own, CancellationToken.None), "the contract has others");
    }

    private static async Task<(PlayerContext Player, KeymeldSeat Seat)> CompleteAsync(SignedRemotely world)
    {
        var enclave = await world.OpenAsync();
        var seat = (await EnclaveCheck.PrepareAsync(world.Player(), world.Ticket(enclave), CancellationToken.None))!;
        await world.CompleteAsync(seat);
        return (world.Player(seat), seat);
    }

    private static async Task FollowRefusedAsync(SignedRemotely world, PlayerContext player, KeymeldSeat seat, string secret, string why)
    {
        using var check = new RemoteCheck(player);
        await RefusedAsync(() => check.FollowAsync(world.Shown(secret), seat, world.Dlc, CancellationToken.None), why);
    }

    private static async Task RefusedAsync(Func<Task> act, string why)
        => Assert.Contains(why, (await Assert.ThrowsAsync<PlayerException>(act)).Message, StringComparison.Ordinal);
}
