using Coordinator.Dlc;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>One whole competition to each of its ends.</summary>
public sealed class EndingTests
{
    [Fact]
    public void All_winners_paid_over_lightning_with_keys_end_in_one_cooperative_close()
    {
        using var world = new World(1);
        using var game = new Game(world);
        var after = Play(game);
        Assert.All(after.PlayersChain, sats => Assert.Equal(0, sats));
        Assert.Equal(Shares(game, Outcome.Attestation(0)), Gained(game, after));
        Assert.Single(OutcomeSpender(game).Inputs[0].Witness);
    }

    [Fact]
    public void A_winner_who_keeps_the_key_is_bought_out_with_the_payout_preimage()
    {
        using var world = new World(2);
        using var game = new Game(world);
        game.Players[0].Takes = game.Players[1].Takes = game.Players[2].Takes = Taking.Lightning;
        var after = Play(game);
        Assert.All(after.PlayersChain, sats => Assert.Equal(0, sats));
        Assert.Equal(Shares(game, Outcome.Attestation(0)), Gained(game, after));
        Assert.Equal(4, OutcomeSpender(game).Inputs[0].Witness.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Mixed_winners_each_get_their_share_once_by_lightning_or_on_chain(int onChain)
    {
        using var world = new World(3 + (ulong)onChain);
        using var game = new Game(world);
        game.Players[onChain].Takes = Taking.OnChain;
        game.Players[(onChain + 1) % 3].Takes = Taking.Lightning;
        var after = Play(game);
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
    }

    [Fact]
    public void Every_winner_takes_their_share_on_chain_from_their_own_data()
    {
        using var world = new World(7);
        using var game = new Game(world);
        foreach (var player in game.Players)
        {
            player.Takes = Taking.OnChain;
        }

        var after = Play(game);
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
        Assert.Equal([0L, 0L, 0L], Gained(game, after));
    }

    [Fact]
    public void Shares_of_winners_who_never_come_are_reclaimed_only_after_the_operator_released_them()
    {
        using var world = new World(8);
        using var game = new Game(world);
        foreach (var player in game.Players)
        {
            player.Takes = Taking.Never;
        }

        game.Create().Until("delta_broadcasted");
        for (var block = 0; block < (2 * Game.Delta) + 6; block++)
        {
            game.Step();
        }

        Assert.Equal("delta_broadcasted", game.View.State);
        game.Releases = true;
        var after = Play(game);
        Assert.All(after.PlayersChain, sats => Assert.Equal(0, sats));
        Assert.Equal([0L, 0L, 0L], Gained(game, after));
    }

    [Fact]
    public void A_refund_of_all_gives_everybody_the_same()
    {
        using var world = new World(9);
        using var game = new Game(world) { Attests = Game.RefundOutcome(3, 2) };
        game.Players[1].Takes = Taking.OnChain;
        var after = Play(game);
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(Game.RefundOutcome(3, 2)));
    }

    [Fact]
    public void Without_an_attestation_the_expiry_pays_everybody_the_same()
    {
        using var world = new World(10);
        using var game = new Game(world) { Attests = null };
        game.Players[2].Takes = Taking.OnChain;
        var after = Play(game);
        Assert.Equal("exp", game.View.Outcome);
        CheckEveryWinnerOnce(game, after, Outcome.Expiry);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    public void Other_shapes_complete_too(int players, int places)
    {
        using var world = new World(11 + (ulong)players);
        using var game = new Game(world, players, places) { Attests = 1 };
        var after = Play(game);
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(1));
    }
}
