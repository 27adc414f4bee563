namespace Coordinator.Competitions.Tests;

/// <summary>What cannot be explained waits for an operator, and holds up nothing else.</summary>
[Trait("Kind", "Rules")]
public sealed class HoldTests
{
    [Fact]
    public void The_same_hold_is_raised_once_and_released_once()
    {
        var played = Playbook.AwaitingAttestation();
        var raised = new HoldRaised(HoldKind.UnknownInvoice, "aa", "gone", played.Now);
        played.Learn(raised, raised with { At = played.Now.AddHours(1) });
        var hold = Assert.Single(played.Header.Holds);
        Assert.Equal("unknown_invoice/aa", hold.Id);

        played.Ask(new ReleaseHold(hold.Id, "alice", "no such payment", played.Now));
        played.Ask(new ReleaseHold(hold.Id, "bob", "again", played.Now.AddDays(1)));
        played.Learn(raised);
        var released = Assert.Single(played.Header.Holds);
        Assert.Equal(new HoldRelease(played.Now, "alice", "no such payment"), released.Release);
        Assert.Equal("hold_not_found", played.Refused(new ReleaseHold("unknown_invoice/bb", "alice", "", played.Now)).Code);
    }

    [Fact]
    public void What_is_explained_is_no_release()
    {
        var played = Playbook.FundingConfirmed();
        played.Learn(new HoldRaised(HoldKind.UnknownInvoice, "aa", "gone", played.Now), new HoldExplained(HoldKind.UnknownInvoice, "aa", played.Now));
        Assert.Empty(played.Header.Holds);
        Assert.False(HoldRules.IsReleased(played.Header, HoldKind.UnknownInvoice, "aa"));
    }

    [Fact]
    public void A_payment_that_explains_itself_is_taken_into_the_journal_and_never_made_again()
    {
        var played = Playbook.OutcomeBroadcasted();
        var player = played.WinningPlayer();
        played.Learn(Found(played, player));
        var payout = Assert.Single(played.Live.Payouts);
        Assert.Equal(PayoutStage.Paid, payout.Stage);
        Assert.True(payout.Sellable);
        Assert.Empty(played.Header.Holds);
        Assert.Equal("payout_exists", played.Refused(played.Payout(player) with { Invoice = "lnbcrt1other" }).Code);

        played.Learn(Found(played, player));
        Assert.Single(played.Live.Payouts);
    }

    [Fact]
    public void A_payment_of_another_amount_is_held_and_nothing_more_is_paid_to_that_entry_until_its_release()
    {
        var played = Playbook.OutcomeBroadcasted();
        var player = played.WinningPlayer();
        played.Learn(Found(played, player) with { AmountMsat = 1_000 });
        var hold = Assert.Single(played.Header.Holds);
        Assert.Equal((HoldKind.UnexplainedPayment, played.EntryOf(player).Id, 1L), (hold.Kind, hold.Entry!.Value, hold.Sats));
        Assert.Equal("payout_held", played.Refused(played.Payout(player)).Code);
        Assert.DoesNotContain(played.Wants, effect => effect is PayWinner);

        played.Mine(Playbook.SplitHeight(played.Terms));
        Assert.Contains(played.Wants, effect => effect is BroadcastSplit);

        played.Mine(Given.OutcomeHeight + 1).Ask(new ReleaseHold(hold.Id, "alice", "a tip of ours", played.Now)).Ask(played.Payout(player));
        Assert.Contains(played.Wants, effect => effect is PayWinner);
    }

    [Fact]
    public void Refunds_stay_owed_until_the_operator_says_of_each_that_it_was_made()
    {
        var played = Playbook.AwaitingAttestation();
        played.See(ChainView.Empty with { Tip = played.Chain.Tip + 6, FundingConflict = Given.Txid("other") });
        var failed = Assert.IsType<Failed>(played.State);
        Assert.Equal(3, failed.Owed.Count());
        Assert.All(played.Header.Holds, hold => Assert.Equal((HoldKind.RefundOwed, played.Terms.Price.Value), (hold.Kind, hold.Sats)));
        foreach (var hold in played.Header.Holds)
        {
            Assert.IsType<Failed>(played.State);
            played.Ask(new ReleaseHold(hold.Id, "alice", "sent back", played.Now));
        }

        Assert.Empty(Assert.IsType<Cancelled>(played.State).Owed);
    }

