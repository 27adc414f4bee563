using System.Text;
using Coordinator.Lightning.Wire.Invoicesrpc;
using Coordinator.Lightning.Wire.Lnrpc;
using Coordinator.Lightning.Wire.Routerrpc;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Coordinator.Lightning.Tests;

/// <summary>Our messages are a slice of LND's: names, numbers and types are frozen here, taken from LND's published files.</summary>
[Trait("Kind", "Golden")]
public sealed class LndMessagesTests
{
    /// <summary>message: field=number:type, a star for repeated and map fields. A line that starts with spaces continues.</summary>
    private const string Frozen = """
        invoicesrpc.AddHoldInvoiceRequest: memo=1:string hash=2:bytes value=3:int64 description_hash=4:bytes expiry=5:int64
          cltv_expiry=7:uint64 private=9:bool value_msat=10:int64
        invoicesrpc.AddHoldInvoiceResp: payment_request=1:string add_index=2:uint64 payment_addr=3:bytes
        invoicesrpc.CancelInvoiceMsg: payment_hash=1:bytes
        invoicesrpc.CancelInvoiceResp
        invoicesrpc.LookupInvoiceMsg: payment_hash=1:bytes payment_addr=2:bytes
        invoicesrpc.SettleInvoiceMsg: preimage=1:bytes
        invoicesrpc.SettleInvoiceResp
        invoicesrpc.SubscribeSingleInvoiceRequest: r_hash=2:bytes
        lnrpc.Amount: sat=1:uint64 msat=2:uint64
        lnrpc.Chain: chain=1:string network=2:string
        lnrpc.ChannelBalanceRequest
        lnrpc.ChannelBalanceResponse: local_balance=3:message remote_balance=4:message unsettled_local_balance=5:message
          unsettled_remote_balance=6:message
        lnrpc.Feature: name=2:string is_required=3:bool is_known=4:bool
        lnrpc.GetInfoRequest
        lnrpc.GetInfoResponse: identity_pubkey=1:string alias=2:string num_active_channels=4:uint32 num_peers=5:uint32
          block_height=6:uint32 block_hash=8:string synced_to_chain=9:bool best_header_timestamp=13:int64 version=14:string
          chains=16:message* synced_to_graph=18:bool
        lnrpc.GetStateRequest
        lnrpc.GetStateResponse: state=1:enum
        lnrpc.HTLCAttempt: status=1:enum route=2:message attempt_time_ns=3:int64 resolve_time_ns=4:int64 preimage=6:bytes
          attempt_id=7:uint64
        lnrpc.Invoice: memo=1:string r_preimage=3:bytes r_hash=4:bytes value=5:int64 settled=6:bool creation_date=7:int64
          settle_date=8:int64 payment_request=9:string description_hash=10:bytes expiry=11:int64 cltv_expiry=13:uint64
          private=15:bool add_index=16:uint64 settle_index=17:uint64 amt_paid_sat=19:int64 amt_paid_msat=20:int64 state=21:enum
          htlcs=22:message* value_msat=23:int64 payment_addr=26:bytes
        lnrpc.InvoiceHTLC: chan_id=1:uint64 htlc_index=2:uint64 amt_msat=3:uint64 accept_height=4:int32 accept_time=5:int64
          resolve_time=6:int64 expiry_height=7:int32 state=8:enum mpp_total_amt_msat=10:uint64
        lnrpc.InvoiceSubscription: add_index=1:uint64 settle_index=2:uint64
        lnrpc.ListInvoiceRequest: pending_only=1:bool index_offset=4:uint64 num_max_invoices=5:uint64 reversed=6:bool
        lnrpc.ListInvoiceResponse: invoices=1:message* last_index_offset=2:uint64 first_index_offset=3:uint64
        lnrpc.ListPaymentsRequest: include_incomplete=1:bool index_offset=2:uint64 max_payments=3:uint64 reversed=4:bool
          creation_date_start=6:uint64 creation_date_end=7:uint64
        lnrpc.ListPaymentsResponse: payments=1:message* first_index_offset=2:uint64 last_index_offset=3:uint64
        lnrpc.PayReq: destination=1:string payment_hash=2:string num_satoshis=3:int64 timestamp=4:int64 expiry=5:int64
          description=6:string description_hash=7:string cltv_expiry=9:int64 payment_addr=11:bytes num_msat=12:int64
          features=13:message*
        lnrpc.PayReqString: pay_req=1:string
        lnrpc.Payment: payment_hash=1:string payment_preimage=6:string value_sat=7:int64 value_msat=8:int64
          payment_request=9:string status=10:enum fee_sat=11:int64 fee_msat=12:int64 creation_time_ns=13:int64 htlcs=14:message*
          payment_index=15:uint64 failure_reason=16:enum
        lnrpc.Route: total_time_lock=1:uint32 total_fees_msat=5:int64 total_amt_msat=6:int64
        routerrpc.SendPaymentRequest: amt=2:int64 payment_request=5:string timeout_seconds=6:int32 fee_limit_sat=7:int64
          cltv_limit=9:int32 amt_msat=12:int64 fee_limit_msat=13:int64 allow_self_payment=15:bool max_parts=17:uint32
          no_inflight_updates=18:bool cancelable=24:bool
        routerrpc.TrackPaymentRequest: payment_hash=1:bytes no_inflight_updates=2:bool
        """;

