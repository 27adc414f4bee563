using Coordinator.Dlc;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Rounds, liars, lost nonces and the signing deadline (D8 to D10).</summary>
public sealed class SigningTests
{
    [Fact]
    public void A_wrong_partial_signature_is_named_and_sent_again_in_the_same_round()
    {
        using var world = new World(30);
        using var game = new Game(world);
        game.Players[1].Lies = true;
        var after = Play(game);
        Assert.True(game.Players[1].Rejections > 0);
        Assert.Equal(0, game.Players[0].Rejections + game.Players[2].Rejections);
        Assert.All(game.Players, player => Assert.Equal(1, player.Rounds));
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
    }

    [Fact]
    public void Nonces_lost_with_the_service_open_a_round_in_which_everybody_begins_anew()
    {
        using var world = new World(31);
        using var game = new Game(world);
        game.Players[0].Signs = false;
        game.Create().Until("contract_created");
        game.Players[0].Signs = true;
        game.Until("awaiting_signatures");
        world.Restart();
        var after = Play(game);
        Assert.All(game.Players, player => Assert.Equal(2, player.Rounds));
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
    }

    [Fact]
    public void A_restart_before_the_aggregate_is_published_costs_nobody_a_round()
    {
        using var world = new World(32);
        using var game = new Game(world);
        game.Players[2].Signs = false;
        game.Create().Until("contract_created");
        game.Step();
        game.Step();
        world.Restart();
        game.Players[2].Signs = true;
        Play(game);
        Assert.All(game.Players, player => Assert.Equal(1, player.Rounds));
    }

    [Fact]
    public void A_player_forces_at_most_three_new_rounds()
    {
        using var world = new World(33);
        using var game = new Game(world);
        game.Create().Until("awaiting_signatures");
        for (var forced = 1; forced <= 3; forced++)
        {
            Assert.True(game.Players[0].ForceNewNonces(), $"{forced}: {game.Players[0].LastProblem}");
            game.Look();
            game.Until("awaiting_signatures");
        }

        Assert.False(game.Players[0].ForceNewNonces());
        Assert.Equal("too_many_rounds", game.Players[0].LastProblem!.Code);
    }

    [Fact]
    public void A_competition_not_signed_by_the_deadline_is_cancelled_and_the_late_signer_named()
    {
        using var world = new World(34);
        using var game = new Game(world) { StepTime = TimeSpan.FromSeconds(30) };
        game.Players[1].Signs = false;
        game.Create().Until("cancelled");
        Assert.Contains(game.Players[1].Entry!.Id.ToString(), game.View.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(game.Players[0].Entry!.Id.ToString(), game.View.Reason, StringComparison.Ordinal);
        CheckCancelled(game);
    }

    [Fact]
    public void An_attestation_before_the_funding_ends_the_competition()
    {
        using var world = new World(35);
        using var game = new Game(world);
        game.Players[1].Signs = false;
        game.Create().Until("contract_created");
        world.Oracle.Attest(game.Id, 2);
        world.Pass(TimeSpan.FromMinutes(2));
        game.Look();
        CheckCancelled(game);
    }
}
