using Coordinator.Dlc;

namespace Coordinator.Competitions.Tests;

[Trait("Kind", "Rules")]
public sealed class EscrowTests
{
    [Fact]
    public void An_invoice_is_made_only_after_its_escrow()
    {
        var played = Played.New(Given.EscrowTerms());
        played.Ask(new RequestTicket(Given.Player(0), Given.DlcKey(0), played.NewId(), played.Now));
        var ticket = played.TicketOf(0);
        Assert.Equal(new PrepareEscrow(ticket.Id, ticket.Hash), Assert.Single(played.Wants));
        var other = Given.Escrow(1, played.Terms);
        played.Learn(new EscrowPrepared(ticket.Id, ticket.Hash, other, played.Now));
        Assert.Null(played.TicketOf(0).Escrow);
        played.Learn(new EscrowPrepared(ticket.Id, ticket.Hash, Given.Escrow(0, played.Terms), played.Now));
        Assert.Equal(new IssueInvoice(ticket.Id, ticket.Hash), Assert.Single(played.Wants));
        var refusal = played.Refused(new RequestTicket(Given.Player(0), Given.DlcKey(1), played.NewId(), played.Now));
        Assert.Equal("escrow_key", refusal.Code);
    }

    [Fact]
    public void Nothing_is_sent_before_all_seats_are_sold_and_looked_at_once_more()
    {
        var played = Played.New(Given.EscrowTerms()).Sell(0).Sell(1);
        Assert.DoesNotContain(played.Wants, effect => effect is BroadcastEscrow or CheckBeforeEscrow);
        played.Sell(2);
        Assert.IsType<AwaitingEscrow>(played.State);
        Assert.Equal("entries_collected", played.State.Wire);
        Assert.Equal(new CheckBeforeEscrow(), Assert.Single(played.Wants));
        played.Learn(new EscrowsCleared(Given.Tip, played.Now));
        Assert.Equal(3, played.Wants.OfType<BroadcastEscrow>().Count());
        Assert.DoesNotContain(played.Wants, effect => effect is SettleInvoice or CreateOracleEvent);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Escrows_are_sent_only_with_thirty_six_blocks_before_the_limit(int tooFar, bool sent)
    {
        var played = EscrowPlay.Waiting();
        var tip = Given.Tip + 400 - 24 - 36 + tooFar;
        played.Learn(new EscrowsCleared(tip, played.Now));
        Assert.Equal(sent, ((AwaitingEscrow)played.State).SentAt == tip);
        if (!sent)
        {
            played.Mine(tip);
            Assert.IsType<Cancelled>(played.State);
            Assert.Equal(3, played.Wants.OfType<CancelInvoice>().Count());
            Assert.Equal(3, played.Wants.OfType<ReleaseEscrow>().Count());
            Assert.DoesNotContain(played.Wants, effect => effect is DoubleSpendEscrow);
        }
    }

    [Fact]
    public void A_payment_is_taken_only_when_its_escrow_is_as_deep_as_the_terms_ask()
    {
        var played = EscrowPlay.Sent(Given.EscrowTerms(depth: 3));
        played.SeeEscrows(new EscrowSight(true, null, null, null), Given.Tip + 1);
        Assert.Empty(played.Wants);
        played.SeeEscrows(EscrowPlay.Deep, EscrowPlay.Height + 1);
        Assert.Empty(played.Wants);
        played.SeeEscrows(EscrowPlay.Deep, EscrowPlay.Height + 2);
        Assert.Equal(3, played.Wants.OfType<SettleInvoice>().Count());
        played.All((play, player) => play.Learn(play.Seen(player, InvoiceStatus.Settled)));
        Assert.IsType<EscrowConfirmed>(played.State);
        Assert.Contains(new CreateOracleEvent(), played.Wants);
        Assert.NotNull(played.Header.StampOf("escrow_funds_confirmed_at"));
    }

    [Fact]
    public void An_escrow_that_a_reorganisation_took_is_sent_again_and_waited_for()
    {
        var played = EscrowPlay.Sent().SeeEscrows(EscrowPlay.Deep);
        played.Learn(played.Seen(0, InvoiceStatus.Settled), played.Seen(1, InvoiceStatus.Settled)).SeeEscrow(0, EscrowSight.Nothing);
        Assert.Contains(played.Wants, effect => effect is BroadcastEscrow again && again.Ticket == played.TicketOf(0).Id);
        played.Learn(played.Seen(2, InvoiceStatus.Settled));
        Assert.IsType<AwaitingEscrow>(played.State);
        played.SeeEscrow(0, EscrowPlay.Deep);
        Assert.IsType<EscrowConfirmed>(played.State);
    }

    [Fact]
    public void A_stuck_escrow_is_double_spent_first_and_its_payment_given_back_after()
    {
        var played = EscrowPlay.Sent().SeeEscrow(0, EscrowPlay.Deep).SeeEscrow(1, EscrowPlay.Deep).SeeEscrow(2, new EscrowSight(true, null, null, null));
        played.Learn(played.Seen(0, InvoiceStatus.Settled), played.Seen(1, InvoiceStatus.Settled));
        played.Mine(Given.Tip + 400 - 25);
        Assert.IsType<AwaitingEscrow>(played.State);
        played.Mine(Given.Tip + 400 - 24);
        Assert.IsType<Cancelled>(played.State);
        var stuck = played.TicketOf(2);
        Assert.Equal(new DoubleSpendEscrow(stuck.Id, stuck.Hash), Assert.Single(played.Wants));
        played.SeeEscrow(2, EscrowPlay.Replaced);
        Assert.Equal(new CancelInvoice(stuck.Hash), Assert.Single(played.Wants));
        played.Learn(played.Seen(2, InvoiceStatus.Canceled));
        Assert.Empty(played.Wants);

        // Two settled seats: their escrows are theirs, the fees are owed.
        Assert.Equal(2, played.Header.Holds.Count(hold => hold.Kind == HoldKind.RefundOwed));
        Assert.All(played.Header.Holds, hold => Assert.Equal((played.Terms.Price - played.Terms.EntryFee).Value, hold.Sats));
        Assert.True(played.State.WatchesChain);
        played.SeeEscrow(0, EscrowPlay.Spent(EscrowPath.Refund, EscrowPlay.Height + 5)).SeeEscrow(1, EscrowPlay.Spent(EscrowPath.Together, EscrowPlay.Height + 5));
        Assert.False(played.State.WatchesChain);
    }

    [Fact]
    public void A_stuck_escrow_that_confirms_after_all_comes_home_by_the_coordinators_way()
    {
        var played = EscrowPlay.Sent().Mine(Given.Tip + 400 - 24);
        Assert.Equal(3, played.Wants.OfType<DoubleSpendEscrow>().Count());
        Assert.DoesNotContain(played.Wants, effect => effect is CancelInvoice);
        played.SeeEscrow(0, EscrowPlay.Deep);
        var ticket = played.TicketOf(0);
        Assert.Contains(new CancelInvoice(ticket.Hash), played.Wants);
        Assert.DoesNotContain(new DoubleSpendEscrow(ticket.Id, ticket.Hash), played.Wants);
        played.Learn(played.Seen(0, InvoiceStatus.Canceled));
        var opens = EscrowPlay.Height + played.Terms.Escrow!.RefundBlocks + 144 - 1;
        played.SeeEscrow(0, EscrowPlay.Deep, opens - 1);
        Assert.DoesNotContain(played.Wants, effect => effect is ReclaimEscrow);
        played.SeeEscrow(0, EscrowPlay.Deep, opens);
        Assert.Contains(new ReclaimEscrow(ticket.Id, ticket.Hash), played.Wants);
        Assert.DoesNotContain(played.Header.Holds, hold => hold.Kind == HoldKind.EscrowUnclaimed);
    }

    [Fact]
    public void A_paid_escrow_is_never_reclaimed_without_the_operators_word()
    {
        var played = EscrowPlay.Confirmed();
        played.Ask(new Cancel("the operator said so", played.Now));
        Assert.Empty(played.Wants);
        played.SeeEscrows(EscrowPlay.Deep, 100_000);
        Assert.Empty(played.Wants);
        var hold = played.Header.Holds.First(hold => hold.Kind == HoldKind.EscrowUnclaimed);
        Assert.Equal(played.Terms.EntryFee.Value, hold.Sats);
        played.Ask(new ReleaseHold(hold.Id, "operator", "paid over Lightning", played.Now));
        Assert.IsType<ReclaimEscrow>(Assert.Single(played.Wants));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_paid_escrow_that_can_never_be_is_owed_whole(bool replacedFirst)
    {
        var played = EscrowPlay.Sent().Mine(Given.Tip + 400 - 24);
        Assert.IsType<Cancelled>(played.State);
        if (replacedFirst)
        {
            played.SeeEscrow(0, EscrowPlay.Replaced).Learn(played.Seen(0, InvoiceStatus.Settled));
        }
        else
        {
            played.Learn(played.Seen(0, InvoiceStatus.Settled));
            Assert.Equal((played.Terms.Price - played.Terms.EntryFee).Value, Assert.Single(played.Header.Holds).Sats);
            played.SeeEscrow(0, EscrowPlay.Replaced);
        }

        Assert.All(played.Header.Holds, hold => Assert.Equal((HoldKind.RefundOwed, true), (hold.Kind, hold.IsOpen)));
        Assert.Equal(played.Terms.Price.Value, played.Header.Holds.Sum(hold => hold.Sats));
        Assert.Equal(2, played.Header.Holds.Length);
    }

    [Fact]
    public void An_escrow_whose_coins_are_gone_ends_the_competition_before_anything_is_funded()
    {
        var played = EscrowPlay.Sent().SeeEscrow(0, EscrowPlay.Replaced);
        Assert.IsType<Cancelled>(played.State);
        Assert.Contains(new CancelInvoice(played.TicketOf(0).Hash), played.Wants);
        Assert.Equal(2, played.Wants.OfType<DoubleSpendEscrow>().Count());
    }

    [Fact]
    public void The_pool_is_funded_only_with_every_players_signature_on_their_escrow()
    {
        var played = EscrowPlay.SigningComplete();
        played.Wait(TimeSpan.FromMinutes(30)).Learn(new TimePassed(played.Now));
        Assert.Empty(played.Wants);
        played.SignEscrow(0).SignEscrow(1);
        played.Learn(new FundingCleared(Given.Tip + 5, played.Now));
        Assert.Empty(played.Wants);
        played.SignEscrow(2).SignEscrow(2);
        Assert.Contains(new CheckBeforeFunding(), played.Wants);
        var first = played.EntryOf(0).Id;
        Assert.Equal("entry_not_found", played.Refused(new SubmitEscrowSignature(Given.Player(1), first, "30", played.Now)).Code);
        played.Learn(new FundingCleared(Given.Tip + 5, played.Now));
        Assert.IsType<FundingBroadcasted>(played.State);
        Assert.Equal(3, played.Roster.Tickets.Count(ticket => ticket.Escrow?.Signature is not null));
    }

    [Fact]
    public void Who_has_not_signed_by_the_deadline_is_named_and_all_escrows_stay_their_players()
    {
        var played = EscrowPlay.SigningComplete().SignEscrow(0).SignEscrow(1);
        played.Learn(new TimePassed(played.Terms.SigningDeadline));
        var cancelled = Assert.IsType<Cancelled>(played.State);
        Assert.Contains(played.EntryOf(2).Id.ToString(), cancelled.Reason, StringComparison.Ordinal);
        Assert.Equal(played.EntryOf(2).Id, Assert.Single(cancelled.Culprits).Entry);
        Assert.DoesNotContain(played.Wants, effect => effect is CancelInvoice or DoubleSpendEscrow or ReclaimEscrow);
        Assert.Equal(3, cancelled.Owed.Count());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Nothing_is_funded_so_late_that_a_player_could_take_an_escrow_out(int tooFar, bool funded)
    {
        var played = EscrowPlay.SigningComplete().All((play, player) => play.SignEscrow(player));
        var opens = EscrowPlay.Height + played.Terms.Escrow!.RefundBlocks - 1;
        played.Learn(new FundingCleared(opens - 13 + tooFar, played.Now));
        Assert.Equal(funded, played.State is FundingBroadcasted);
        if (!funded)
        {
            played.Mine(opens - 12);
            Assert.IsType<Cancelled>(played.State);
        }
    }

    [Fact]
    public void A_replaced_funding_fails_until_every_escrow_is_spent()
    {
        var played = EscrowPlay.Funded();
        Assert.Contains(new BroadcastFunding(), played.Wants);
        played.See(ChainView.Empty with { Tip = Given.Tip + 300, FundingConflict = Given.Txid("other") });
        Assert.IsType<Failed>(played.State);
        Assert.DoesNotContain(played.Wants, effect => effect is BroadcastFunding or CancelInvoice);
        played.SeeEscrow(0, EscrowPlay.Spent(EscrowPath.Refund, Given.Tip + 290), Given.Tip + 300);
        played.SeeEscrow(1, EscrowPlay.Spent(EscrowPath.Refund, Given.Tip + 290), Given.Tip + 300);
        Assert.IsType<Failed>(played.State);
        Assert.Equal(3, ((Failed)played.State).Owed.Count());
        played.SeeEscrow(2, EscrowPlay.Spent(EscrowPath.Together, Given.Tip + 290), Given.Tip + 300);
        Assert.IsType<Cancelled>(played.State);
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void A_funded_competition_goes_on_without_settling_anything_again()
    {
        var played = EscrowPlay.Funded();
        played.See(played.Chain with { Tip = Given.FundingHeight, FundingSeen = true, FundingHeight = Given.FundingHeight });
        Assert.IsType<AwaitingAttestation>(played.State);
        Assert.Empty(played.Wants);
    }

    [Fact]
    public void An_unfilled_competition_gives_every_coin_back()
    {
        var played = Played.New(Given.EscrowTerms()).Sell(0).Reserve(1);
        played.Learn(new TimePassed(played.Terms.Close));
        Assert.IsType<Cancelled>(played.State);
        Assert.Equal(2, played.Wants.OfType<ReleaseEscrow>().Count());
        played.Learn([.. played.Roster.Tickets.Where(ticket => ticket.Escrow is not null).SelectMany(ticket => new Fact[]
        {
            new EscrowReleased(ticket.Escrow!.OutPoint, played.Now), new InvoiceSeen(ticket.Hash, InvoiceStatus.Canceled, null, 0, played.Now),
        })]);
        Assert.Empty(played.Wants);
        Assert.False(played.State.WatchesChain);
    }

    [Fact]
    public void A_payment_that_was_taken_is_backed_by_its_escrow_whatever_the_books_say()
    {
        var played = Played.New(Given.EscrowTerms()).Sell(0).Sell(1);
        played.Learn(played.Seen(0, InvoiceStatus.Settled));
        Assert.IsType<Cancelled>(played.State);
        Assert.Contains(new BroadcastEscrow(played.TicketOf(0).Id, played.TicketOf(0).Hash), played.Wants);
        Assert.Equal((played.Terms.Price - played.Terms.EntryFee).Value, Assert.Single(played.Header.Holds).Sats);
        Assert.Equal(new ReleaseEscrow(played.TicketOf(1).Id, played.TicketOf(1).Hash), Assert.Single(played.Wants.OfType<ReleaseEscrow>()));
        played.SeeEscrow(0, EscrowPlay.Spent(EscrowPath.Refund, EscrowPlay.Height + 5));
        Assert.DoesNotContain(played.Wants, effect => effect is BroadcastEscrow);
    }

    [Fact]
    public void Terms_with_escrow_need_a_refund_time_that_fits_and_say_the_numbers()
    {
        var proposed = Given.Proposed() with { StartObservation = Given.Start.AddHours(20), Escrow = true };
        var least = HoldTimes.Blocks(TimeSpan.FromHours(20)) + 1 + 72;
        Assert.Equal(least, Given.EscrowTerms().Escrow!.RefundBlocks);
        foreach (var blocks in new[] { least - 1, EscrowTimes.MostRefundBlocks + 1, 0, -5 })
        {
            var (_, refusals) = TermsRules.Accept(proposed with { EscrowRefundBlocks = blocks }, Given.Policy(), Given.Start);
            var refusal = Assert.Single(refusals);
            Assert.Equal("escrow_refund_blocks", refusal.Field);
            Assert.Contains($"{least}", refusal.Detail, StringComparison.Ordinal);
        }

        Assert.NotNull(TermsRules.Accept(proposed with { EscrowRefundBlocks = least }, Given.Policy(), Given.Start).Terms);
        var (_, without) = TermsRules.Accept(proposed with { Escrow = false, EscrowRefundBlocks = least }, Given.Policy(), Given.Start);
        Assert.Equal("escrow_refund_blocks", Assert.Single(without).Field);
    }

    [Fact]
    public void Players_of_escrows_are_needed_before_the_start_also_with_Keymeld()
    {
        var terms = Given.EscrowTerms(SigningMode.Keymeld);
        Assert.Equal(terms.StartObservation, terms.SigningDeadline);
        Assert.Equal(terms.StartObservation - terms.SigningWindow, terms.Close);
        Assert.True(terms.Price > Given.Terms().Price);
    }

    [Fact]
    public void Where_there_is_no_escrow_nobody_signs_one()
    {
        var played = Playbook.ReadyToFund();
        Assert.Equal("no_escrow", played.Refused(new SubmitEscrowSignature(Given.Player(0), played.EntryOf(0).Id, "30", played.Now)).Code);
    }
}
