using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Lightning;

namespace Coordinator.Simulation.Tests;

/// <summary>An honest history passes; each rule is shown a wrong one, which it must find. A check that cannot fail is none.</summary>
public sealed class AuditorTests
{
    [Fact]
    public void An_honest_competition_passes_and_every_rule_had_something_to_check()
    {
        var scene = Paid();
        Assert.Null(scene.Step());
        Finish(scene);
        Assert.Null(scene.End());
        Assert.All(scene.Auditor.Seen.Where(rule => rule.Key != "nonces"), rule => Assert.True(rule.Value > 0, rule.Key));
    }

    [Fact]
    public void A_step_costs_next_to_nothing_when_nothing_happened()
    {
        var scene = Paid();
        Assert.Null(scene.Step());
        var before = scene.Auditor.Seen.Values.Sum();
        for (var step = 0; step < 100_000; step++)
        {
            scene.Auditor.Step();
        }

        Assert.Equal(before, scene.Auditor.Seen.Values.Sum());
    }

    [Fact]
    public void A_ticket_settled_before_the_funding_is_deep_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Write(scene.Complete);
        scene.Write(new FundingBroadcasted(scene.Header(TicketStage.Paid), scene.Live()));
        scene.Reserve(scene.Funding, Scene.Owner);
        scene.Send(scene.Funding);
        scene.Lightning.SettleInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(0));
        Found(scene, "preimages", "before the funding was as deep");
    }

    [Fact]
    public void A_settle_intent_before_the_funding_is_deep_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Write(scene.Complete);
        scene.Write(new FundingConfirmed(scene.Header(TicketStage.Paid), scene.Live(settling: true)), new SettleInvoice(Guid.Empty, Hash32.Of([1])));
        Found(scene, "preimages", "wants to settle");
    }

    [Fact]
    public void A_ticket_settled_after_the_pool_was_given_up_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund();
        scene.Write(new Failed(scene.Header(TicketStage.Paid), scene.Live() with { Abandoned = "too near" }, "too near"));
        scene.Lightning.SettleInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(0));
        Found(scene, "preimages", "after its payments were given back");
    }

    [Fact]
    public void A_ticket_settled_without_an_intent_on_the_disk_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund();
        scene.Lightning.SettleInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(0));
        Found(scene, "preimages", "without an intent");
    }

    [Fact]
    public void The_preimage_of_an_unsold_seat_in_a_transaction_is_found_even_if_nobody_takes_it()
    {
        var scene = new Scene().Sell().Sign().Fund();
        scene.Lightning.CancelInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(scene.Winner()).Hash);
        scene.Send(scene.SplitTransaction());
        Found(scene, "preimages", "unsold ticket");
    }

    [Fact]
    public void A_payment_without_an_intent_on_the_disk_is_found()
    {
        var scene = Won();
        scene.Pay(scene.Winner(), Scene.PayoutPreimage(scene.Winner()), scene.Share(), intended: false);
        Found(scene, "payouts", "without an intent");
    }

    [Fact]
    public void A_payment_before_the_outcome_has_confirmed_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund().Settle();
        scene.Oracle.Attest(Scene.Id, 0);
        scene.Send(scene.OutcomeTransaction(0));
        scene.Pay(scene.Winner(), Scene.PayoutPreimage(scene.Winner()), scene.Share());
        Found(scene, "payouts", "confirmations");
    }

    [Fact]
    public void A_payment_of_another_amount_is_found()
    {
        var scene = Won();
        scene.Pay(scene.Winner(), Scene.PayoutPreimage(scene.Winner()), scene.Share() + 1);
        Found(scene, "payouts", "its share under");
    }

    [Fact]
    public void A_payment_to_the_loser_is_found()
    {
        var scene = Won();
        scene.Pay(1 - scene.Winner(), Scene.PayoutPreimage(1 - scene.Winner()), scene.Share());
        Found(scene, "payouts", "its share under");
    }

    [Fact]
    public void A_payment_for_an_unsold_seat_is_found()
    {
        var scene = new Scene().Sell().Sign().Fund();
        scene.Lightning.CancelInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(0).Hash);
        scene.Lightning.CancelInvoice(scene.World.CoordinatorNode, Scene.TicketPreimage(1).Hash);
        scene.Decide();
        scene.Pay(scene.Winner(), Scene.PayoutPreimage(scene.Winner()), scene.Share());
        Found(scene, "payouts", "invoice is Canceled");
    }

    [Fact]
    public void A_second_payment_of_the_same_winner_is_found()
    {
        var scene = Won();
        var (first, second) = (Scene.PayoutPreimage(scene.Winner()), Preimage.FromBytes(Scene.Secret("another")));
        scene.Pay(scene.Winner(), first, scene.Share());
        Assert.Null(scene.Step());
        scene.Pay(scene.Winner(), second, scene.Share());
        Found(scene, "one-payout", "2 live payments");
    }

    [Fact]
    public void A_winner_who_was_paid_and_took_the_share_on_chain_is_found()
    {
        var scene = Paid();
        scene.Mine(Scene.Delta);
        scene.Send(scene.SplitTransaction());
        scene.Mine(Scene.Delta + 1);
        var sweep = SweepTransaction.Build(Scene.PlayerScript(scene.Winner()), FeeRate.FromSatPerVbyte(2), scene.Dlc.SplitWin(scene.Win()));
        Assert.Null(scene.Chain.Submit(sweep.Sign(0, Scene.PlayerKey(scene.Winner()), Scene.TicketPreimage(scene.Winner()).ToBytes()).Transaction).Refused);
        scene.Mine(6);
        Over(scene);
        Assert.Equal("one-payout", scene.End()?.Rule);
    }

    [Fact]
    public void A_reclaim_of_a_sold_share_without_the_operators_release_is_found()
    {
        var scene = Won();
        scene.Mine(Scene.Delta);
        scene.Send(scene.SplitTransaction());
        scene.Mine(2 * Scene.Delta);
        Assert.Null(scene.Step());
        scene.Send(scene.Sweep(scene.Dlc.SplitReclaim(scene.Win())));
        Found(scene, "reclaim", "by Reclaim");
    }

    [Fact]
    public void A_released_share_may_be_reclaimed()
    {
        var scene = Won();
        scene.Mine(Scene.Delta);
        scene.Send(scene.SplitTransaction());
        scene.Mine(2 * Scene.Delta);
        scene.Write(new DeltaBroadcasted(scene.Header(TicketStage.Settled), scene.Live(settling: true) with { Released = [Scene.EntryId(scene.Winner())] }));
        scene.Send(scene.Sweep(scene.Dlc.SplitReclaim(scene.Win())));
        Assert.Null(scene.Step());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, false)]
    public void A_share_may_be_reclaimed_only_when_the_grace_of_its_terms_is_over(int late, bool isWrong)
    {
        var scene = Won(new Scene { Grace = 3 });
        scene.Mine(Scene.Delta);
        scene.Send(scene.SplitTransaction());
        scene.Mine((2 * Scene.Delta) + late);
        scene.Send(scene.Sweep(scene.Dlc.SplitReclaim(scene.Win())));
        Assert.Equal(isWrong, scene.Step() is { Rule: "reclaim" });
    }

    [Fact]
    public void A_reclaim_of_a_whole_outcome_with_a_sold_winner_is_found()
    {
        var scene = Won();
        scene.Mine(2 * Scene.Delta);
        Assert.Null(scene.Step());
        scene.Send(scene.Sweep(scene.Dlc.OutcomeReclaim(scene.Win().Outcome)));
        Found(scene, "reclaim", "takes back");
    }

    [Fact]
    public void A_nonce_in_two_aggregates_is_found()
    {
        var scene = new Scene().Sell().Sign();
        var (nonces, other) = (scene.Put(scene.Nonces[0]), scene.Put(scene.Nonces[1]));
        var round = SigningRound.First("round one", DateTimeOffset.UnixEpoch).WithNonces(Scene.EntryId(0), nonces).WithNonces(Scene.EntryId(1), other);
        scene.Write(new AwaitingSignatures(scene.Header(TicketStage.Paid), scene.Contract, round with { Aggregate = Hash32.Of([7]) }));
        Assert.Null(scene.Step());
        Assert.True(scene.Auditor.Seen["nonces"] > 0);
        var again = SigningRound.First("round two", DateTimeOffset.UnixEpoch).WithNonces(Scene.EntryId(0), nonces).WithNonces(Scene.EntryId(1), scene.Put(new byte[660]));
        scene.Write(new AwaitingSignatures(scene.Header(TicketStage.Paid), scene.Contract, again with { Aggregate = Hash32.Of([8]) }));
        Found(scene, "nonces", "in another aggregate too");
    }

    [Fact]
    public void A_round_with_two_aggregates_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Write(new AwaitingSignatures(scene.Header(TicketStage.Paid), scene.Contract, SigningRound.First("round", DateTimeOffset.UnixEpoch) with { Aggregate = Hash32.Of([7]) }));
        scene.Write(new AwaitingSignatures(scene.Header(TicketStage.Paid), scene.Contract, SigningRound.First("round", DateTimeOffset.UnixEpoch) with { Aggregate = Hash32.Of([8]) }));
        Found(scene, "nonces", "two aggregates");
    }

    [Fact]
    public void A_coin_promised_to_two_owners_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Write(new WalletDocument { Payments = [Scene.Promise("funding/one", scene.Funding), Scene.Promise("funding/two", scene.Funding)] });
        Found(scene, "coins", "is promised to");
    }

    [Fact]
    public void A_coin_that_is_spent_without_a_reservation_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Send(scene.Funding);
        Found(scene, "coins", "reserved for nobody");
    }

    [Fact]
    public void A_coin_that_two_owners_spend_is_found()
    {
        var scene = new Scene().Sell().Sign();
        scene.Write(scene.Complete);
        scene.Reserve(scene.Funding, "funding/one");
        scene.Send(scene.Funding);
        Assert.Null(scene.Step());
        scene.Mine(7);
        _ = scene.Reservations.SettleAsync("funding/one");
        scene.Reserve(scene.Funding, "funding/two");
        scene.Send(new Transaction(2, scene.Funding.Inputs, [new TxOut(Satoshis.Of(490_000), scene.Home)], 0));
        Found(scene, "coins", "has spent");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void A_coin_is_free_only_when_its_spender_has_six_confirmations(int confirmations, bool isWrong)
    {
        var scene = new Scene().Sell().Sign().Fund();
        scene.Mine(confirmations - 1);
        _ = scene.Reservations.SettleAsync(Scene.Owner);
        Assert.Equal(isWrong, scene.Step() is { Rule: "coins" });
    }

    [Fact]
    public void A_coin_that_is_free_after_its_broadcast_intent_is_found_although_nothing_was_sent()
    {
        var scene = new Scene().Sell().Sign();
        scene.Reserve(scene.Funding, Scene.Owner);
        _ = scene.Reservations.SettleAsync(Scene.Owner);
        Found(scene, "coins", "is free again");
    }

    [Fact]
    public void A_kept_coin_that_nothing_spends_may_be_freed_when_its_owner_is_done()
    {
        var scene = new Scene().Sell().Sign().Fund();
        _ = scene.Reservations.ReserveAsync("bump/one", [new Storage.CoinToReserve($"{scene.Funding.Txid}:7")]);
        _ = scene.Reservations.MarkBroadcastAsync("bump/one", scene.Funding.Txid.ToString());
        _ = scene.Reservations.SettleAsync("bump/one");
        Assert.Null(scene.Step());
    }

    [Fact]
    public void A_held_payment_that_a_cancelled_competition_has_forgotten_is_found()
    {
        var scene = new Scene().Sell();
        scene.Write(new Cancelled(scene.Header(TicketStage.Paid), "nobody came", false));
        Assert.Null(scene.Step());
        scene.Clock.Advance(TimeSpan.FromMinutes(40));
        Found(scene, "held-invoices", "does nothing about it");
    }

    [Fact]
    public void A_held_payment_that_a_cancelled_competition_wants_to_give_back_is_no_loss()
    {
        var scene = new Scene().Sell();
        scene.Write(
            new Cancelled(scene.Header(TicketStage.Paid), "nobody came", false),
            [.. Enumerable.Range(0, Scene.Players).Select(player => new CancelInvoice(Scene.HashOf(Scene.TicketPreimage(player))))]);
        Assert.Null(scene.Step());
        scene.Clock.Advance(TimeSpan.FromMinutes(40));
        Assert.Null(scene.Step());
    }

    [Fact]
    public void A_payment_that_is_held_at_the_end_is_found()
    {
        var scene = new Scene().Sell();
        Assert.Equal("held-invoices", scene.End()?.Rule);
    }

    private static Scene Won(Scene? begun = null)
    {
        var scene = (begun ?? new Scene()).Sell().Sign().Fund().Settle().Decide();
        scene.Write(scene.Decided());
        Assert.Null(scene.Step());
        return scene;
    }

    private static Scene Paid()
    {
        var scene = Won();
        Assert.Equal(PaymentStatus.Succeeded, scene.Pay(scene.Winner(), Scene.PayoutPreimage(scene.Winner()), scene.Share()).Status);
        return scene;
    }

    /// <summary>Split and sell-back, to the last confirmation.</summary>
    private static void Finish(Scene scene)
    {
        scene.Mine(Scene.Delta);
        scene.Send(scene.SplitTransaction());
        scene.Mine();
        scene.Send(scene.Sweep(scene.Dlc.SplitSellback(scene.Win()), Scene.PayoutPreimage(scene.Winner()).ToBytes()));
        scene.Mine(6);
        Over(scene);
    }

    private static void Over(Scene scene)
    {
        _ = scene.Reservations.SettleAsync(Scene.Owner);
        scene.Write(new WalletDocument());
        scene.Write(new Completed(scene.Header(TicketStage.Settled), scene.Live(settling: true) with
        {
            Payouts = [Scene.Intent(scene.Winner(), Scene.PayoutPreimage(scene.Winner()), scene.Share(), "lnbcrt") with { Stage = PayoutStage.Paid }],
        }));
    }

    private static void Found(Scene scene, string rule, string says)
    {
        var violation = scene.Step();
        Assert.True(violation?.Rule == rule && violation.Detail.Contains(says, StringComparison.Ordinal), $"not {rule} with '{says}': {violation?.Message ?? "nothing"}");
    }
}
