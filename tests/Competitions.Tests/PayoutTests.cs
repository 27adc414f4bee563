namespace Coordinator.Competitions.Tests;

/// <summary>D16, D18, D19: when a winner is paid, once.</summary>
[Trait("Kind", "Rules")]
public sealed class PayoutTests
{
    [Fact]
    public void A_payout_is_one_intent_however_often_it_is_asked_for()
    {
        var (played, player) = Open();
        played.Ask(played.Payout(player)).Ask(played.Payout(player));
        Assert.Equal(new PayWinner(played.EntryOf(player).Id, Given.PayoutHash(player)), Assert.Single(played.Wants));
        Assert.Equal("payout_exists", played.Refused(played.Payout(player) with { Invoice = "lnbcrt1other" }).Code);
        Assert.Equal("payout_exists", played.Refused(played.Payout(player).Trusting()).Code);
        played.Learn(played.Payment(player, PaymentState.Succeeded));
        Assert.Equal("payout_exists", played.Refused(played.Payout(player).Trusting()).Code);
        Assert.Empty(played.Wants);
    }

    [Theory]
    [InlineData("not_a_winner")]
    [InlineData("entry_not_found")]
    [InlineData("wrong_ticket")]
    [InlineData("wrong_amount")]
    [InlineData("invoice_expired")]
    [InlineData("heights_differ")]
    [InlineData("not_atomic")]
    [InlineData("atomic_first")]
    public void Refuses_by_name(string code)
    {
        var (played, player) = Open();
        var good = played.Payout(player);
        var loser = played.Players.First(other => other != player);
        Assert.Equal(code, played.Refused(code switch
        {
            "not_a_winner" => played.Payout(loser),
            "entry_not_found" => good with { Player = Given.Player(loser) },
            "wrong_ticket" => good with { Ticket = played.TicketOf(loser).Id },
            "wrong_amount" => good with { AmountMsat = good.ShareSats * 1_000 + 1 },
            "invoice_expired" => good with { ExpiresAt = played.Now },
            "heights_differ" => good with { LightningHeight = played.Chain.Tip + 2 },
            "not_atomic" => good with { PaymentHash = Given.Hash("ordinary"), SealedKey = "k", SealedPreimage = "p" },
            _ => good.Trusting(),
        }).Code);
    }

    [Fact]
    public void Payouts_open_at_the_outcomes_depth_and_close_again_when_it_is_reorganised_away()
    {
        var played = Playbook.Attested();
        var player = played.WinningPlayer();
        Assert.Equal("not_attested", played.Refused(played.Payout(player)).Code);
        played.See(played.Chain.WithOutcome(height: null));
        Assert.Equal("not_attested", played.Refused(played.Payout(player)).Code);
        played.See(played.Chain.WithOutcome());
        Assert.Null(played.State.Decide(played.Payout(player)).Refusal);
        played.See(played.Chain with { Outcome = null });
        Assert.Equal("not_attested", played.Refused(played.Payout(player)).Code);
    }

    [Fact]
    public void An_order_is_marked_before_it_is_sent_and_is_from_then_on_never_taken_for_unsent()
    {
        var (played, player) = Open();
        played.Ask(played.Payout(player));
        Assert.False(Latest().MayBeOut);
        var marked = played.Payment(player, PaymentState.InFlight) with { AboutToSend = true };
        played.Learn(marked, marked);
        Assert.Equal(PayoutStage.Intended, Latest().Stage);
        Assert.True(Latest().MayBeOut);
        Assert.Single(played.Wants);
        played.Learn(played.Payment(player, PaymentState.InFlight));
        Assert.Equal(PayoutStage.InFlight, Latest().Stage);
        Assert.True(Latest().MayBeOut);

        Payout Latest() => ((LiveState)played.State).Live.PayoutOf(played.EntryOf(player).Id)!;
    }

    [Fact]
    public void An_unsold_seat_is_paid_nothing()
    {
        var played = Playbook.FundingConfirmed();
        var player = played.WinningPlayer();
        played.All((play, each) => play.Learn(play.Seen(each, each == player ? InvoiceStatus.Canceled : InvoiceStatus.Settled)));
        played.See(played.Chain.WithOutcome());
        Assert.Equal("seat_not_sold", played.Refused(played.Payout(player)).Code);
    }

    [Fact]
    public void The_window_is_reckoned_from_the_greater_of_both_heights()
    {
        var terms = Given.Terms();
        Assert.Equal(1_020 + 48 - 4 - 3 - 1_025, PayoutRules.CltvLimit(terms, 1_020, 1_024, 1_025));
        Assert.Equal(1_020 + 48 - 4 - 3 - 1_026, PayoutRules.CltvLimit(terms, 1_020, 1_026, 1_025));
        Assert.Equal(27, PayoutRules.RouteBlocks(null));
        var (played, player) = Open();
        var last = Given.OutcomeHeight + 48 - 7 - (18 + 3 + 1);
        Assert.Null(played.Mine(last).State.Decide(played.Payout(player)).Refusal);
        Assert.Equal("payout_closed", played.Refused(played.Payout(player, lightningHeight: last + 1)).Code);
        Assert.Equal("payout_closed", played.Mine(last + 1).Refused(played.Payout(player)).Code);
    }

