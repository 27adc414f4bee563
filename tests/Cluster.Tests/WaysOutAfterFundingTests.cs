using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Lightning;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>What a funded competition may run into; every one is carried to its end. The rest of the table is in the other files.</summary>
public sealed class WaysOutAfterFundingTests
{
    [Fact]
    public void A_settlement_depth_of_three_reveals_nothing_at_two_even_after_a_reorganisation()
    {
        using var world = new World(320, settings => settings with { SettlementDepth = 3 });
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        world.Mine(2);
        Assert.Equal(0, game.Watch.Settled);
        world.Chain.Reorganise(2);
        world.Wake(WakeReason.Block);
        world.Mine(2);
        Assert.Equal(0, game.Watch.Settled);
        var after = Play(game);
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
    }

    [Fact]
    public void A_creator_asks_for_a_deeper_settlement_than_the_operators_default()
    {
        using var world = new World(321);
        using var game = new Game(world, settlementDepth: 4);
        game.Create().Until("funding_broadcasted");
        world.Mine(3);
        Assert.Equal(0, game.Watch.Settled);
        game.Look();
        Assert.Equal("funding_broadcasted", game.View.State);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_funding_reorganised_away_after_the_settlement_is_sent_again_and_nothing_is_cancelled()
    {
        using var world = new World(322);
        using var game = new Game(world) { Attests = null };
        game.Create().Until("awaiting_attestation");
        Assert.Equal(3, game.Watch.Settled);
        world.Chain.Reorganise(1);
        world.Chain.Evict(OutPoint.Parse(game.View.FundingOutpoint!).Txid);
        world.Wake(WakeReason.Block);
        world.Mine(2);
        game.Attests = 0;
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_wrong_attestation_is_refused_told_to_the_operator_and_the_expiry_pays()
    {
        using var world = new World(323);
        using var game = new Game(world) { Attests = null };
        game.Create().Until("awaiting_attestation");
        world.Oracle.Behaviour = world.Oracle.Behaviour with { WrongAttestation = true };
        world.Oracle.Attest(game.Id, 0);
        world.Wake(WakeReason.Oracle);
        game.Look();
        Assert.Equal("awaiting_attestation", game.View.State);
        Assert.StartsWith("wrong_attestation", Assert.Single(game.View.Notices), StringComparison.Ordinal);
        var after = Play(game);
        Assert.Equal("exp", game.View.Outcome);
        CheckEveryWinnerOnce(game, after, Outcome.Expiry);
    }

    [Fact]
    public void An_attestation_after_the_expiry_confirmed_changes_nothing()
    {
        using var world = new World(324);
        using var game = new Game(world) { Attests = null };
        game.Create().Until("outcome_broadcasted");
        world.Oracle.Attest(game.Id, 0);
        world.Wake(WakeReason.Oracle);
        var after = Play(game);
        Assert.Equal("exp", game.View.Outcome);
        CheckEveryWinnerOnce(game, after, Outcome.Expiry);
    }

    [Fact]
    public void An_outcome_that_loses_the_race_to_the_expiry_pays_as_the_chain_says()
    {
        using var world = new World(325);
        using var game = new Game(world) { Mines = false };
        game.Create().Until("funding_broadcasted");
        world.Mine();
        game.Until("attested");
        game.Attests = null;
        var expiry = game.Players[0].Signed!.ExpiryTransaction();
        world.Chain.Hold(Assert.Single(world.Chain.Waiting).Transaction.Txid);
        world.Chain.Mine(11, TimeSpan.FromHours(8));
        world.Chain.Mine(DateTimeOffset.FromUnixTimeSeconds(world.Chain.Tip.Time + 600), [expiry]);
        world.Wake(WakeReason.Block);
        game.Mines = true;
        game.Until("outcome_broadcasted");
        Assert.Equal("exp", game.View.Outcome);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Expiry);
    }

    [Fact]
    public void A_payout_that_failed_is_asked_for_again_and_paid_once()
    {
        using var world = new World(326);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        foreach (var player in game.Players)
        {
            world.Lightning.FailNext(PayoutHash(player), PaymentFailure.NoRoute);
        }

        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        Assert.Contains(world.Lightning.Payments(World.CoordinatorNode), payment => payment.Status == PaymentStatus.Succeeded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_payout_that_hangs_keeps_the_share_until_the_node_says_how_it_ended(bool succeeds)
    {
        using var world = new World(327);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        foreach (var player in game.Players)
        {
            (player.Takes, player.HoldsPayout) = (Taking.Lightning, true);
        }

        game.Until("outcome_broadcasted");
        for (var step = 0; step < 5; step++)
        {
            game.Step();
        }

        Assert.Equal(["in_flight", "in_flight"], Owed(game).Select(owed => owed.Way));
        foreach (var player in game.Players)
        {
            player.EndPayout(succeeds);
        }

        var after = Play(game);
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0), asWished: false);
        Assert.Equal(succeeds, after.PlayersChain.All(sats => sats == 0));
    }

    [Fact]
    public void Who_is_owed_is_listed_with_heights_until_the_share_is_decided()
    {
        using var world = new World(328);
        using var game = new Game(world);
        foreach (var player in game.Players)
        {
            player.Takes = Taking.Never;
        }

        game.Create().Until("outcome_broadcasted");
        world.Mine();
        var owed = Owed(game);
        Assert.Equal(Shares(game, Outcome.Attestation(0)).Where(share => share > 0).Order(), owed.Select(share => share.Sats).Order());
        Assert.All(owed, share => Assert.Equal(("lightning", null), (share.Way, share.ReclaimableFrom)));
        game.Until("delta_broadcasted");
        world.Mine((2 * Game.Delta) + 2);
        Assert.All(Owed(game), share => Assert.Equal(("on_chain", null), (share.Way, share.ReclaimableFrom)));
        Assert.All(Owed(game), share => Assert.True(share.ClaimableFrom <= world.Chain.Height));
        foreach (var player in game.Players)
        {
            player.Takes = Taking.OnChain;
        }

        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        Assert.Empty(Owed(game));
    }

    [Fact]
    public void A_share_nobody_claims_is_taken_back_after_the_configured_grace_and_not_before()
    {
        using var world = new World(329, settings => settings with { ReclaimGrace = 30 });
        using var game = new Game(world);
        foreach (var player in game.Players)
        {
            player.Takes = Taking.Never;
        }

        game.Create().Until("delta_broadcasted");
        world.Mine(2);
        var from = Owed(game).Select(share => share.ReclaimableFrom!.Value).Distinct().Single();
        world.Mine(from - world.Chain.Height - 1);
        game.Look();
        Assert.NotEmpty(Owed(game));
        Assert.Empty(world.Chain.Waiting);
        var after = Play(game);
        Assert.All(after.PlayersChain, sats => Assert.Equal(0, sats));
    }

    private static List<OwedShareView> Owed(Game game) => [.. game.World.Run(() => game.World.Competition(game.Id).OwedAsync())];

    private static PaymentHash PayoutHash(TestPlayer player) => PaymentHash.FromBytes(Hex.Decode(player.Entry!.PayoutHash));
}
