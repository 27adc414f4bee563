namespace Coordinator.Competitions.Tests;

/// <summary>How the pool is divided after its outcome: D16, D19, D20.</summary>
[Trait("Kind", "Rules")]
public sealed class SettlementTests
{
    [Fact]
    public void All_sold_winners_paid_with_their_keys_in_are_closed_at_once()
    {
        var played = Paid(Playbook.OutcomeBroadcasted());
        Assert.Empty(played.Wants);
        played.Ask(Hand(played));
        Assert.Equal(new BroadcastClose(), Assert.Single(played.Wants));
    }

    [Fact]
    public void Without_the_key_the_split_goes_out_for_the_block_at_h_plus_delta()
    {
        var played = Paid(Playbook.OutcomeBroadcasted());
        Assert.Empty(played.Mine(Given.OutcomeHeight + played.Terms.Delta - 2).Wants);
        Assert.Equal(new BroadcastSplit(played.Winner()), Assert.Single(played.Mine(Given.OutcomeHeight + played.Terms.Delta - 1).Wants));
    }

    [Theory]
    [InlineData(false, ShareSweep.SellBack)]
    [InlineData(true, ShareSweep.Close)]
    public void A_paid_winners_share_comes_home_with_the_split(bool withKey, ShareSweep kind)
    {
        var played = Paid(Playbook.OutcomeBroadcasted());
        if (withKey)
        {
            played.Ask(Hand(played));
        }

        played.See(played.Chain.WithSplit(null));
        Assert.Equal(new SweepShare(played.Winner(), kind), Assert.Single(played.Wants));
        played.See(played.Chain.WithShare(played.Winner(), kind == ShareSweep.Close ? ShareSpendKind.Close : ShareSpendKind.SellBack, null));
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void A_paid_winner_who_claims_all_the_same_is_fought_until_a_block_decides()
    {
        var played = Paid(Playbook.OutcomeBroadcasted());
        played.See(played.Chain.WithSplit(Playbook.SplitHeight(played.Terms)));
        var chain = played.Chain;
        played.See(chain.WithShare(played.Winner(), ShareSpendKind.Win, null));
        Assert.Equal(new SweepShare(played.Winner(), ShareSweep.SellBack), Assert.Single(played.Wants));
        played.See(chain.WithShare(played.Winner(), ShareSpendKind.Win, chain.Tip + 1));
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void An_unpaid_sold_winners_share_stays_theirs_until_the_operator_releases_it()
    {
        var played = Playbook.DeltaBroadcasted();
        var reclaim = Playbook.SplitHeight(played.Terms) + (2 * played.Terms.Delta) - 1;
        Assert.Empty(played.Mine(reclaim + 1_000).Wants);
        played.Ask(new ReleaseShare(played.EntryOf(played.WinningPlayer()).Id, played.Now));
        Assert.Equal(new SweepShare(played.Winner(), ShareSweep.Reclaim), Assert.Single(played.Wants));
        Assert.Empty(played.Mine(reclaim - 1).Wants);
        played.See(played.Mine(reclaim).Chain.WithShare(played.Winner(), ShareSpendKind.Win, null));
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void An_unclaimed_share_of_a_sold_seat_is_taken_after_the_terms_grace_and_not_a_block_before()
    {
        var played = Playbook.DeltaBroadcasted();
        played.Amend(terms => terms with { ReclaimGrace = 144 });
        var from = Playbook.SplitHeight(played.Terms) + (2 * played.Terms.Delta) + 144;
        Assert.Equal(from, Assert.Single(OwedRules.Of(played.State)).ReclaimableFrom);
        Assert.Empty(played.Mine(from - 1).Wants);
        Assert.Equal(new SweepShare(played.Winner(), ShareSweep.Reclaim), Assert.Single(played.Mine(from).Wants));
    }

    [Fact]
    public void Who_is_owed_is_told_how_and_until_when_at_every_step()
    {
        var played = Playbook.OutcomeBroadcasted();
        var until = Given.OutcomeHeight + (2 * played.Terms.Delta) - played.Terms.Profile.MarginBlocks - 3 - 28;
        var owed = Assert.Single(OwedRules.Of(played.State));
        Assert.Equal((played.EntryOf(played.WinningPlayer()).Id, OwedWay.Lightning, until), (owed.Entry, owed.Way, owed.PayableUntil));
        Assert.Null(owed.ClaimableFrom);
        Assert.Null(owed.ReclaimableFrom);
        Assert.Equal(OwedWay.OnChain, Assert.Single(OwedRules.Of(played.Mine(until + 1).State)).Way);

        var split = Playbook.DeltaBroadcasted();
        var onChain = Assert.Single(OwedRules.Of(split.State));
        Assert.Equal((OwedWay.OnChain, Playbook.SplitHeight(split.Terms) + split.Terms.Delta - 1, null), (onChain.Way, onChain.ClaimableFrom, onChain.ReclaimableFrom));
        split.Ask(new ReleaseShare(onChain.Entry, split.Now));
        Assert.Equal(Playbook.SplitHeight(split.Terms) + (2 * split.Terms.Delta) - 1, Assert.Single(OwedRules.Of(split.State)).ReclaimableFrom);

        Assert.Empty(OwedRules.Of(Paid(Playbook.OutcomeBroadcasted()).State));
        split.See(split.Chain.WithShare(onChain.Winner, ShareSpendKind.Win, split.Chain.Tip));
        Assert.Empty(OwedRules.Of(split.State));
    }

    [Fact]
    public void A_released_share_is_not_touched_while_its_payment_is_open()
    {
        var played = Playbook.OutcomeBroadcasted();
        var player = played.WinningPlayer();
        played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.InFlight));
        played.See(played.Chain.WithSplit(Playbook.SplitHeight(played.Terms))).Ask(new ReleaseShare(played.EntryOf(player).Id, played.Now));
        played.Mine(played.Chain.Tip + (2 * played.Terms.Delta));
        Assert.IsType<PayWinner>(Assert.Single(played.Wants));
        played.Learn(played.Payment(player, PaymentState.Succeeded));
        Assert.Equal(new SweepShare(played.Winner(), ShareSweep.SellBack), Assert.Single(played.Wants));
    }

    [Fact]
    public void An_unsold_winners_pool_is_reclaimed_at_two_delta_and_never_split()
    {
        var played = Unsold(Playbook.FundingConfirmed(), play => [play.WinningPlayer()]);
        played.See(played.Chain.WithOutcome());
        Assert.Empty(played.Mine(Given.OutcomeHeight + (2 * played.Terms.Delta) - 2).Wants);
        Assert.Equal(new ReclaimOutcome(), Assert.Single(played.Mine(Given.OutcomeHeight + (2 * played.Terms.Delta) - 1).Wants));
    }

    [Fact]
    public void With_one_sold_winner_the_split_goes_through_a_sold_leaf_at_any_height_and_only_the_unsold_share_is_reclaimed()
    {
        var terms = Given.Terms(4, 2);
        var played = Playbook.FundingConfirmed(terms);
        var winners = played.Live.Contract.Winners(terms, 0);
        var first = played.Players.Single(player => played.IndexOf(player) == winners[0]);
        Unsold(played, _ => [first]);
        played.See(played.Chain.WithOutcome()).Mine(Given.OutcomeHeight + (10 * terms.Delta));
        Assert.Equal(new BroadcastSplit(winners[1]), Assert.Single(played.Wants));
        played.See(played.Chain.WithSplit(played.Chain.Tip + 1));
        Assert.Empty(played.Wants);
        played.Mine(played.Chain.Tip + (2 * terms.Delta) - 1);
        Assert.Equal(new SweepShare(winners[0], ShareSweep.Reclaim), Assert.Single(played.Wants));
    }

    [Fact]
    public void A_close_needs_every_winner_sold_even_where_all_sold_ones_handed_over()
    {
        var terms = Given.Terms(4, 2);
        var played = Playbook.FundingConfirmed(terms);
        var winners = played.Live.Contract.Winners(terms, 0);
        var (first, second) = (Player(played, winners[0]), Player(played, winners[1]));
        Unsold(played, _ => [first]);
        played.See(played.Chain.WithOutcome());
        played.Ask(played.Payout(second)).Learn(played.Payment(second, PaymentState.Succeeded)).Ask(Hand(played, second));
        Assert.Empty(played.Wants);
        Assert.Equal(new BroadcastSplit(winners[1]), Assert.Single(played.Mine(Given.OutcomeHeight + terms.Delta - 1).Wants));
    }

    [Fact]
    public void At_expiry_every_sold_player_is_a_winner()
    {
        var played = Playbook.AwaitingAttestation();
        played.See(played.Chain.WithOutcome(outcome: -1));
        foreach (var player in played.Players)
        {
            Assert.Null(played.State.Decide(played.Payout(player)).Refusal);
        }
    }

    [Fact]
    public void A_release_needs_an_outcome_and_a_seat()
    {
        Assert.Equal("not_decided", Playbook.Attested().Refused(new ReleaseShare(Playbook.Attested().EntryOf(0).Id, Given.Start)).Code);
        Assert.Equal("entry_not_found", Playbook.OutcomeBroadcasted().Refused(new ReleaseShare(Guid.Empty, Given.Start)).Code);
    }

    private static int Player(Played played, int winner) => played.Players.Single(player => played.IndexOf(player) == winner);

    private static Played Unsold(Played played, Func<Played, int[]> who)
    {
        var unsold = who(played);
        return played.All((play, player) => play.Learn(play.Seen(player, unsold.Contains(player) ? InvoiceStatus.Canceled : InvoiceStatus.Settled)));
    }

    private static Played Paid(Played played)
    {
        var player = played.WinningPlayer();
        return played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.Succeeded));
    }

    private static HandOverKey Hand(Played played, int? who = null)
    {
        var player = who ?? played.WinningPlayer();
        return new HandOverKey(Given.Player(player), played.EntryOf(player).Id, played.TicketOf(player).Id, "sealed key", played.Now);
    }
}