    private const string FrozenMethods = """
        /invoicesrpc.Invoices/AddHoldInvoice
        /invoicesrpc.Invoices/CancelInvoice
        /invoicesrpc.Invoices/LookupInvoiceV2
        /invoicesrpc.Invoices/SettleInvoice
        /invoicesrpc.Invoices/SubscribeSingleInvoice stream
        /lnrpc.Lightning/ChannelBalance
        /lnrpc.Lightning/DecodePayReq
        /lnrpc.Lightning/GetInfo
        /lnrpc.Lightning/ListInvoices
        /lnrpc.Lightning/ListPayments
        /lnrpc.Lightning/SubscribeInvoices stream
        /lnrpc.State/GetState
        /routerrpc.Router/SendPaymentV2 stream
        /routerrpc.Router/TrackPaymentV2 stream
        """;

    private static readonly FileDescriptor[] Files =
        [LnrpcReflection.Descriptor, InvoicesrpcReflection.Descriptor, RouterrpcReflection.Descriptor];

    [Fact]
    public void Every_field_has_lnds_name_number_and_type()
    {
        var lines = Files.SelectMany(file => file.MessageTypes).Select(Describe).Order(StringComparer.Ordinal);
        Assert.Equal(
            Frozen.ReplaceLineEndings("\n").Replace("\n  ", " ", StringComparison.Ordinal).Split('\n'),
            lines,
            StringComparer.Ordinal);
    }

    [Fact]
    public void Every_path_is_lnds_and_is_the_one_we_call()
    {
        var lines = Files.SelectMany(file => file.Services).SelectMany(service => service.Methods)
            .Select(method => $"/{method.Service.FullName}/{method.Name}{(method.IsServerStreaming ? " stream" : "")}")
            .Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(FrozenMethods.ReplaceLineEndings("\n").Split('\n'), lines, StringComparer.Ordinal);
        var called = typeof(LndMethods).GetFields()
            .Select(field => (string)((dynamic)field.GetValue(null)!).Path).Order(StringComparer.Ordinal);
        Assert.Equal(lines.Select(line => line.Split(' ')[0]), called, StringComparer.Ordinal);
    }

