using Coordinator.Simulators.Lnd;

namespace Coordinator.Lightning.Tests;

[Trait("Kind", "Rules")]
public sealed class LndModelTests
{
    private readonly Nodes _nodes = new();

    [Fact]
    public void A_paid_hold_invoice_waits_accepted_and_settles_with_its_preimage()
    {
        var preimage = Nodes.Secret(1);
        var invoice = _nodes.Hold(preimage);
        Assert.Equal(PaymentStatus.InFlight, _nodes.Pay(Nodes.Alice, invoice).Status);

        var held = _nodes.Model.LookupInvoice(Nodes.Coordinator, invoice.Hash);
        Assert.Equal((InvoiceState.Accepted, 50_000_000L, (Preimage?)null), (held.State, held.PaidMsat, held.Preimage));
        Assert.Equal(100 + 144 + 3, held.Htlcs.Single().ExpiryHeight);
        Assert.Equal(1_000_000_000 - 50_000_000 - 1_000, _nodes.Balance(Nodes.Alice));
        Assert.Equal(50_000_000, _nodes.Model.FindNode(Nodes.Coordinator)!.HeldIncomingMsat);

        _nodes.Model.SettleInvoice(Nodes.Coordinator, preimage);
        _nodes.Model.SettleInvoice(Nodes.Coordinator, preimage);
        Assert.Equal(InvoiceState.Settled, _nodes.StateOf(invoice));
        var paid = _nodes.Model.TrackPayment(Nodes.Alice, invoice.Hash);
        Assert.Equal((PaymentStatus.Succeeded, preimage, 1_000L), (paid.Status, paid.Preimage, paid.FeeMsat));
        Assert.Equal(1_050_000_000, _nodes.Balance(Nodes.Coordinator));
        _nodes.Model.CheckInvariants();
    }

    [Fact]
    public void A_cancelled_hold_invoice_gives_the_money_back_and_keeps_its_amount()
    {
        var invoice = _nodes.Hold(Nodes.Secret(1));
        _nodes.Pay(Nodes.Alice, invoice);
        _nodes.Model.CancelInvoice(Nodes.Coordinator, invoice.Hash);
        _nodes.Model.CancelInvoice(Nodes.Coordinator, invoice.Hash);

        var canceled = _nodes.Model.LookupInvoice(Nodes.Coordinator, invoice.Hash);
        Assert.Equal((InvoiceState.Canceled, 50_000_000L), (canceled.State, canceled.PaidMsat));
        var payment = _nodes.Model.TrackPayment(Nodes.Alice, invoice.Hash);
        Assert.Equal((PaymentStatus.Failed, PaymentFailure.IncorrectPaymentDetails), (payment.Status, payment.Failure));
        Assert.Equal(1_000_000_000, _nodes.Balance(Nodes.Alice));
        _nodes.Model.CheckInvariants();
    }

    [Fact]
    public void Settle_and_cancel_answer_by_state_as_lnd_does()
    {
        var (open, settled, canceled) = (Nodes.Secret(1), Nodes.Secret(2), Nodes.Secret(3));
        _nodes.Hold(open);
        _nodes.Pay(Nodes.Alice, _nodes.Hold(settled));
        _nodes.Model.SettleInvoice(Nodes.Coordinator, settled);
        _nodes.Hold(canceled);
        _nodes.Model.CancelInvoice(Nodes.Coordinator, canceled.Hash);

        Assert.Equal("invoice still open", Nodes.Refusal(() => _nodes.Model.SettleInvoice(Nodes.Coordinator, open)));
        Assert.Equal("invoice already canceled", Nodes.Refusal(() => _nodes.Model.SettleInvoice(Nodes.Coordinator, canceled)));
        Assert.Equal("unable to locate invoice", Nodes.Refusal(() => _nodes.Model.SettleInvoice(Nodes.Coordinator, Nodes.Secret(9))));
        Assert.Equal("invoice already settled", Nodes.Refusal(() => _nodes.Model.CancelInvoice(Nodes.Coordinator, settled.Hash)));
        Assert.Equal("unable to locate invoice", Nodes.Refusal(() => _nodes.Model.CancelInvoice(Nodes.Coordinator, Nodes.Secret(9).Hash)));
    }

