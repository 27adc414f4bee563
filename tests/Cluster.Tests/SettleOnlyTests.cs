using Coordinator.Dlc;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>No new money, every obligation to its end.</summary>
public sealed class SettleOnlyTests
{
    [Fact]
    public void What_is_funded_goes_to_its_end_and_nothing_new_is_taken()
    {
        using var world = new World(310);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        Assert.Null(world.SettleOnly(true));
        world.Restart();
        Assert.True(world.Status().SettleOnly);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));

        using var refused = new Game(world);
        Assert.Equal("settle_only", Refused(refused));
        Assert.Null(world.SettleOnly(false));
        refused.Create();
        Assert.Equal("created", refused.View.State);
    }

    [Fact]
    public void Tickets_are_refused_and_what_is_not_funded_gives_everything_back_at_its_deadline()
    {
        using var world = new World(311);
        using var game = new Game(world);
        game.Players[2].Comes = false;
        game.Create().Step();
        Assert.Null(world.SettleOnly(true));
        game.Players[2].Comes = true;
        game.Step();
        Assert.Equal("settle_only", game.Players[2].LastProblem?.Code);
        game.Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void A_signed_contract_is_not_funded()
    {
        using var world = new World(312);
        using var game = new Game(world);
        game.Create().Until("signing_complete");
        Assert.Null(world.SettleOnly(true));
        game.StepTime = TimeSpan.FromMinutes(1);
        game.Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void The_configuration_outranks_the_operator()
    {
        using var world = new World(313, settings => settings with { SettleOnly = true });
        using var game = new Game(world);
        Assert.Equal("settle_only", Refused(game));
        Assert.Equal("settle_only_configured", world.SettleOnly(false)?.Code);
        Assert.Contains("by configuration", world.Status().Reasons);
    }

    private static string? Refused(Game game) => game.World.Run(() => game.World.Competition(game.Id).CreateAsync(game.Request)).Problem?.Code;
}
