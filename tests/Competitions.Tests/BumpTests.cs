using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>When a transaction is helped to confirm, and how far (D22). The contract's own rate is 2 sat/vB here.</summary>
[Trait("Kind", "Rules")]
public sealed class BumpTests
{
    private const int Spike = 20;

    [Fact]
    public void The_funding_waits_two_blocks_before_a_child_is_hung_on_its_change()
    {
        var played = Playbook.FundingBroadcasted();
        Assert.Equal(Given.Tip, played.Live.FundingSentAt);
        for (var tip = Given.Tip; tip < Given.Tip + 2; tip++)
        {
            played.See(played.Chain with { Tip = tip, FundingSeen = true, Fees = Fees(Spike, Poor(BumpTarget.Funding)) });
            Assert.Empty(played.Wants);
        }

        played.Mine(Given.Tip + 2);
        Assert.Equal(new BumpFunding(), Assert.Single(played.Wants));
        played.See(played.Chain with { FundingHeight = Given.Tip + 2, Fees = null });
        Assert.DoesNotContain(played.Wants, effect => effect is BumpEffect);
    }

    [Fact]
    public void A_funding_that_the_mempool_does_not_take_goes_out_together_with_its_child()
    {
        var played = Playbook.FundingBroadcasted();
        played.See(played.Chain with { Tip = Given.Tip + 2, Fees = Fees(Spike) });
        Assert.Equal([new BroadcastFunding(), new BumpFunding()], played.Wants);
        played.See(played.Chain with { Fees = Fees(2) });
        Assert.Equal([new BroadcastFunding()], played.Wants);
    }

    [Fact]
    public void An_abandoned_funding_is_hurried_only_once_every_payment_is_given_back()
    {
        var played = Playbook.Abandoned();
        var chain = played.Chain with { FundingSeen = true, Fees = Fees(Spike, Poor(BumpTarget.Funding)) };
        Assert.DoesNotContain(new BumpFunding(), played.See(chain).Wants);
        played.All((play, player) => play.Learn(play.Seen(player, InvoiceStatus.Canceled)));
        Assert.Contains(new BumpFunding(), played.Wants);
    }

    [Fact]
    public void A_child_hangs_on_the_outcome_at_its_broadcast_where_fees_ask_for_it_and_only_there()
    {
        var played = Playbook.Attested();
        Assert.Equal([new BroadcastOutcome(0)], played.Wants);
        played.See(played.Chain with { Fees = Fees(2) });
        Assert.Equal([new BroadcastOutcome(0)], played.Wants);
        played.See(played.Chain with { Fees = Fees(3) });
        Assert.Equal([new BroadcastOutcome(0), new BumpOutcome(0)], played.Wants);
        played.See(played.Chain.WithOutcome(height: null) with { Fees = Fees(3, Poor(BumpTarget.Outcome)) });
        Assert.Equal(new BumpOutcome(0), Assert.Single(played.Wants));
        played.See(played.Chain.WithOutcome());
        Assert.DoesNotContain(played.Wants, effect => effect is BumpEffect);
    }

    [Fact]
    public void A_child_hangs_on_the_expiry_and_on_the_split_too()
    {
        var expiring = Playbook.AwaitingAttestation();
        expiring.See(expiring.Chain with { MedianTimePast = long.MaxValue / 2, Fees = Fees(Spike) });
        Assert.Equal([new BroadcastExpiry(), new BumpExpiry()], expiring.Wants);
        expiring.See(expiring.Chain.WithOutcome(height: null, outcome: -1) with { Fees = Fees(Spike, Poor(BumpTarget.Outcome)) });
        Assert.Equal(new BumpExpiry(), Assert.Single(expiring.Wants));

        var split = Playbook.OutcomeBroadcasted();
        split.See(split.Chain with { Tip = Given.OutcomeHeight + split.Terms.Delta - 1, Fees = Fees(Spike) });
        Assert.Equal(["broadcast_split", "bump_split"], split.Wants.Select(effect => effect.Key));
        split.See(split.Chain.WithSplit(height: null) with { Fees = Fees(Spike, Poor(BumpTarget.Split)) });
        Assert.Contains(new BumpSplit(), split.Wants);
        split.See(split.Chain.WithSplit(Playbook.SplitHeight(split.Terms)));
        Assert.DoesNotContain(new BumpSplit(), split.Wants);
    }

