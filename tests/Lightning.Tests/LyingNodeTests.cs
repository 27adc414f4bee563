using Coordinator.Lightning.Wire.Invoicesrpc;
using Coordinator.Simulators.Lnd;
using Google.Protobuf;
using WireInvoice = Coordinator.Lightning.Wire.Lnrpc.Invoice;
using WirePayment = Coordinator.Lightning.Wire.Lnrpc.Payment;

namespace Coordinator.Lightning.Tests;

/// <summary>A node that answers what cannot be is never believed.</summary>
[Trait("Kind", "Rules")]
public sealed class LyingNodeTests
{
    private readonly Nodes _nodes = new();

    [Fact]
    public void A_payment_request_for_another_hash_amount_or_delta_is_no_answer_to_the_order()
    {
        var honest = _nodes.Hold(Nodes.Secret(1));
        var order = Rig.Order(honest.Hash);
        HoldInvoice? Answer(SimulatedInvoice invoice) =>
            LndLightning.Check(order, new AddHoldInvoiceResp { PaymentRequest = invoice.PaymentRequest, AddIndex = 1 });

        Assert.NotNull(Answer(honest));
        Assert.Null(Answer(_nodes.Hold(Nodes.Secret(2))));
        Assert.Null(Answer(Elsewhere(new SimulatedInvoiceOrder(honest.Hash, null, 49_999_999, 600, 144, ""))));
        Assert.Null(Answer(Elsewhere(new SimulatedInvoiceOrder(honest.Hash, null, 50_000_000, 600, 143, ""))));
        Assert.Null(LndLightning.Check(order, new AddHoldInvoiceResp { PaymentRequest = "rubbish" }));
    }

    [Fact]
    public void A_success_without_the_fitting_preimage_is_no_success()
    {
        var wire = new WirePayment
        {
            PaymentHash = Nodes.Secret(1).Hash.ToString(),
            PaymentPreimage = Nodes.Secret(1).RevealHex(),
            Status = WirePayment.Types.PaymentStatus.Succeeded,
            ValueMsat = 1,
        };
        Assert.Equal(PaymentStatus.Succeeded, LndReading.ToPayment(wire)!.Status);
        wire.PaymentPreimage = Nodes.Secret(2).RevealHex();
        Assert.Null(LndReading.ToPayment(wire));
        wire.PaymentPreimage = new string('0', 64);
        Assert.Null(LndReading.ToPayment(wire));
        wire.PaymentPreimage = "";
        Assert.Null(LndReading.ToPayment(wire));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(77)]
    public void Any_status_that_is_not_final_is_in_flight_also_with_a_failure_reason(int status)
    {
        var wire = new WirePayment
        {
            PaymentHash = Nodes.Secret(1).Hash.ToString(),
            Status = (WirePayment.Types.PaymentStatus)status,
            FailureReason = Wire.Lnrpc.PaymentFailureReason.FailureReasonTimeout,
        };
        var payment = LndReading.ToPayment(wire)!;
        Assert.Equal((PaymentStatus.InFlight, PaymentFailure.None, false), (payment.Status, payment.Failure, payment.IsFinal));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_whole()
    {
        var good = new WireInvoice { RHash = ByteString.CopyFrom(new byte[32]), ValueMsat = 5, CreationDate = 1_750_000_000, Expiry = 60 };
        Assert.NotNull(LndReading.ToInvoice(good));
        foreach (var change in new Action<WireInvoice>[]
        {
            wire => wire.RHash = ByteString.CopyFrom(new byte[31]),
            wire => wire.ValueMsat = -1,
            wire => wire.ValueMsat = long.MaxValue,
            wire => wire.AmtPaidMsat = long.MinValue,
            wire => wire.CreationDate = long.MaxValue,
            wire => wire.Expiry = long.MaxValue,
            wire => wire.CltvExpiry = ulong.MaxValue,
            wire => wire.State = (WireInvoice.Types.InvoiceState)9,
            wire => wire.Htlcs.Add(new Wire.Lnrpc.InvoiceHTLC { AmtMsat = ulong.MaxValue }),
        })
        {
            var bad = good.Clone();
            change(bad);
            Assert.Null(LndReading.ToInvoice(bad));
        }
    }

    private static SimulatedInvoice Elsewhere(SimulatedInvoiceOrder order) => new Nodes().Model.AddInvoice(Nodes.Coordinator, order);
}
