using System.Globalization;
using Coordinator.Dlc;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>The service dies at one of its writes, before or after it reached the disk, and comes back. CLUSTER_KILLS=all tries every write.</summary>
public sealed class CrashTests
{
    private const int Sample = 10;

    public static TheoryData<int, bool> Kills()
    {
        var data = new TheoryData<int, bool>();
        var all = Environment.GetEnvironmentVariable("CLUSTER_KILLS") == "all";
        var writes = WritesOfAWholeLife();
        var step = all ? 1 : Math.Max(1, writes / Sample);
        for (var write = 1; write <= writes; write += step)
        {
            data.Add(write, write % 2 == 0);
            if (all)
            {
                data.Add(write, write % 2 != 0);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Kills), DisableDiscoveryEnumeration = true)]
    public void A_service_killed_at_any_write_pays_every_winner_exactly_once(int write, bool afterTheWrite)
    {
        using var world = new World(100, firstGate: new CrashGate(write, afterTheWrite));
        using var game = Mixed(world);
        var after = Play(game);
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
    }

    public static TheoryData<int, bool> RemoteKills()
    {
        using var world = new World(110, World.ThroughKeymeld);
        using var game = Mixed(world);
        game.Create();
        var first = world.Gate.Writes;
        game.Until("signing_complete", "funding_broadcasted");
        var all = Environment.GetEnvironmentVariable("CLUSTER_KILLS") == "all";
        var data = new TheoryData<int, bool>();
        for (var write = first; write <= world.Gate.Writes; write += all ? 1 : Math.Max(1, (world.Gate.Writes - first) / 20))
        {
            data.Add(write, write % 2 == 0);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RemoteKills), DisableDiscoveryEnumeration = true)]
    public void A_service_killed_while_a_gateway_signs_goes_on_with_the_same_session_and_user(int write, bool afterTheWrite)
    {
        using var world = new World(110, World.ThroughKeymeld, firstGate: new CrashGate(write, afterTheWrite));
        using var game = Mixed(world);
        game.Create();
        var after = Play(game);
        Assert.True(world.Lives > 1, world.ToString());
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));

        // Sessions of two are the probe's; one that was made for a creation whose answer was lost is never signed with.
        var contract = game.Players[0].Ask(() => game.Players[0].Grain.ContractAsync(game.Players[0].Player))!.Keymeld!;
        var signings = world.Keymeld.Export().Signings.Values.Where(signing => contract.SigningSessions.Contains(signing.Id)).ToList();
        Assert.NotEmpty(signings);
        Assert.All(signings, signing => Assert.Equal(contract.SessionId, signing.KeygenId));
        var keygen = world.Keymeld.Export().Keygens[contract.SessionId];
        Assert.Contains(keygen.Coordinator, keygen.Registrations.Keys);
        Assert.Equal(keygen.Registrations.Keys.Order(Coordinator.Keymeld.UuidText.Order).First(), keygen.Coordinator);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(53)]
    public void A_service_that_dies_again_and_again_still_ends_with_everybody_paid(int writesOfALife)
    {
        using var world = new World(101, firstGate: new CrashGate(writesOfALife));
        world.NextGate = () => new CrashGate(writesOfALife, world.Lives % 2 == 0);
        using var game = Mixed(world);
        var after = Play(game);
        Assert.True(world.Lives > 2, world.Lives.ToString(CultureInfo.InvariantCulture));
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
    }

    [Fact]
    public void A_cancelled_competition_gives_everything_back_although_the_service_dies_on_the_way()
    {
        for (var write = 2; write < 40; write += 5)
        {
            using var world = new World(102, firstGate: new CrashGate(write, write % 2 == 0));
            using var game = new Game(world);
            game.Players[2].Pays = false;
            game.Create().Until("cancelled");
            CheckCancelled(game);
        }
    }

    private static Game Mixed(World world)
    {
        var game = new Game(world);
        game.Players[0].Takes = Taking.OnChain;
        game.Players[1].Takes = Taking.Lightning;
        return game;
    }

    private static int WritesOfAWholeLife()
    {
        using var world = new World(100);
        using var game = Mixed(world);
        game.Create().Until("completed");
        return world.Gate.Writes;
    }
}
