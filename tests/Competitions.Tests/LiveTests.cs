namespace Coordinator.Competitions.Tests;

/// <summary>From the funding broadcast on: D15, D16, D41.</summary>
[Trait("Kind", "Rules")]
public sealed class LiveTests
{
    private const int Limit = Given.Tip + 400 - 24;

    [Fact]
    public void No_preimage_is_revealed_before_the_funding_is_as_deep_as_the_terms_require()
    {
        var played = Playbook.FundingBroadcasted(Given.Terms(depth: 3));
        for (var tip = Given.FundingHeight; tip < Given.FundingHeight + 2; tip++)
        {
            played.See(played.Chain with { Tip = tip, FundingSeen = true, FundingHeight = Given.FundingHeight });
            Assert.Empty(played.Wants);
        }

        played.Mine(Given.FundingHeight + 2);
        Assert.Equal(3, played.Wants.OfType<SettleInvoice>().Count());
        Assert.IsType<FundingConfirmed>(played.State);
    }

    [Fact]
    public void Every_settle_intent_is_written_in_the_turn_that_sees_the_depth_earliest_expiry_first()
    {
        var played = Playbook.FundingBroadcasted();
        played.Learn(played.Seen(2, InvoiceStatus.Accepted, Given.Tip + 300), played.Seen(0, InvoiceStatus.Accepted, Given.Tip + 350));
        played.See(played.Chain with { Tip = Given.FundingHeight, FundingSeen = true, FundingHeight = Given.FundingHeight });
        Assert.Equal(
            [played.TicketOf(2).Id, played.TicketOf(0).Id, played.TicketOf(1).Id],
            played.Wants.Cast<SettleInvoice>().Select(effect => effect.Ticket));
    }

    [Fact]
    public void Once_settling_nothing_is_cancelled_whatever_the_chain_does()
    {
        var played = Playbook.FundingConfirmed();
        played.See(ChainView.Empty with { Tip = Limit + 100 });
        Assert.IsType<FundingConfirmed>(played.State);
        Assert.Equal(3, played.Wants.OfType<SettleInvoice>().Count());
        Assert.Contains(new BroadcastFunding(), played.Wants);
        Assert.DoesNotContain(played.Wants, effect => effect is CancelInvoice);
    }

    [Fact]
    public void Shallow_funding_near_the_limit_gives_every_payment_back_and_never_settles_after()
    {
        var played = Playbook.FundingBroadcasted().Mine(Limit - 1);
        Assert.Empty(played.Wants.OfType<CancelInvoice>());
        played.Mine(Limit);
        Assert.IsType<Failed>(played.State);
        Assert.Equal(3, played.Wants.OfType<CancelInvoice>().Count());
        played.See(played.Chain with { Tip = Limit + 5, FundingSeen = true, FundingHeight = Limit + 1 });
        Assert.IsType<Failed>(played.State);
        Assert.DoesNotContain(played.Wants, effect => effect is SettleInvoice);
        Assert.Equal(3, played.Wants.OfType<CancelInvoice>().Count());
    }

    [Fact]
    public void Depth_and_limit_in_one_turn_settle()
    {
        var played = Playbook.FundingBroadcasted();
        played.See(played.Chain with { Tip = Limit + 3, FundingSeen = true, FundingHeight = Given.FundingHeight });
        Assert.True(played.Live.Settling);
        Assert.Null(played.Live.Abandoned);
    }

