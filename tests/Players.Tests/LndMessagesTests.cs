using Coordinator.Bitcoin;
using Coordinator.Players.Lnd;
using Coordinator.Players.Lnd.Messages;
using Google.Protobuf;

namespace Coordinator.Players.Tests;

/// <summary>What players say to LND and read from it, byte for byte by LND's published field numbers.</summary>
public sealed class LndMessagesTests
{
    [Fact]
    public void Orders_are_written_by_the_numbers_of_LND()
    {
        var hash = ByteString.CopyFrom(0xaa);
        var payment = new PaymentOrder { PaymentRequest = "ln", TimeoutSeconds = 60, FeeLimitSat = 100, MaxParts = 16 };
        Assert.Equal("2a026c6e303c3864880110", Hex.Encode(payment.ToByteArray()));
        var invoice = new HoldInvoiceOrder { Memo = "m", Hash = hash, Value = 5, Expiry = 6, CltvExpiry = 7 };
        Assert.Equal("0a016d1201aa180528063807", Hex.Encode(invoice.ToByteArray()));
        Assert.Equal("0a01aa", Hex.Encode(new ByHash { PaymentHash = hash }.ToByteArray()));
        Assert.Equal("0a01aa", Hex.Encode(new SettleOrder { Preimage = hash }.ToByteArray()));
        Assert.Empty(new Empty().ToByteArray());
    }

    [Fact]
    public void Answers_are_read_by_the_numbers_of_LND_and_what_is_not_known_is_passed_over()
    {
        var payment = Read<Payment>("3805500260078001051001");
        Assert.Equal((5, Payment.Types.Status.Succeeded, 7), (payment.ValueSat, payment.Status, payment.FeeMsat));
        Assert.Equal(Payment.Types.Failure.InsufficientBalance, payment.FailureReason);
        var invoice = Read<Invoice>("4a026c6e980105a80103");
        Assert.Equal(("ln", 5, Invoice.Types.State.Accepted), (invoice.PaymentRequest, invoice.AmtPaidSat, invoice.State));
        var info = Read<NodeInfo>("0a02303348018201051203616263");
        Assert.Equal(("03", true, "abc"), (info.IdentityPubkey, info.SyncedToChain, Assert.Single(info.Chains).Network));
        var balance = Read<Balance>("1a0210052a021006");
        Assert.Equal((5UL, 6UL), (balance.LocalBalance.Msat, balance.UnsettledLocalBalance.Msat));
        Assert.Equal("ln", Read<HoldInvoiceAnswer>("0a026c6e").PaymentRequest);
        Assert.Equal((LndInvoice.Settled, LndInvoice.Canceled), ((LndInvoice)Invoice.Types.State.Settled, (LndInvoice)Invoice.Types.State.Canceled));
        Assert.Equal((LndInvoice.Open, LndInvoice.Accepted), ((LndInvoice)Invoice.Types.State.Open, (LndInvoice)Invoice.Types.State.Accepted));
    }

    [Theory]
    [InlineData("4a026c")]
    [InlineData("0b")]
    [InlineData("12ffffffffffffffffff01")]
    [InlineData("ffffffffffffffffffffff")]
    [InlineData("00")]
    public void An_answer_that_is_no_message_is_unavailable(string hex)
        => Assert.Equal(LndException.UnavailableCode, Assert.Throws<LndException>(() => Read<Invoice>(hex)).Code);

    private static T Read<T>(string hex)
        where T : IMessage<T>, new()
        => LndGrpc.Read<T>(Hex.Decode(hex));
}