    [Fact]
    public void A_foreign_spender_is_not_helped()
    {
        var played = Playbook.AwaitingAttestation();
        played.See(played.Chain with
        {
            Outcome = new OutcomeSpend(OutcomeSpendKind.Foreign, -1, Given.Txid("stranger"), null),
            Fees = Fees(Spike, Poor(BumpTarget.Outcome)),
        });
        Assert.DoesNotContain(played.Wants, effect => effect is BumpEffect);
    }

    [Fact]
    public void Nothing_more_is_sent_once_estimates_fall_back_or_the_package_pays_enough()
    {
        var played = Playbook.Attested();
        var poor = Poor(BumpTarget.Outcome);
        played.See(played.Chain.WithOutcome(height: null) with { Fees = Fees(Spike, poor) });
        Assert.Contains(new BumpOutcome(0), played.Wants);
        played.See(played.Chain with { Fees = Fees(2, poor) });
        Assert.Empty(played.Wants);

        // 124 vB at 2 sat/vB and a child of 153 vB: 277 vB at 20 sat/vB are 5,540 sat in all.
        played.See(played.Chain with { Fees = Fees(Spike, With(poor, 5_291)) });
        Assert.Contains(new BumpOutcome(0), played.Wants);
        played.See(played.Chain with { Fees = Fees(Spike, With(poor, 5_292)) });
        Assert.Empty(played.Wants);
        played.See(played.Chain with { Fees = Fees(Spike + 1, With(poor, 5_292)) });
        Assert.Contains(new BumpOutcome(0), played.Wants);
    }

    [Fact]
    public void A_poor_child_of_a_stranger_does_not_make_a_rich_parent_poor()
    {
        var rich = new WaitingFee(BumpTarget.Outcome, -1, Given.Txid("outcome 0"), Satoshis.Of(2_480), 124, null);
        Assert.True(rich.Pays(FeeRate.FromSatPerVbyte(20)));
        Assert.False(rich.Pays(FeeRate.FromSatPerKwu(5_001)));
        Assert.True((rich with { Child = new ChildFee(Given.Txid("junk"), Satoshis.Of(100), 90_000) }).Pays(FeeRate.FromSatPerVbyte(20)));
    }

    [Theory]
    [InlineData(ShareSpendKind.SellBack, ShareSweep.SellBack, true)]
    [InlineData(ShareSpendKind.Close, ShareSweep.Close, true)]
    [InlineData(ShareSpendKind.Reclaim, ShareSweep.Reclaim, false)]
    public void A_sweep_of_a_share_is_sent_again_from_a_third_of_delta_on(ShareSpendKind seen, ShareSweep kind, bool waits)
    {
        var played = Playbook.DeltaBroadcasted();
        var winner = played.Winner();
        var split = played.Chain.Split!.Height!.Value;
        var third = split + (played.Terms.Delta / 3);
        var chain = played.Chain.WithShare(winner, seen, height: null) with { Fees = Fees(Spike, Poor(BumpTarget.Share, winner)) };
        Assert.Equal(!waits, played.See(chain with { Tip = third - 1 }).Wants.Contains(new BumpSweep(winner, kind)));
        Assert.Contains(new BumpSweep(winner, kind), played.See(chain with { Tip = third }).Wants);
        Assert.DoesNotContain(played.See(chain with { Tip = third, Fees = Fees(1, Poor(BumpTarget.Share, winner)) }).Wants, effect => effect is BumpEffect);
        Assert.DoesNotContain(
            played.See(played.Chain with { Shares = [new ShareSpend(winner, seen, Given.Txid("share"), third)] }).Wants, effect => effect is BumpEffect);
    }

