using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Lightning.Wire.Lnrpc;
using WireHtlcState = Coordinator.Lightning.Wire.Lnrpc.InvoiceHTLCState;
using WireInvoice = Coordinator.Lightning.Wire.Lnrpc.Invoice;
using WirePayment = Coordinator.Lightning.Wire.Lnrpc.Payment;

namespace Coordinator.Lightning;

/// <summary>Turns LND's messages into ours. A message that contradicts itself becomes null, never a half-true record.</summary>
internal static class LndReading
{
    public static Invoice? ToInvoice(WireInvoice wire)
    {
        if (!PaymentHash.TryFromBytes(wire.RHash.Span, out var hash)
            || StateOf(wire.State) is not { } state
            || TimeOf(wire.CreationDate) is not { } created
            || wire.Expiry is < 0 or > 315_360_000
            || wire.CltvExpiry > 65_535
            || AmountOf(wire.ValueMsat) is not { } value
            || AmountOf(wire.AmtPaidMsat) is not { } paid)
        {
            return null;
        }

        var htlcs = ImmutableArray.CreateBuilder<InvoiceHtlc>(wire.Htlcs.Count);
        foreach (var htlc in wire.Htlcs)
        {
            if (htlc.AmtMsat > long.MaxValue || AmountOf((long)htlc.AmtMsat) is not { } amount)
            {
                return null;
            }

            htlcs.Add(new InvoiceHtlc(amount, htlc.AcceptHeight, htlc.ExpiryHeight, StateOf(htlc.State)));
        }

        return new Invoice(
            hash, state, wire.PaymentRequest, value, paid, wire.AddIndex, wire.SettleIndex, created,
            TimeSpan.FromSeconds(wire.Expiry), (int)wire.CltvExpiry, htlcs.MoveToImmutable());
    }

    public static Payment? ToPayment(WirePayment wire)
    {
        if (!PaymentHash.TryParse(wire.PaymentHash, out var hash)
            || AmountOf(wire.ValueMsat) is not { } value
            || AmountOf(wire.FeeMsat) is not { } fee
            || wire.CreationTimeNs < 0)
        {
            return null;
        }

        var status = wire.Status switch
        {
            WirePayment.Types.PaymentStatus.Succeeded => PaymentStatus.Succeeded,
            WirePayment.Types.PaymentStatus.Failed => PaymentStatus.Failed,
            _ => PaymentStatus.InFlight,
        };
        var preimage = status == PaymentStatus.Succeeded ? Preimage.TryParse(wire.PaymentPreimage) : null;
        if (status == PaymentStatus.Succeeded && preimage?.Hash != hash)
        {
            return null;
        }

        return new Payment(
            hash, status, value, fee, preimage,
            status == PaymentStatus.Failed ? FailureOf(wire.FailureReason) : PaymentFailure.None,
            wire.PaymentIndex, DateTimeOffset.UnixEpoch.AddTicks(wire.CreationTimeNs / 100), wire.PaymentRequest);
    }

    public static NodeInfo? ToNodeInfo(GetInfoResponse wire) =>
        wire.Chains.Count == 1 && wire.BlockHeight <= int.MaxValue && TimeOf(wire.BestHeaderTimestamp) is { } header
            ? new NodeInfo(
                wire.IdentityPubkey, wire.Alias, wire.Chains[0].Network, (int)wire.BlockHeight, wire.SyncedToChain, header, wire.Version)
            : null;

    public static ChannelBalances? ToBalances(ChannelBalanceResponse wire)
    {
        static Millisatoshis? Msat(Amount? amount) => amount is null ? Millisatoshis.Zero
            : amount.Msat <= long.MaxValue ? AmountOf((long)amount.Msat) : null;
        return Msat(wire.LocalBalance) is { } local && Msat(wire.RemoteBalance) is { } remote
            && Msat(wire.UnsettledLocalBalance) is { } incoming && Msat(wire.UnsettledRemoteBalance) is { } outgoing
            ? new ChannelBalances(local, remote, incoming, outgoing)
            : null;
    }

    public static DecodedPaymentRequest? ToDecoded(PayReq wire) =>
        PaymentHash.TryParse(wire.PaymentHash, out var hash)
        && TimeOf(wire.Timestamp) is { } created
        && wire.Expiry is >= 0 and <= uint.MaxValue
        && wire.CltvExpiry is >= 0 and <= int.MaxValue
        && AmountOf(wire.NumMsat) is { } amount
            ? new DecodedPaymentRequest(
                hash, wire.Destination, amount == Millisatoshis.Zero ? null : amount, created, TimeSpan.FromSeconds(wire.Expiry),
                (int)wire.CltvExpiry, wire.Description, wire.PaymentAddr.Span.ContainsAnyExcept((byte)0))
            : null;

    private static Millisatoshis? AmountOf(long msat) => msat is >= 0 and <= Satoshis.MaxValue * 1_000 ? Millisatoshis.Of(msat) : null;

    private static DateTimeOffset? TimeOf(long unixSeconds) =>
        unixSeconds is >= 0 and <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(unixSeconds) : null;

    private static InvoiceState? StateOf(WireInvoice.Types.InvoiceState state) => state switch
    {
        WireInvoice.Types.InvoiceState.Open => InvoiceState.Open,
        WireInvoice.Types.InvoiceState.Accepted => InvoiceState.Accepted,
        WireInvoice.Types.InvoiceState.Settled => InvoiceState.Settled,
        WireInvoice.Types.InvoiceState.Canceled => InvoiceState.Canceled,
        _ => null,
    };

    private static HtlcState StateOf(WireHtlcState state) => state switch
    {
        WireHtlcState.Settled => HtlcState.Settled,
        WireHtlcState.Canceled => HtlcState.Canceled,
        _ => HtlcState.Accepted,
    };

    private static PaymentFailure FailureOf(PaymentFailureReason reason) => reason switch
    {
        PaymentFailureReason.FailureReasonNone => PaymentFailure.None,
        PaymentFailureReason.FailureReasonTimeout => PaymentFailure.Timeout,
        PaymentFailureReason.FailureReasonNoRoute => PaymentFailure.NoRoute,
        PaymentFailureReason.FailureReasonIncorrectPaymentDetails => PaymentFailure.IncorrectPaymentDetails,
        PaymentFailureReason.FailureReasonInsufficientBalance => PaymentFailure.InsufficientBalance,
        PaymentFailureReason.FailureReasonCanceled => PaymentFailure.Canceled,
        _ => PaymentFailure.Error,
    };
}