    [Fact]
    public void A_spent_outcome_output_closes_payouts_even_unconfirmed()
    {
        var (played, player) = Open();
        played.See(played.Chain.WithSplit(null));
        Assert.Equal("payout_closed", played.Refused(played.Payout(player)).Code);
    }

    [Fact]
    public void A_failed_atomic_payout_may_be_tried_again_with_the_same_hash_or_in_the_trusting_way()
    {
        var (played, player) = Open();
        played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.Failed));
        Assert.Empty(played.Wants);
        Assert.Null(played.State.Decide(played.Payout(player)).Refusal);
        played.Ask(played.Payout(player).Trusting());
        Assert.Equal(new PayWinner(played.EntryOf(player).Id, Given.Hash("ordinary")), Assert.Single(played.Wants));
    }

    [Fact]
    public void What_was_handed_over_is_unusable_until_paid_and_erased_when_the_payment_failed()
    {
        var (played, player) = Open();
        played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.Failed)).Ask(played.Payout(player).Trusting());
        played.Learn(played.Payment(player, PaymentState.InFlight, Given.Hash("ordinary")));
        Assert.DoesNotContain(played.Wants, effect => effect is BroadcastClose);
        var paid = played.State.Absorb(played.Payment(player, PaymentState.Succeeded, Given.Hash("ordinary")));
        Assert.Contains(new BroadcastClose(), paid.Wants());
        played.Learn(played.Payment(player, PaymentState.Failed, Given.Hash("ordinary")));
        Assert.All(played.Live.Payouts, payout => Assert.True(payout is { SealedKey: null, SealedPreimage: null, Live: false }));
        Assert.Equal("payment_hash_used", played.Refused(played.Payout(player).Trusting()).Code);
    }

    [Fact]
    public void Nobody_shuts_another_winner_out_by_borrowing_their_payout_hash_or_a_ticket_hash()
    {
        var (played, player) = Open();
        var other = played.Players.First(each => each != player);
        played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.Failed));
        foreach (var hash in new[] { Given.PayoutHash(other), Given.PayoutHash(player), played.TicketOf(other).Hash, played.TicketOf(player).Hash }
            .Where(hash => hash != Given.PayoutHash(player)))
        {
            Assert.Equal("payment_hash_used", played.Refused(played.Payout(player).Trusting() with { PaymentHash = hash }).Code);
        }
    }

    [Fact]
    public void Final_words_are_final_and_late_ones_change_nothing()
    {
        var (played, player) = Open();
        played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.Succeeded));
        var paid = Documents.Write(played.State);
        played.Learn(played.Payment(player, PaymentState.Failed), played.Payment(player, PaymentState.InFlight));
        Assert.Equal(paid, Documents.Write(played.State));
    }

    [Fact]
    public void An_atomic_payment_without_its_preimage_is_looked_at_again()
    {
        var (played, player) = Open();
        played.Ask(played.Payout(player)).Learn(played.Payment(player, PaymentState.Succeeded, preimage: null));
        Assert.IsType<PayWinner>(Assert.Single(played.Wants));
        Assert.Equal(PayoutStage.InFlight, Assert.Single(played.Live.Payouts).Stage);
        played.Learn(played.Payment(player, PaymentState.Succeeded));
        Assert.True(Assert.Single(played.Live.Payouts).Sellable);
    }

    [Fact]
    public void The_key_is_taken_only_after_the_payment_and_only_from_its_owner()
    {
        var (played, player) = Open();
        var hand = new HandOverKey(Given.Player(player), played.EntryOf(player).Id, played.TicketOf(player).Id, "key", played.Now);
        Assert.Equal("not_paid", played.Refused(hand).Code);
        played.Ask(played.Payout(player));
        Assert.Equal("not_paid", played.Refused(hand).Code);
        played.Learn(played.Payment(player, PaymentState.Succeeded));
        Assert.Equal("entry_not_found", played.Refused(hand with { Player = Given.Player(9) }).Code);
        played.Ask(hand).Ask(hand with { SealedKey = "another" });
        Assert.Equal("key", played.Live.Payouts[0].SealedKey);
    }

    [Fact]
    public void An_intended_payout_is_not_sent_under_another_outcome_and_waits_where_there_is_none()
    {
        var (played, player) = Open();
        played.Ask(played.Payout(player));
        RefusalKind? Send() => PayoutRules.CheckSend((LiveState)played.State, played.Live.Payouts[0])?.Kind;
        Assert.Null(Send());
        var chain = played.Chain;
        played.See(chain with { Outcome = null });
        Assert.Equal(RefusalKind.Unavailable, Send());
        played.See(chain.WithOutcome(outcome: -1));
        Assert.Equal(RefusalKind.Conflict, Send());
        played.See(chain.WithSplit(null));
        Assert.Equal(RefusalKind.Conflict, Send());
        Assert.IsType<PayWinner>(Assert.Single(played.Wants, effect => effect is PayWinner));
    }

    private static (Played Played, int Player) Open()
    {
        var played = Playbook.OutcomeBroadcasted();
        return (played, played.WinningPlayer());
    }
}
