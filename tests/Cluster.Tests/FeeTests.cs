using Coordinator.Bitcoin;
using static Coordinator.Cluster.Tests.Bumping;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Fees rise beyond the contract's rate: children on change and anchors, sweeps sent again, and where that ends (D22).</summary>
public sealed class FeeTests
{
    private const long Cap = PoolOfThree / 10;

    [Fact]
    public void A_spike_before_the_funding_confirms_is_paid_by_a_child_on_its_change_after_two_blocks()
    {
        using var world = new World(70);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        var funding = Funding(game);
        world.Chain.Spike(20);
        Mine(game, 1);
        Assert.Null(ChildOf(world, funding));
        Mine(game, 1);
        var child = ChildOf(world, funding);
        Assert.NotNull(child);
        Assert.InRange(RateOf(world, funding, child), 20, 20.2);
        Assert.Equal(funding.Txid, OutPoint.Parse(game.View.FundingOutpoint!).Txid);
        Mine(game, 1);
        Assert.True(IsConfirmed(world, funding) && IsConfirmed(world, child), world.Log.Tail);
        Assert.Equal(1, game.View.Bumps!.Number);
        Assert.Equal(FeeOf(world, child), game.View.Bumps.FeesSats);
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void A_spike_at_the_outcome_is_paid_by_a_child_on_its_anchor_out_of_the_kept_coin()
    {
        using var world = new World(71);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        var kept = Funding(game).OutPoint(1);
        Assert.Equal($"bump/{game.Id}", Reserved(world)[kept.ToString()]);
        Assert.Equal(game.View.Bumps!.ReserveSats, Funding(game).Outputs[1].Value.Value);
        world.Chain.Spike(20);
        game.Until("outcome_broadcasted");
        var outcome = Outcome(game);
        var child = ChildOf(world, outcome)!;
        Assert.Equal([outcome.OutPoint(1), kept], child.Inputs.Select(input => input.PreviousOutput));
        Assert.InRange(RateOf(world, outcome, child), 20, 20.2);
        Assert.True(IsConfirmed(world, child));
        Assert.InRange(FeeOf(world, child), 1, Cap);
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
        CheckNothingIsKept(game);
    }

    [Fact]
    public void A_spike_at_the_split_is_paid_by_a_child_with_what_the_outcome_s_child_left()
    {
        using var world = new World(72);
        using var game = Taking(world, Cluster.Tests.Taking.Lightning);
        game.Create().Until("awaiting_attestation");
        world.Chain.Spike(15);
        game.Until("completed");
        var (outcome, split) = (Outcome(game), Split(game));
        var (first, second) = (ChildOf(world, outcome)!, ChildOf(world, split)!);
        Assert.Equal(first.OutPoint(0), second.Inputs[1].PreviousOutput);
        Assert.InRange(RateOf(world, split, second), 15, 15.2);
        CheckEveryWinnerOnce(game, Ledger.CheckEnd(game), Dlc.Outcome.Attestation(0));
        CheckNothingIsKept(game);
    }

    [Fact]
    public void A_sell_back_that_waits_is_sent_again_at_a_higher_rate_from_a_third_of_delta_on()
    {
        using var world = new World(73);
        using var game = Taking(world, Cluster.Tests.Taking.Lightning);
        game.Create().Until("delta_broadcasted");
        var split = Split(game);
        var sweeps = Sweeps(world, split);
        Assert.NotEmpty(sweeps);
        world.Chain.Spike(20);
        Mine(game, 2);
        Assert.True(IsConfirmed(world, split), world.Log.Tail);
        var height = world.Chain.Find(split.Txid)!.Block!.Height;
        while (world.Chain.Height < height + (Game.Delta / 3) - 1)
        {
            Mine(game, 1);
            Assert.Equal(sweeps.Select(sweep => sweep.Txid), Sweeps(world, split).Select(sweep => sweep.Txid));
        }

        Mine(game, 1);
        var richer = Sweeps(world, split);
        Assert.All(richer, sweep => Assert.InRange(RateOf(world, sweep), 20, 20.2));
        Mine(game, 1);
        Assert.All(richer, sweep => Assert.True(IsConfirmed(world, sweep), world.Log.Tail));
        Assert.True(world.Chain.Height <= height + Game.Delta - 2);
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void At_the_cap_it_waits_and_says_so_until_fees_fall()
    {
        using var world = new World(74);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        world.Chain.Spike(2_000);
        game.Until("attested");
        Mine(game, 4);
        Assert.Equal("attested", game.View.State);
        var outcome = Outcome(game);
        var child = ChildOf(world, outcome)!;
        Assert.Equal(Cap, FeeOf(world, child));
        world.Pass(TimeSpan.FromMinutes(5));
        game.Look();
        var pending = game.View.Pending.Single(pending => pending.Effect == "bump_outcome/0");
        Assert.Contains("limit", pending.LastError, StringComparison.Ordinal);
        Assert.Equal(child.Txid, ChildOf(world, outcome)!.Txid);
        Assert.Equal(1, game.View.Bumps!.Number);
        world.Chain.Spike(100);
        game.Until("outcome_broadcasted");
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
        Assert.Equal(Cap, FeeOf(world, child));
    }

    [Fact]
    public void A_child_is_replaced_by_a_richer_one_of_the_same_coins_when_fees_rise_again()
    {
        using var world = new World(75);
        using var game = new Game(world);
        var (outcome, first) = UntilChild(game, 10);
        world.Chain.Hold(outcome.Txid);
        world.Chain.Spike(30);
        Mine(game, 1);
        var second = ChildOf(world, outcome)!;
        Assert.NotEqual(first.Txid, second.Txid);
        Assert.Equal(first.Inputs.Select(input => input.PreviousOutput), second.Inputs.Select(input => input.PreviousOutput));
        Assert.InRange(RateOf(world, outcome, second), 30, 30.2);
        Assert.Equal(2, game.View.Bumps!.Number);
        Assert.Equal(FeeOf(world, second), game.View.Bumps.FeesSats);
        world.Chain.Release(outcome.Txid);
        game.Until("outcome_broadcasted");
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
        Assert.True(IsConfirmed(world, second));
    }

    [Fact]
    public void When_estimates_fall_back_nothing_more_is_sent()
    {
        using var world = new World(76);
        using var game = new Game(world);
        var (outcome, child) = UntilChild(game, 10);
        world.Chain.Hold(outcome.Txid);
        world.Chain.Spike(1);
        Mine(game, 6);
        Assert.Equal(child.Txid, ChildOf(world, outcome)!.Txid);
        Assert.Equal(1, game.View.Bumps!.Number);
        Assert.DoesNotContain(game.View.Pending, pending => pending.Effect.StartsWith("bump", StringComparison.Ordinal));
        world.Chain.Release(outcome.Txid);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void A_stranger_s_rich_child_is_as_good_as_ours()
    {
        using var world = new World(77);
        var coin = AnybodysCoin(world);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        world.Chain.SetLeastRates(FeeRate.FromSatPerVbyte(20));
        game.Until("attested");
        var outcome = Outcome(game);
        var stranger = Stranger(world, outcome.OutPoint(1), coin, 50_000, 10_000);
        world.Chain.Spike(20);
        game.Until("outcome_broadcasted");
        Assert.True(IsConfirmed(world, stranger));
        Assert.Equal(0, game.View.Bumps!.Number);
        world.Chain.Spike(1);
        game.Until("completed");
        CheckEveryWinnerOnce(game, Ledger.Take(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void A_stranger_s_poor_child_is_driven_out()
    {
        using var world = new World(78);
        var coin = AnybodysCoin(world);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        world.Chain.SetLeastRates(FeeRate.FromSatPerVbyte(20));
        game.Until("attested");
        var outcome = Outcome(game);
        var stranger = Stranger(world, outcome.OutPoint(1), coin, 50_000, 2_000);
        world.Chain.Spike(20);
        game.Until("outcome_broadcasted");
        Assert.Null(world.Chain.Find(stranger.Txid));
        var child = ChildOf(world, outcome)!;
        Assert.True(FeeOf(world, child) >= 2_000 + child.Weight.VirtualBytes);
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void A_reorganisation_under_a_child_brings_both_back_and_no_second_one()
    {
        using var world = new World(79);
        using var game = new Game(world);
        var (outcome, child) = UntilChild(game, 20);
        game.Until("outcome_broadcasted");
        world.Chain.Reorganise(1);
        world.Wake(Grains.WakeReason.Block);
        Mine(game, 2);
        Assert.Equal(child.Txid, ChildOf(world, outcome)!.Txid);
        Assert.True(IsConfirmed(world, outcome));
        Assert.Equal(1, game.View.Bumps!.Number);
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void A_coin_that_is_gone_is_replaced_by_another_one()
    {
        using var world = new World(80);
        using var game = new Game(world);
        var (outcome, first) = UntilChild(game, 20);
        world.Chain.Hold(first.Txid);
        var gone = first.Inputs[1].PreviousOutput;
        world.Chain.Mine(world.Clock.GetUtcNow(), [world.Elsewhere(gone, Funding(game).Outputs[1])]);
        world.Wake(Grains.WakeReason.Block);
        Mine(game, 1);
        var second = ChildOf(world, outcome)!;
        Assert.NotEqual(first.Txid, second.Txid);
        Assert.DoesNotContain(second.Inputs, input => input.PreviousOutput == gone);
        game.Until("outcome_broadcasted");
        Assert.True(IsConfirmed(world, second));
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void Below_the_mempool_s_minimum_funding_outcome_and_split_go_out_as_packages()
    {
        using var world = new World(81);
        using var game = Taking(world, Cluster.Tests.Taking.Lightning);
        game.Create().Until("signing_complete");
        world.Chain.Spike(12);
        world.Chain.SetLeastRates(FeeRate.FromSatPerVbyte(12), FeeRate.FromSatPerVbyte(10));
        game.Until("completed");
        Assert.All(new[] { Funding(game), Outcome(game), Split(game) }, parent => Assert.NotNull(ChildOf(world, parent)));
        CheckEveryWinnerOnce(game, Ledger.CheckEnd(game), Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void An_expiry_is_helped_as_an_outcome_is()
    {
        using var world = new World(82);
        using var game = Taking(world, Cluster.Tests.Taking.Lightning);
        game.Attests = null;
        game.Create().Until("awaiting_attestation");
        world.Chain.Spike(10);
        game.Until("completed");
        Assert.True(IsConfirmed(world, ChildOf(world, Outcome(game))!));
        CheckEveryWinnerOnce(game, Ledger.CheckEnd(game), Dlc.Outcome.Expiry);
    }

    [Fact]
    public void A_wallet_with_too_little_for_bumping_goes_on_and_says_so()
    {
        using var world = new World(83);
        using var game = new Game(world);
        world.Send(2_670_000);
        game.Create().Until("awaiting_attestation");
        Assert.Equal(0, game.View.Bumps!.ReserveSats);
        Assert.StartsWith("no_bump_reserve", Assert.Single(game.View.Notices), StringComparison.Ordinal);
        Assert.Equal(2, Funding(game).Outputs.Length);
        world.Chain.Spike(15);
        game.Until("completed");
        Assert.True(game.View.Bumps!.Number > 0);
    }

    [Fact]
    public void A_cancelled_competition_gives_back_what_was_kept_for_bumping()
    {
        using var world = new World(84);
        using var game = new Game(world);
        game.Players[1].Signs = false;
        game.StepTime = TimeSpan.FromMinutes(1);
        game.Create().Until("cancelled");
        CheckCancelled(game);
        Assert.Empty(Reserved(world));
    }

    [Fact]
    public void Killed_at_any_write_around_a_bump_there_is_one_child_and_every_winner_is_paid_once()
    {
        var (first, last) = (0, 0);
        using (var world = new World(85))
        {
            using var game = new Game(world);
            UntilSpike(game);
            first = world.Gate.Writes + 1;
            game.Until("outcome_broadcasted");
            last = world.Gate.Writes;
        }

        Assert.True(last > first + 5);
        for (var write = first; write <= last; write++)
        {
            KilledAt(write, write % 2 == 0);
        }
    }

    private static void KilledAt(int write, bool afterTheWrite)
    {
        using var world = new World(85, firstGate: new CrashGate(write, afterTheWrite));
        using var game = new Game(world);
        UntilSpike(game);
        game.Until("outcome_broadcasted");
        var child = ChildOf(world, Outcome(game));
        Assert.True(child is not null && IsConfirmed(world, child), world.ToString());
        Assert.True(game.View.Bumps is { Number: 1 } bumps && bumps.FeesSats == FeeOf(world, child), $"{world}: {game.View.Bumps}");
        world.Chain.Spike(1);
        CheckEveryWinnerOnce(game, Play(game), Dlc.Outcome.Attestation(0));
    }

    private static void UntilSpike(Game game)
    {
        game.Create().Until("awaiting_attestation");
        game.World.Chain.Spike(20);
    }

    /// <summary>Attested while fees are high, with the outcome and its first child in the mempool.</summary>
    private static (Transaction Outcome, Transaction Child) UntilChild(Game game, int satPerVbyte)
    {
        game.Create().Until("awaiting_attestation");
        game.World.Chain.Spike(satPerVbyte);
        game.Until("attested");
        for (var wait = 0; wait < 20; wait++)
        {
            if (SpenderOf(game.World, OutPoint.Parse(game.View.FundingOutpoint!)) is { } outcome && ChildOf(game.World, outcome) is { } child)
            {
                return (outcome, child);
            }

            game.World.Pass(TimeSpan.FromSeconds(2));
        }

        throw new InvalidOperationException($"no child came{Environment.NewLine}{game.World.Log.Tail}");
    }

    private static Game Taking(World world, Taking takes)
    {
        var game = new Game(world);
        foreach (var player in game.Players)
        {
            player.Takes = takes;
        }

        return game;
    }

    private static OutPoint AnybodysCoin(World world)
    {
        var payment = world.Chain.Faucet(Script.PayToAnchor, Satoshis.Of(50_000));
        world.Mine();
        return payment.OutPoint(0);
    }

    private static List<Transaction> Sweeps(World world, Transaction split) => [.. Enumerable.Range(0, split.Outputs.Length - 1)
        .Select(index => SpenderOf(world, split.OutPoint((uint)index))).OfType<Transaction>()];

    /// <summary>Six blocks later no coin is promised to anybody.</summary>
    private static void CheckNothingIsKept(Game game)
    {
        game.World.Mine(6);
        game.World.Run(() => game.World.Grains.GetGrain<Grains.IWalletGrain>(0).EndBumpsAsync($"bump/{game.Id}"));
        Assert.DoesNotContain(Reserved(game.World), pair => pair.Value.StartsWith("bump", StringComparison.Ordinal));
    }
}