    [Fact]
    public void A_hash_is_used_once_for_ever_on_a_node()
    {
        var preimage = Nodes.Secret(1);
        var first = _nodes.Hold(preimage);
        _nodes.Model.CancelInvoice(Nodes.Coordinator, first.Hash);
        Assert.Contains("already exists", Nodes.Refusal(() => _nodes.Hold(preimage)), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_cancels_open_invoices_only()
    {
        var (unpaid, paid) = (_nodes.Hold(Nodes.Secret(1), expiry: 600), _nodes.Hold(Nodes.Secret(2), expiry: 600));
        _nodes.Pay(Nodes.Alice, paid);
        _nodes.Clock.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal(InvoiceState.Open, _nodes.StateOf(unpaid));
        _nodes.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((InvoiceState.Canceled, InvoiceState.Accepted), (_nodes.StateOf(unpaid), _nodes.StateOf(paid)));
    }

    [Fact]
    public void Blocks_cancel_a_held_invoice_eighteen_before_its_timeout()
    {
        var invoice = _nodes.Hold(Nodes.Secret(1), cltv: 144);
        _nodes.Pay(Nodes.Alice, invoice);
        var expiry = _nodes.Model.LookupInvoice(Nodes.Coordinator, invoice.Hash).Htlcs[0].ExpiryHeight;
        _nodes.Model.SetHeight(expiry - 19);
        Assert.Equal(InvoiceState.Accepted, _nodes.StateOf(invoice));
        _nodes.Model.SetHeight(expiry - 18);
        Assert.Equal(InvoiceState.Canceled, _nodes.StateOf(invoice));
        Assert.Equal(1_000_000_000, _nodes.Balance(Nodes.Alice));
        _nodes.Model.CheckInvariants();
    }

    [Fact]
    public void Paying_a_regular_invoice_of_a_player_reveals_its_preimage()
    {
        var preimage = Nodes.Secret(7);
        var invoice = _nodes.Model.AddInvoice(Nodes.Bob, new SimulatedInvoiceOrder(null, preimage, 20_000_000, 0, 24, "prize"));
        var payment = _nodes.Pay(Nodes.Coordinator, invoice, cltvLimit: 41);
        Assert.Equal((PaymentStatus.Succeeded, preimage), (payment.Status, payment.Preimage));
        Assert.Equal(1_020_000_000, _nodes.Balance(Nodes.Bob));
    }

    [Theory]
    [InlineData(27, "cltv limit 27 should be greater than 27")]
    [InlineData(2017, "total time lock of 2017 exceeds max allowed 2016")]
    public void A_time_lock_limit_that_does_not_fit_is_refused_without_a_record(int limit, string text)
    {
        var invoice = _nodes.Model.AddInvoice(Nodes.Bob, new SimulatedInvoiceOrder(null, null, 1_000, 0, 24, ""));
        Assert.Equal(text, Nodes.Refusal(() => _nodes.Pay(Nodes.Coordinator, invoice, limit)));
        Assert.Equal("payment isn't initiated", Nodes.Refusal(() => _nodes.Model.TrackPayment(Nodes.Coordinator, invoice.Hash)));
    }

    [Fact]
    public void A_hash_is_paid_once_and_tried_again_only_after_failure()
    {
        var invoice = _nodes.Hold(Nodes.Secret(1));
        _nodes.Model.FailNext(invoice.Hash, PaymentFailure.NoRoute);
        Assert.Equal(PaymentStatus.Failed, _nodes.Pay(Nodes.Alice, invoice).Status);
        Assert.Equal(PaymentStatus.InFlight, _nodes.Pay(Nodes.Alice, invoice).Status);
        Assert.Equal(2UL, _nodes.Model.Payments(Nodes.Alice).Single().Index);
        Assert.Equal("payment is in transition", Nodes.Refusal(() => _nodes.Pay(Nodes.Alice, invoice)));
        _nodes.Model.SettleInvoice(Nodes.Coordinator, Nodes.Secret(1));
        Assert.Equal("invoice is already paid", Nodes.Refusal(() => _nodes.Pay(Nodes.Alice, invoice)));
    }

    [Fact]
    public void A_second_payer_of_a_held_invoice_gets_the_money_back()
    {
        var invoice = _nodes.Hold(Nodes.Secret(1));
        _nodes.Pay(Nodes.Alice, invoice);
        var second = _nodes.Pay(Nodes.Bob, invoice);
        Assert.Equal((PaymentStatus.Failed, PaymentFailure.IncorrectPaymentDetails), (second.Status, second.Failure));
        _nodes.Model.CheckInvariants();
    }

    [Fact]
    public void Refuses_before_paying_what_lnd_refuses_before_paying()
    {
        var (free, priced) = (_nodes.Hold(Nodes.Secret(1), msat: 0), _nodes.Hold(Nodes.Secret(2)));
        Assert.Contains("must be specified", Nodes.Refusal(() => _nodes.Pay(Nodes.Alice, free)), StringComparison.Ordinal);
        Assert.Contains("must not be specified", Nodes.Refusal(() => _nodes.Pay(Nodes.Alice, priced, amount: 5)), StringComparison.Ordinal);
        Assert.Equal("self-payments not allowed", Nodes.Refusal(() => _nodes.Pay(Nodes.Coordinator, priced)));
        _nodes.Clock.Advance(TimeSpan.FromSeconds(601));
        Assert.Contains("invoice expired", Nodes.Refusal(() => _nodes.Pay(Nodes.Alice, priced)), StringComparison.Ordinal);
        Assert.Equal(PaymentStatus.InFlight, _nodes.Pay(Nodes.Alice, _nodes.Hold(Nodes.Secret(3), msat: 0), amount: 7_000).Status);
    }

    [Fact]
    public void Fails_for_want_of_fee_money_or_room()
    {
        var invoice = _nodes.Hold(Nodes.Secret(1));
        Assert.Equal(PaymentFailure.NoRoute, _nodes.Pay(Nodes.Alice, invoice, feeLimit: 999).Failure);
        _nodes.Model.EnsureNode("poor", 1_000, 0);
        Assert.Equal(PaymentFailure.InsufficientBalance, _nodes.Pay("poor", invoice).Failure);
        var tooMuch = _nodes.Model.AddInvoice("poor", new SimulatedInvoiceOrder(null, null, 5_000, 0, 24, ""));
        Assert.Equal(PaymentFailure.NoRoute, _nodes.Pay(Nodes.Alice, tooMuch).Failure);
        _nodes.Model.CheckInvariants();
    }

    [Fact]
    public void A_stuck_payment_stays_in_flight_until_it_is_released_or_its_time_lock_passes()
    {
        var (one, two, three) = (_nodes.Hold(Nodes.Secret(1)), _nodes.Hold(Nodes.Secret(2)), _nodes.Hold(Nodes.Secret(3)));
        foreach (var invoice in new[] { one, two, three })
        {
            _nodes.Model.Stick(invoice.Hash);
            Assert.Equal(PaymentStatus.InFlight, _nodes.Pay(Nodes.Alice, invoice).Status);
            Assert.Equal(InvoiceState.Open, _nodes.StateOf(invoice));
        }

        _nodes.Model.Release(one.Hash);
        _nodes.Model.Release(two.Hash, PaymentFailure.NoRoute);
        Assert.Equal(InvoiceState.Accepted, _nodes.StateOf(one));
        Assert.Equal(PaymentFailure.NoRoute, _nodes.Model.TrackPayment(Nodes.Alice, two.Hash).Failure);
        _nodes.Model.SetHeight(_nodes.Model.TrackPayment(Nodes.Alice, three.Hash).TimeLock);
        Assert.Equal(PaymentFailure.Timeout, _nodes.Model.TrackPayment(Nodes.Alice, three.Hash).Failure);
        _nodes.Model.CheckInvariants();
    }

    [Fact]
    public void A_stored_model_goes_on_where_it_was()
    {
        var preimage = Nodes.Secret(1);
        var invoice = _nodes.Hold(preimage);
        _nodes.Pay(Nodes.Alice, invoice);
        var json = _nodes.Model.Export().ToJson();

        var again = new LndModel(new LndModelOptions(), _nodes.Clock);
        again.Import(LndDocument.FromJson(json));
        Assert.Equal(json, again.Export().ToJson());
        Assert.Equal(_nodes.Model.FindNode(Nodes.Alice), again.FindNode(Nodes.Alice));
        again.SettleInvoice(Nodes.Coordinator, preimage);
        Assert.Equal(preimage, again.TrackPayment(Nodes.Alice, invoice.Hash).Preimage);
        again.CheckInvariants();
    }

    [Fact]
    public void A_damaged_document_is_refused_by_name()
    {
        Assert.Throws<InvalidDataException>(() => LndDocument.FromJson("{\"nodes\":["u8));
        var document = _nodes.Model.Export();
        var broken = document with { RoutingFeesMsat = 5 };
        Assert.Throws<InvalidDataException>(() => new LndModel(new LndModelOptions(), _nodes.Clock).Import(broken));
    }

    [Fact]
    public void Random_lives_keep_every_millisatoshi()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            var nodes = new Nodes();
            var random = new Splitmix(seed);
            var invoices = new List<(SimulatedInvoice Invoice, Preimage Preimage)>();
            for (var step = 0; step < 120; step++)
            {
                Live(nodes, random, invoices);
                var seen = Record.Exception(nodes.Model.CheckInvariants);
                Assert.True(seen is null, $"seed {seed}, step {step}: {seen?.Message}");
            }
        }
    }

