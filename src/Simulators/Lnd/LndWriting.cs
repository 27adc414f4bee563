using Coordinator.Bitcoin;
using Coordinator.Lightning;
using Coordinator.Lightning.Wire.Lnrpc;
using Google.Protobuf;
using HtlcState = Coordinator.Lightning.HtlcState;
using PaymentStatus = Coordinator.Lightning.PaymentStatus;
using WireInvoice = Coordinator.Lightning.Wire.Lnrpc.Invoice;
using WireInvoiceState = Coordinator.Lightning.Wire.Lnrpc.Invoice.Types.InvoiceState;
using WirePayment = Coordinator.Lightning.Wire.Lnrpc.Payment;
using WireStatus = Coordinator.Lightning.Wire.Lnrpc.Payment.Types.PaymentStatus;

namespace Coordinator.Simulators.Lnd;

/// <summary>The model's records as LND's messages.</summary>
internal static class LndWriting
{
    /// <summary>One channel stands for all: its id is a plausible short channel id.</summary>
    private const ulong ChannelId = (1UL << 40) | (1UL << 16);

    private static readonly string NoPreimage = new('0', 64);

    public static WireInvoice Invoice(SimulatedInvoice invoice)
    {
        var wire = new WireInvoice
        {
            Memo = invoice.Memo,
            RHash = ByteString.CopyFrom(invoice.Hash.ToBytes()),
            RPreimage = invoice.Preimage is null ? ByteString.Empty : ByteString.CopyFrom(invoice.Preimage.ToBytes()),
            Value = invoice.ValueMsat / 1_000,
            ValueMsat = invoice.ValueMsat,
            Settled = invoice.State == InvoiceState.Settled,
            CreationDate = invoice.Created,
            SettleDate = invoice.Settled,
            PaymentRequest = invoice.PaymentRequest,
            Expiry = invoice.Expiry,
            CltvExpiry = (ulong)invoice.CltvExpiry,
            AddIndex = invoice.AddIndex,
            SettleIndex = invoice.SettleIndex,
            AmtPaidSat = invoice.PaidMsat / 1_000,
            AmtPaidMsat = invoice.PaidMsat,
            PaymentAddr = ByteString.CopyFrom(invoice.PaymentSecret.AsSpan()),
            State = invoice.State switch
            {
                InvoiceState.Accepted => WireInvoiceState.Accepted,
                InvoiceState.Settled => WireInvoiceState.Settled,
                InvoiceState.Canceled => WireInvoiceState.Canceled,
                _ => WireInvoiceState.Open,
            },
        };
        wire.Htlcs.AddRange(invoice.Htlcs.Select(Htlc));
        return wire;
    }

    public static WirePayment Payment(SimulatedPayment payment) => new()
    {
        PaymentHash = payment.Hash.ToString(),
        PaymentPreimage = payment.Preimage?.RevealHex() ?? NoPreimage,
        ValueSat = payment.ValueMsat / 1_000,
        ValueMsat = payment.ValueMsat,
        PaymentRequest = payment.PaymentRequest,
        Status = payment.Status switch
        {
            PaymentStatus.Succeeded => WireStatus.Succeeded,
            PaymentStatus.Failed => WireStatus.Failed,
            _ => WireStatus.InFlight,
        },
        FeeSat = payment.Status == PaymentStatus.Succeeded ? payment.FeeMsat / 1_000 : 0,
        FeeMsat = payment.Status == PaymentStatus.Succeeded ? payment.FeeMsat : 0,
        CreationTimeNs = payment.CreatedNanoseconds,
        PaymentIndex = payment.Index,
        FailureReason = Reason(payment.Failure),
    };

    public static ChannelBalanceResponse Balance(LndNodeView view)
    {
        static Amount Msat(long msat) => new() { Sat = (ulong)(msat / 1_000), Msat = (ulong)msat };
        return new ChannelBalanceResponse
        {
            LocalBalance = Msat(view.LocalMsat),
            RemoteBalance = Msat(view.RemoteMsat),
            UnsettledLocalBalance = Msat(view.HeldIncomingMsat),
            UnsettledRemoteBalance = Msat(view.HeldOutgoingMsat),
        };
    }

    public static PayReq Decoded(Bolt11Invoice invoice)
    {
        var msat = invoice.Amount?.Value ?? 0;
        var wire = new PayReq
        {
            Destination = invoice.Payee.ToHex(),
            PaymentHash = invoice.PaymentHash.ToString(),
            NumSatoshis = msat / 1_000,
            NumMsat = msat,
            Timestamp = invoice.CreatedUtc.ToUnixTimeSeconds(),
            Expiry = (long)invoice.Expiry.TotalSeconds,
            Description = invoice.Description ?? "",
            DescriptionHash = Hex.Encode(invoice.DescriptionHash.AsSpan()),
            CltvExpiry = LndModel.FinalDelta(invoice),
            PaymentAddr = ByteString.CopyFrom(invoice.PaymentSecret.IsEmpty ? new byte[32] : [.. invoice.PaymentSecret]),
        };
        foreach (var bit in invoice.Features)
        {
            wire.Features.Add((uint)bit, new Feature { Name = $"{bit}", IsRequired = bit % 2 == 0, IsKnown = true });
        }

        return wire;
    }

    private static InvoiceHTLC Htlc(SimulatedHtlc htlc) => new()
    {
        ChanId = ChannelId,
        HtlcIndex = htlc.Index,
        AmtMsat = (ulong)htlc.AmountMsat,
        AcceptHeight = htlc.AcceptHeight,
        AcceptTime = htlc.AcceptTime,
        ResolveTime = htlc.ResolveTime,
        ExpiryHeight = htlc.ExpiryHeight,
        MppTotalAmtMsat = (ulong)htlc.AmountMsat,
        State = htlc.State switch
        {
            HtlcState.Settled => InvoiceHTLCState.Settled,
            HtlcState.Canceled => InvoiceHTLCState.Canceled,
            _ => InvoiceHTLCState.Accepted,
        },
    };

    private static PaymentFailureReason Reason(PaymentFailure failure) => failure switch
    {
        PaymentFailure.Timeout => PaymentFailureReason.FailureReasonTimeout,
        PaymentFailure.NoRoute => PaymentFailureReason.FailureReasonNoRoute,
        PaymentFailure.Error => PaymentFailureReason.FailureReasonError,
        PaymentFailure.IncorrectPaymentDetails => PaymentFailureReason.FailureReasonIncorrectPaymentDetails,
        PaymentFailure.InsufficientBalance => PaymentFailureReason.FailureReasonInsufficientBalance,
        PaymentFailure.Canceled => PaymentFailureReason.FailureReasonCanceled,
        _ => PaymentFailureReason.FailureReasonNone,
    };
}