    [Fact]
    public void A_cancelled_document_that_is_older_than_holds_still_gives_its_refunds_to_release()
    {
        var played = Playbook.Cancelled();
        var ticket = played.TicketOf(0);
        played.Learn(played.Seen(0, InvoiceStatus.Settled));
        var old = Assert.IsType<Cancelled>(played.State with { Header = played.Header with { Holds = [] } });
        var hold = Assert.Single(HoldRules.Of(old));
        Assert.Equal(ticket.Id.ToString(), hold.Subject);
        var after = Assert.IsType<Cancelled>(old.Decide(new ReleaseHold(hold.Id, "alice", "sent back", played.Now)).Next);
        Assert.Empty(after.Owed);
    }

    [Fact]
    public void A_stranger_s_spend_is_an_alarm_until_it_is_released_and_then_over()
    {
        var played = Playbook.AwaitingAttestation();
        played.See(played.Chain with { Outcome = new OutcomeSpend(OutcomeSpendKind.Foreign, -1, Given.Txid("stranger"), played.Chain.Tip) });
        Assert.IsType<Failed>(played.State);
        var hold = Assert.Single(played.Header.Holds);
        Assert.Equal(HoldKind.ForeignSpend, hold.Kind);
        played.Ask(new ReleaseHold(hold.Id, "alice", "the enclaves were robbed", played.Now));
        Assert.IsType<Completed>(played.State);
    }

    [Fact]
    public void A_stranger_s_spend_of_one_share_holds_up_no_other_share()
    {
        var played = Playbook.DeltaBroadcasted(Given.Terms(entries: 3, places: 2));
        var winners = played.Live.Contract.Winners(played.Terms, 0);
        played.See(played.Chain.WithShare(winners[0], ShareSpendKind.Foreign, played.Chain.Tip + 1));
        var hold = Assert.Single(played.Header.Holds);
        Assert.IsType<Failed>(played.State);
        played.Ask(new ReleaseHold(hold.Id, "alice", "", played.Now));
        Assert.IsType<DeltaBroadcasted>(played.State);
        played.See(played.Chain.WithShare(winners[1], ShareSpendKind.Win, played.Chain.Tip + 1));
        Assert.IsType<Completed>(played.State);
    }

    [Fact]
    public void Books_that_are_older_than_the_chain_take_a_signed_contract_s_funding_for_their_own()
    {
        var played = Playbook.SigningComplete();
        played.See(ChainView.Empty with { Tip = Given.FundingHeight, FundingSeen = true, FundingHeight = Given.FundingHeight });
        played.Learn(played.Seen(0, InvoiceStatus.Settled));
        Assert.IsType<FundingConfirmed>(played.State);
        Assert.Empty(played.Header.Holds);
    }

    [Fact]
    public void Books_without_the_signatures_give_nothing_up_while_the_funding_is_out_and_go_on_once_it_is_signed()
    {
        var played = Playbook.AwaitingSignatures();
        var seen = ChainView.Empty with { Tip = Given.FundingHeight, FundingSeen = true, FundingHeight = Given.FundingHeight };
        played.See(seen).Learn(played.Seen(0, InvoiceStatus.Settled), new TimePassed(played.Terms.SigningDeadline.AddDays(1)), new AttestationSeen(0, "aa", played.Now));
        Assert.IsType<AwaitingSignatures>(played.State);
        Assert.Equal(HoldKind.FoundFunding, Assert.Single(played.Header.Holds).Kind);
        Assert.Equal(TicketStage.Settled, played.TicketOf(0).Stage);

        played.Learn(new OwnPartSigned("round 1", Given.Hash("own"), played.Now)).All((play, player) => play.SendPartials(player));
        played.Learn(new ContractSigned("round 1", Given.Hash("signed"), played.Now)).See(seen);
        Assert.IsType<FundingConfirmed>(played.State);
        Assert.Empty(played.Header.Holds);
    }

    [Fact]
    public void A_released_found_funding_ends_as_any_other_at_its_deadline()
    {
        var played = Playbook.ContractCreated();
        played.See(ChainView.Empty with { Tip = Given.Tip, FundingSeen = true });
        played.Ask(new ReleaseHold("found_funding/funding", "alice", "swept by hand", played.Now)).Learn(new TimePassed(played.Terms.SigningDeadline));
        Assert.IsType<Cancelled>(played.State);
    }

    [Fact]
    public void A_free_seat_whose_hash_was_shown_after_all_gets_a_new_one()
    {
        var played = Playbook.CollectingEntries();
        var free = played.Roster.Tickets.First(ticket => ticket.Stage == TicketStage.Free);
        played.Learn(new TicketHashUsed(free.Hash, played.Now));
        Assert.Contains(new RotateTicket(free.Id, free.Hash), played.Wants);
    }

    private static PaymentFound Found(Played played, int player) => new(
        played.EntryOf(player).Id, Given.PayoutHash(player), PaymentState.Succeeded, 0, 290_000_000, 290_000, "lnbcrt1payout", "sealed preimage", 7, played.Now);
}
