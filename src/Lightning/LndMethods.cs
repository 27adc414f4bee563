using Coordinator.Lightning.Rpc;
using Coordinator.Lightning.Wire.Invoicesrpc;
using Coordinator.Lightning.Wire.Lnrpc;
using Coordinator.Lightning.Wire.Routerrpc;
using WireInvoice = Coordinator.Lightning.Wire.Lnrpc.Invoice;
using WirePayment = Coordinator.Lightning.Wire.Lnrpc.Payment;

namespace Coordinator.Lightning;

/// <summary>The calls of LND that this project makes. The paths are the wire.</summary>
internal static class LndMethods
{
    public static readonly GrpcMethod<GetStateRequest, GetStateResponse> GetState = new("/lnrpc.State/GetState", GetStateResponse.Parser);
    public static readonly GrpcMethod<GetInfoRequest, GetInfoResponse> GetInfo = new("/lnrpc.Lightning/GetInfo", GetInfoResponse.Parser);

    public static readonly GrpcMethod<ListInvoiceRequest, ListInvoiceResponse> ListInvoices =
        new("/lnrpc.Lightning/ListInvoices", ListInvoiceResponse.Parser);

    public static readonly GrpcMethod<InvoiceSubscription, WireInvoice> SubscribeInvoices =
        new("/lnrpc.Lightning/SubscribeInvoices", WireInvoice.Parser);

    public static readonly GrpcMethod<PayReqString, PayReq> DecodePayReq = new("/lnrpc.Lightning/DecodePayReq", PayReq.Parser);

    public static readonly GrpcMethod<ListPaymentsRequest, ListPaymentsResponse> ListPayments =
        new("/lnrpc.Lightning/ListPayments", ListPaymentsResponse.Parser);

    public static readonly GrpcMethod<ChannelBalanceRequest, ChannelBalanceResponse> ChannelBalance =
        new("/lnrpc.Lightning/ChannelBalance", ChannelBalanceResponse.Parser);

    public static readonly GrpcMethod<AddHoldInvoiceRequest, AddHoldInvoiceResp> AddHoldInvoice =
        new("/invoicesrpc.Invoices/AddHoldInvoice", AddHoldInvoiceResp.Parser);

    public static readonly GrpcMethod<SettleInvoiceMsg, SettleInvoiceResp> SettleInvoice =
        new("/invoicesrpc.Invoices/SettleInvoice", SettleInvoiceResp.Parser);

    public static readonly GrpcMethod<CancelInvoiceMsg, CancelInvoiceResp> CancelInvoice =
        new("/invoicesrpc.Invoices/CancelInvoice", CancelInvoiceResp.Parser);

    public static readonly GrpcMethod<LookupInvoiceMsg, WireInvoice> LookupInvoice =
        new("/invoicesrpc.Invoices/LookupInvoiceV2", WireInvoice.Parser);

    public static readonly GrpcMethod<SubscribeSingleInvoiceRequest, WireInvoice> SubscribeSingleInvoice =
        new("/invoicesrpc.Invoices/SubscribeSingleInvoice", WireInvoice.Parser);

    public static readonly GrpcMethod<SendPaymentRequest, WirePayment> SendPayment =
        new("/routerrpc.Router/SendPaymentV2", WirePayment.Parser);

    public static readonly GrpcMethod<TrackPaymentRequest, WirePayment> TrackPayment =
        new("/routerrpc.Router/TrackPaymentV2", WirePayment.Parser);
}