    [Fact]
    public void A_winner_s_own_claim_is_not_helped()
    {
        var played = Playbook.DeltaBroadcasted();
        var winner = played.Winner();
        played.See(played.Chain.WithShare(winner, ShareSpendKind.Win, height: null) with
        {
            Tip = played.Chain.Split!.Height!.Value + played.Terms.Delta,
            Fees = Fees(Spike, Poor(BumpTarget.Share, winner)),
        });
        Assert.DoesNotContain(played.Wants, effect => effect is BumpEffect);
    }

    [Fact]
    public void A_close_of_the_whole_is_sent_again_from_a_third_of_delta_and_a_reclaim_at_once()
    {
        var played = Playbook.OutcomeBroadcasted();
        var third = Given.OutcomeHeight + (played.Terms.Delta / 3);
        var close = played.Chain.WithSplit(height: null, SplitSpendKind.Close) with { Fees = Fees(Spike, Poor(BumpTarget.Split)) };
        Assert.Empty(played.See(close with { Tip = third - 1 }).Wants);
        Assert.Equal([new BumpSweep(-1, ShareSweep.Close)], played.See(close with { Tip = third }).Wants);
        var reclaim = played.Chain.WithSplit(height: null, SplitSpendKind.Reclaim) with { Tip = third - 1 };
        Assert.Equal([new BumpSweep(-1, ShareSweep.Reclaim)], played.See(reclaim).Wants);
    }