    [Fact]
    public void An_abandoned_pool_is_brought_home_once_nobody_holds_a_ticket()
    {
        var played = Playbook.Abandoned();
        Assert.DoesNotContain(new BroadcastFunding(), played.Wants);
        played.All((play, player) => play.Learn(play.Seen(player, InvoiceStatus.Canceled)));
        Assert.Equal(new BroadcastFunding(), Assert.Single(played.Wants));
        var outcome = Limit + 50;
        played.See(played.Chain with { Tip = Limit + 2, FundingSeen = true, FundingHeight = Limit + 2 });
        played.See((played.Chain with { Tip = Limit + 2 }).WithOutcome(outcome, -1));
        Assert.Empty(played.Wants);
        played.Mine(outcome + (2 * played.Terms.Delta) - 1);
        Assert.Equal(new ReclaimOutcome(), Assert.Single(played.Wants));
        played.See(played.Chain.WithSplit(outcome + (2 * played.Terms.Delta), SplitSpendKind.Reclaim));
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void A_conflict_before_settling_cancels_and_after_settling_lists_what_is_owed()
    {
        var conflict = ChainView.Empty with { Tip = Given.Tip + 20, FundingConflict = Given.Txid("other") };
        var before = Playbook.FundingBroadcasted().See(conflict);
        Assert.IsType<Cancelled>(before.State);
        Assert.Equal(3, before.Wants.OfType<CancelInvoice>().Count());
        Assert.DoesNotContain(new ReleaseCoins(), before.Wants);

        var after = Playbook.FundingConfirmed();
        after.Learn(after.Seen(1, InvoiceStatus.Settled)).See(conflict);
        Assert.Equal(after.TicketOf(1).Id, Assert.Single(Assert.IsType<Failed>(after.State).Owed).Id);
        Assert.Empty(after.Wants);
    }

    [Fact]
    public void A_seat_is_sold_or_unsold_only_by_lnds_final_word()
    {
        var played = Playbook.FundingConfirmed();
        played.Learn(played.Seen(0, InvoiceStatus.Settled), played.Seen(1, InvoiceStatus.Canceled), played.Seen(2, InvoiceStatus.Open));
        Assert.IsType<FundingConfirmed>(played.State);
        Assert.Equal(new SettleInvoice(played.TicketOf(2).Id, played.TicketOf(2).Hash), Assert.Single(played.Wants));
        played.Learn(played.Seen(2, InvoiceStatus.Settled));
        Assert.IsType<AwaitingAttestation>(played.State);
        Assert.Equal(TicketStage.Canceled, played.TicketOf(1).Stage);
    }

    [Fact]
    public void A_seat_without_a_final_word_holds_up_neither_outcome_nor_split_nor_the_others_claims()
    {
        var played = Playbook.FundingConfirmed();
        var winner = played.WinningPlayer();
        played.Learn(played.Seen(winner, InvoiceStatus.Settled), new AttestationSeen(0, "aa", played.Now));
        Assert.Contains(new BroadcastOutcome(0), played.Wants);
        played.See(played.Chain.WithOutcome()).Mine(Given.OutcomeHeight + played.Terms.Delta - 1);
        Assert.Contains(new BroadcastSplit(played.Winner()), played.Wants);
        Assert.Equal(2, played.Wants.OfType<SettleInvoice>().Count());
    }

    [Fact]
    public void A_winner_without_a_final_word_is_neither_split_for_nor_reclaimed_from()
    {
        var played = Playbook.FundingConfirmed();
        foreach (var player in played.Players.Where(player => player != played.WinningPlayer()))
        {
            played.Learn(played.Seen(player, InvoiceStatus.Settled));
        }

        played.See(played.Chain.WithOutcome()).Mine(Given.OutcomeHeight + (3 * played.Terms.Delta));
        Assert.IsType<SettleInvoice>(Assert.Single(played.Wants));
    }

    [Fact]
    public void Expiry_is_sent_only_when_the_median_time_is_greater()
    {
        var played = Playbook.AwaitingAttestation();
        played.See(played.Chain with { MedianTimePast = played.Terms.Expiry });
        Assert.Empty(played.Wants);
        played.See(played.Chain with { MedianTimePast = played.Terms.Expiry + 1L });
        Assert.Equal(new BroadcastExpiry(), Assert.Single(played.Wants));
    }

    [Fact]
    public void A_late_attestation_is_used_while_no_expiry_is_out_and_changes_nothing_once_it_confirmed()
    {
        var played = Playbook.AwaitingAttestation();
        played.See(played.Chain with { MedianTimePast = played.Terms.Expiry + 1L }).Learn(new AttestationSeen(0, "aa", played.Now));
        Assert.Equal(new BroadcastOutcome(0), Assert.Single(played.Wants));

        var raced = Playbook.ExpiryBroadcasted();
        raced.Learn(new AttestationSeen(0, "aa", raced.Now));
        Assert.Empty(raced.Wants);
        raced.See(raced.Chain.WithOutcome(outcome: -1));
        Assert.IsType<OutcomeBroadcasted>(raced.State);
        Assert.Equal(-1, raced.Live.Decided!.Outcome);
        raced.See(raced.Chain with { Outcome = null });
        Assert.Equal(new BroadcastOutcome(0), Assert.Single(raced.Wants));
        Assert.IsType<Attested>(raced.State);
    }

    [Fact]
    public void Someone_elses_outcome_transaction_counts_without_an_attestation_of_ours()
    {
        var played = Playbook.AwaitingAttestation();
        played.See(played.Chain.WithOutcome(outcome: 2));
        Assert.IsType<OutcomeBroadcasted>(played.State);
        Assert.False(played.State.WatchesOracle);
    }

    [Fact]
    public void Reorganisations_move_back_as_far_as_they_reach()
    {
        var played = Playbook.DeltaBroadcasted();
        var chain = played.Chain;
        Assert.IsType<OutcomeBroadcasted>(played.See(chain with { Split = null }).State);
        Assert.IsType<Attested>(played.See(chain with { Split = null, Outcome = null }).State);
        Assert.Contains(new BroadcastOutcome(0), played.Wants);
        played.See(ChainView.Empty with { Tip = chain.Tip });
        Assert.Contains(new BroadcastFunding(), played.Wants);
        Assert.True(played.Live.Settling);
        Assert.IsType<DeltaBroadcasted>(played.See(chain).State);
    }

    [Theory]
    [InlineData("pool")]
    [InlineData("outcome")]
    [InlineData("share")]
    public void A_strangers_confirmed_spend_is_a_failure_with_payouts_closed(string what)
    {
        var played = Playbook.DeltaBroadcasted();
        ChainView At(int? height) => what switch
        {
            "pool" => played.Chain with { Outcome = new OutcomeSpend(OutcomeSpendKind.Foreign, -1, Given.Txid("stranger"), height), Split = null },
            "outcome" => played.Chain.WithSplit(height, SplitSpendKind.Foreign),
            _ => played.Chain with { Shares = [] } is var chain ? chain.WithShare(played.Winner(), ShareSpendKind.Foreign, height) : null!,
        };
        Assert.IsNotType<Failed>(played.See(At(null)).State);
        Assert.IsType<Failed>(played.See(At(played.Chain.Tip)).State);
        var player = played.WinningPlayer();
        Assert.NotNull(played.Refused(played.Payout(player)));
        Assert.NotNull(played.Header.StampOf("failed_at"));
    }

    [Fact]
    public void Completed_waits_for_every_share_at_depth_and_every_open_payment()
    {
        var played = Playbook.DeltaBroadcasted(Given.Terms(depth: 3));
        var height = played.Chain.Tip + 1;
        played.See(played.Chain.WithShare(played.Winner(), ShareSpendKind.Win, height));
        Assert.IsType<DeltaBroadcasted>(played.State);
        Assert.IsType<DeltaBroadcasted>(played.Mine(height + 1).State);
        Assert.IsType<Completed>(played.Mine(height + 2).State);
        Assert.Empty(played.Wants);
        Assert.False(played.State.WatchesChain);
    }
}