    [Fact]
    public void Enum_numbers_are_lnds()
    {
        Assert.Equal((0, 1, 2, 3), (
            (int)Wire.Lnrpc.Invoice.Types.InvoiceState.Open, (int)Wire.Lnrpc.Invoice.Types.InvoiceState.Settled,
            (int)Wire.Lnrpc.Invoice.Types.InvoiceState.Canceled, (int)Wire.Lnrpc.Invoice.Types.InvoiceState.Accepted));
        Assert.Equal((0, 1, 2), ((int)InvoiceHTLCState.Accepted, (int)InvoiceHTLCState.Settled, (int)InvoiceHTLCState.Canceled));
        Assert.Equal((0, 1, 2, 3, 4), (
            (int)Wire.Lnrpc.Payment.Types.PaymentStatus.Unknown, (int)Wire.Lnrpc.Payment.Types.PaymentStatus.InFlight,
            (int)Wire.Lnrpc.Payment.Types.PaymentStatus.Succeeded, (int)Wire.Lnrpc.Payment.Types.PaymentStatus.Failed,
            (int)Wire.Lnrpc.Payment.Types.PaymentStatus.Initiated));
        Assert.Equal((1, 2, 3, 4, 5, 6), (
            (int)PaymentFailureReason.FailureReasonTimeout, (int)PaymentFailureReason.FailureReasonNoRoute,
            (int)PaymentFailureReason.FailureReasonError, (int)PaymentFailureReason.FailureReasonIncorrectPaymentDetails,
            (int)PaymentFailureReason.FailureReasonInsufficientBalance, (int)PaymentFailureReason.FailureReasonCanceled));
        Assert.Equal(4, (int)WalletState.ServerActive);
    }

    [Fact]
    public void Requests_keep_their_bytes()
    {
        var hash = ByteString.CopyFrom(Enumerable.Repeat((byte)0xab, 32).ToArray());
        var ab = string.Concat(Enumerable.Repeat("ab", 32));
        Assert.Equal("0a04736561741220" + ab + "28841038d8045080dea0cb05", Bytes(new AddHoldInvoiceRequest
        {
            Memo = "seat",
            Hash = hash,
            Expiry = 2052,
            CltvExpiry = 600,
            ValueMsat = 1_500_000_000,
        }));
        Assert.Equal("0a20" + ab, Bytes(new SettleInvoiceMsg { Preimage = hash }));
        Assert.Equal("0a20" + ab, Bytes(new CancelInvoiceMsg { PaymentHash = hash }));
        Assert.Equal("0a20" + ab, Bytes(new LookupInvoiceMsg { PaymentHash = hash }));
        Assert.Equal("1220" + ab, Bytes(new SubscribeSingleInvoiceRequest { RHash = hash }));
        Assert.Equal("08051007", Bytes(new InvoiceSubscription { AddIndex = 5, SettleIndex = 7 }));
        Assert.Equal("2a046c6e6263303c4829608827688008", Bytes(new SendPaymentRequest
        {
            PaymentRequest = "lnbc",
            TimeoutSeconds = 60,
            CltvLimit = 41,
            AmtMsat = 5000,
            FeeLimitMsat = 1024,
        }));
        Assert.Equal("0a20" + ab + "1001", Bytes(new TrackPaymentRequest { PaymentHash = hash, NoInflightUpdates = true }));
        Assert.Equal("0801100a1864308080debf06", Bytes(new ListPaymentsRequest
        {
            IncludeIncomplete = true,
            IndexOffset = 10,
            MaxPayments = 100,
            CreationDateStart = 1_744_273_408,
        }));
        Assert.Equal("0a046c6e6263", Bytes(new PayReqString { PayReq = "lnbc" }));
        Assert.Equal("", Bytes(new GetInfoRequest()));
    }

    [Fact]
    public void Reads_an_invoice_with_fields_it_does_not_know()
    {
        var bytes = Convert.FromHexString("2220" + new string('1', 64) + "a80103" + "fa0103616263");
        var invoice = Wire.Lnrpc.Invoice.Parser.ParseFrom(bytes);
        Assert.Equal(Wire.Lnrpc.Invoice.Types.InvoiceState.Accepted, invoice.State);
        Assert.Equal(bytes, invoice.ToByteArray());
    }

    private static string Bytes(IMessage message) => Convert.ToHexStringLower(message.ToByteArray());

    private static string Describe(MessageDescriptor message)
    {
        var line = new StringBuilder(message.FullName);
        foreach (var field in message.Fields.InFieldNumberOrder())
        {
            line.Append(field == message.Fields.InFieldNumberOrder()[0] ? ": " : " ")
                .Append(field.Name).Append('=').Append(field.FieldNumber).Append(':')
                .Append(field.FieldType.ToString().ToLowerInvariant()).Append(field.IsRepeated ? "*" : "");
        }

        return line.ToString();
    }
}