    [Fact]
    public void A_conflict_for_good_is_never_bumped()
    {
        var played = Playbook.FundingConfirmed();
        played.See(ChainView.Empty with { Tip = Given.Tip + 20, FundingConflict = Given.Txid("other"), Fees = Fees(Spike, Poor(BumpTarget.Funding)) });
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void A_reorganisation_that_takes_the_outcome_back_makes_it_wanted_again()
    {
        var played = Playbook.OutcomeBroadcasted();
        Assert.DoesNotContain(played.Wants, effect => effect is BumpEffect);
        played.See(played.Chain.WithOutcome(height: null) with { Fees = Fees(Spike, Poor(BumpTarget.Outcome)) });
        Assert.Contains(new BumpOutcome(0), played.Wants);
    }

    [Theory]
    [InlineData(1_000, 150, 150, 1_150)]
    [InlineData(1_000, 150, 200, 1_334)]
    [InlineData(100, 200, 150, 250)]
    [InlineData(0, 100, 153, 153)]
    [InlineData(7, 1_000, 1, 8)]
    public void A_replacement_pays_more_in_all_and_more_for_each_byte(long oldFee, long oldSize, long size, long least)
    {
        var old = new ChildFee(Given.Txid("old"), Satoshis.Of(oldFee), oldSize);
        var fee = BumpRules.LeastToReplace(old, size).Value;
        Assert.Equal(least, fee);
        Assert.True(fee >= oldFee + size);
        Assert.True(fee * oldSize > oldFee * size);
        Assert.True(fee - 1 < oldFee + size || (fee - 1) * oldSize <= oldFee * size);
    }

    [Fact]
    public void Caps_are_a_tenth_of_the_pool_and_half_of_a_share()
    {
        var terms = Given.Terms();
        Assert.Equal(terms.Pool.Value / 10, BumpRules.Cap(terms).Value);
        Assert.Equal(49_999, BumpRules.ShareCap(Satoshis.Of(99_999)).Value);
        Assert.InRange(BumpRules.Reserve(terms).Value, 1_000, (2 * BumpRules.Cap(terms).Value) + 660);
        var dear = terms with { MaxFeeRate = FeeRate.FromSatPerVbyte(5_000) };
        Assert.Equal((2 * BumpRules.Cap(terms).Value) + 660, BumpRules.Reserve(dear).Value);
    }

    [Fact]
    public void Attempts_are_counted_by_transaction_and_the_newest_is_kept()
    {
        var played = Playbook.Attested();
        foreach (var child in new[] { "one", "two", "two" })
        {
            var bump = BumpRules.Next(played.Live, BumpTarget.Outcome, -1, Given.Txid("outcome 0"), Given.Txid(child), Satoshis.Of(500));
            played.Learn(new BumpIntended(bump, played.Now));
        }

        var kept = Assert.Single(played.Live.Bumps);
        Assert.Equal((2, Given.Txid("two")), (kept.Number, kept.Txid));
        var other = BumpRules.Next(played.Live, BumpTarget.Split, -1, Given.Txid("split"), Given.Txid("three"), Satoshis.Of(700));
        played.Learn(new BumpIntended(other, played.Now));
        Assert.Equal([1, 2], played.Live.Bumps.Select(bump => bump.Number).Order());
    }

    [Fact]
    public void Fees_are_looked_at_only_while_something_is_to_be_sent_or_waits()
    {
        static bool Needs(Played played, ChainView chain) => BumpRules.NeedsFees(played.Header, played.Live, chain);
        var waiting = Playbook.AwaitingAttestation();
        Assert.True(Needs(waiting, ChainView.Empty with { Tip = Given.Tip }));
        Assert.False(Needs(waiting, waiting.Chain));
        Assert.True(Needs(waiting, waiting.Chain with { MedianTimePast = long.MaxValue / 2 }));
        Assert.True(Needs(waiting, waiting.Chain.WithOutcome(height: null)));
        Assert.False(Needs(waiting, ChainView.Empty with { FundingConflict = Given.Txid("other") }));
        Assert.True(Needs(Playbook.Attested(), Playbook.Attested().Chain));

        var decided = Playbook.OutcomeBroadcasted();
        var chain = decided.Chain;
        Assert.False(Needs(decided, chain with { Tip = Given.OutcomeHeight + decided.Terms.Delta - 3 }));
        Assert.True(Needs(decided, chain with { Tip = Given.OutcomeHeight + decided.Terms.Delta - 2 }));
        Assert.True(Needs(decided, chain.WithSplit(height: null)));
        Assert.False(Needs(decided, chain.WithSplit(Given.OutcomeHeight + 30)));
        Assert.True(Needs(decided, chain.WithSplit(Given.OutcomeHeight + 30).WithShare(0, ShareSpendKind.SellBack, height: null)));
        Assert.False(Needs(decided, chain.WithSplit(Given.OutcomeHeight + 30).WithShare(0, ShareSpendKind.SellBack, Given.OutcomeHeight + 31)));
    }

    [Fact]
    public void Coins_for_bumping_are_given_back_when_all_is_over_and_only_where_there_were_any()
    {
        var played = Playbook.Completed();
        Assert.Empty(played.Wants);
        var live = played.Live;
        var held = new Completed(played.Header, live with { Contract = live.Contract with { BumpReserve = Satoshis.Of(30_000) } });
        Assert.Equal(new EndBumps(), Assert.Single(held.Wants()));
        Assert.Empty(held.Absorb(new CoinsReleased(played.Now)).Wants());
    }

    private static FeeView Fees(int satPerVbyte, params ImmutableArray<WaitingFee> waiting) => new(FeeRate.FromSatPerVbyte(satPerVbyte), waiting);

    private static WaitingFee Poor(BumpTarget target, int winner = -1) => new(target, winner, Given.Txid($"{target}"), Satoshis.Of(248), 124, null);

    private static WaitingFee With(WaitingFee parent, long fee) => parent with { Child = new ChildFee(Given.Txid("child"), Satoshis.Of(fee), 153) };
}