    private static void Live(Nodes nodes, Splitmix random, List<(SimulatedInvoice Invoice, Preimage Preimage)> invoices)
    {
        var (invoice, preimage) = invoices.Count == 0 ? default : invoices[random.Below(invoices.Count)];
        try
        {
            switch (invoice is null ? 0 : random.Below(8))
            {
                case 0 or 1:
                    var secret = new byte[32];
                    random.Fill(secret);
                    preimage = Preimage.FromBytes(secret);
                    invoices.Add((nodes.Hold(preimage, 1_000 * (1 + random.Below(200_000)), (ulong)(24 + random.Below(100))), preimage));
                    break;
                case 2 or 3 or 4:
                    nodes.Pay(random.Below(2) == 0 ? Nodes.Alice : Nodes.Bob, invoice!);
                    break;
                case 5:
                    nodes.Model.SettleInvoice(Nodes.Coordinator, preimage!);
                    break;
                case 6:
                    nodes.Model.CancelInvoice(Nodes.Coordinator, invoice!.Hash);
                    break;
                default:
                    nodes.Clock.Advance(TimeSpan.FromSeconds(random.Below(120)));
                    nodes.Model.SetHeight(nodes.Model.Height + random.Below(6));
                    break;
            }
        }
        catch (LndCallException)
        {
            // Refusals are part of life.
        }
    }
}
