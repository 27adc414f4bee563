using Coordinator.Lightning;
using Coordinator.Lightning.Wire.Invoicesrpc;
using Coordinator.Lightning.Wire.Lnrpc;
using Coordinator.Lightning.Wire.Routerrpc;
using PaymentHash = Coordinator.Lightning.PaymentHash;
using PaymentStatus = Coordinator.Lightning.PaymentStatus;
using WireChain = Coordinator.Lightning.Wire.Lnrpc.Chain;
using WireInvoice = Coordinator.Lightning.Wire.Lnrpc.Invoice;
using WirePayment = Coordinator.Lightning.Wire.Lnrpc.Payment;

namespace Coordinator.Simulators.Lnd;

internal sealed partial class LndGrpcServer
{
    /// <summary>Maps every call that the simulator knows; any other path is refused as LND refuses an unknown service.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        Unary(routes, LndMethods.GetState, GetStateRequest.Parser, (_, _) => new GetStateResponse { State = WalletState() });
        Unary(routes, LndMethods.GetInfo, GetInfoRequest.Parser, (node, _) => Info(node));
        Unary(routes, LndMethods.ChannelBalance, ChannelBalanceRequest.Parser, (node, _) => LndWriting.Balance(model.FindNode(node)!));
        Unary(routes, LndMethods.DecodePayReq, PayReqString.Parser, (_, request) => LndWriting.Decoded(model.Decode(request.PayReq)));
        Unary(routes, LndMethods.ListInvoices, ListInvoiceRequest.Parser, ListInvoices);
        Unary(routes, LndMethods.ListPayments, ListPaymentsRequest.Parser, ListPayments);
        Unary(routes, LndMethods.AddHoldInvoice, AddHoldInvoiceRequest.Parser, AddHoldInvoice);
        Unary(routes, LndMethods.LookupInvoice, LookupInvoiceMsg.Parser, LookupInvoice);
        Unary(routes, LndMethods.SettleInvoice, SettleInvoiceMsg.Parser, SettleInvoice);
        Unary(routes, LndMethods.CancelInvoice, CancelInvoiceMsg.Parser, CancelInvoice);
        Streaming<InvoiceSubscription, WireInvoice>(
            routes, LndMethods.SubscribeInvoices, InvoiceSubscription.Parser, SubscribeInvoicesAsync);
        Streaming<SubscribeSingleInvoiceRequest, WireInvoice>(
            routes, LndMethods.SubscribeSingleInvoice, SubscribeSingleInvoiceRequest.Parser, SubscribeSingleInvoiceAsync);
        Streaming<SendPaymentRequest, WirePayment>(routes, LndMethods.SendPayment, SendPaymentRequest.Parser, SendPaymentAsync);
        Streaming<TrackPaymentRequest, WirePayment>(routes, LndMethods.TrackPayment, TrackPaymentRequest.Parser, TrackPaymentAsync);
        routes.MapFallback(http => new LndGrpcCall(http).EndAsync(12, $"unknown service {http.Request.Path}"));
    }

    private WalletState WalletState() => State switch
    {
        LndServerState.Starting => Coordinator.Lightning.Wire.Lnrpc.WalletState.RpcActive,
        LndServerState.Locked => Coordinator.Lightning.Wire.Lnrpc.WalletState.Locked,
        _ => Coordinator.Lightning.Wire.Lnrpc.WalletState.ServerActive,
    };

    private GetInfoResponse Info(string node)
    {
        var view = model.FindNode(node)!;
        var (hash, time) = model.Tip;
        return new GetInfoResponse
        {
            IdentityPubkey = view.PublicKey,
            Alias = view.Name,
            NumActiveChannels = 1,
            NumPeers = 1,
            BlockHeight = (uint)model.Height,
            BlockHash = hash,
            SyncedToChain = model.SyncedToChain,
            SyncedToGraph = model.SyncedToChain,
            BestHeaderTimestamp = time,
            Version = "0.21.0-beta simulated",
            Chains = { new WireChain { Chain_ = "bitcoin", Network = model.NetworkName } },
        };
    }

    private ListInvoiceResponse ListInvoices(string node, ListInvoiceRequest request)
    {
        var page = model.Invoices(node)
            .Where(invoice => invoice.AddIndex > request.IndexOffset
                && (!request.PendingOnly || invoice.State is InvoiceState.Open or InvoiceState.Accepted))
            .Take(request.NumMaxInvoices == 0 ? 100 : (int)Math.Min(request.NumMaxInvoices, 10_000)).ToArray();
        return new ListInvoiceResponse
        {
            Invoices = { page.Select(LndWriting.Invoice) },
            FirstIndexOffset = page.FirstOrDefault()?.AddIndex ?? 0,
            LastIndexOffset = page.LastOrDefault()?.AddIndex ?? 0,
        };
    }

    private ListPaymentsResponse ListPayments(string node, ListPaymentsRequest request)
    {
        var since = (long)Math.Min(request.CreationDateStart, long.MaxValue / 1_000_000_000) * 1_000_000_000;
        var page = model.Payments(node)
            .Where(payment => payment.Index > request.IndexOffset && payment.CreatedNanoseconds >= since
                && (request.IncludeIncomplete || payment.Status == PaymentStatus.Succeeded))
            .Take(request.MaxPayments == 0 ? 100 : (int)Math.Min(request.MaxPayments, 10_000)).ToArray();
        return new ListPaymentsResponse
        {
            Payments = { page.Select(LndWriting.Payment) },
            FirstIndexOffset = page.FirstOrDefault()?.Index ?? 0,
            LastIndexOffset = page.LastOrDefault()?.Index ?? 0,
        };
    }

    private AddHoldInvoiceResp AddHoldInvoice(string node, AddHoldInvoiceRequest request)
    {
        if (request.Value != 0 && request.ValueMsat != 0)
        {
            throw new LndCallException(2, "sat and msat arguments are mutually exclusive");
        }

        if (request.Value is < 0 or > 1_000_000_000_000)
        {
            throw new LndCallException(2, "amount cannot be negative");
        }

        var invoice = model.AddInvoice(node, new SimulatedInvoiceOrder(
            HashOf(request.Hash.Span), Preimage: null, request.Value != 0 ? request.Value * 1_000 : request.ValueMsat, request.Expiry,
            request.CltvExpiry, request.Memo));
        return new AddHoldInvoiceResp
        {
            PaymentRequest = invoice.PaymentRequest,
            AddIndex = invoice.AddIndex,
            PaymentAddr = Google.Protobuf.ByteString.CopyFrom(invoice.PaymentSecret.AsSpan()),
        };
    }

    private WireInvoice LookupInvoice(string node, LookupInvoiceMsg request)
    {
        if (request.InvoiceRefCase != LookupInvoiceMsg.InvoiceRefOneofCase.PaymentHash)
        {
            throw new LndCallException(3, "invoice ref must be set");
        }

        return PaymentHash.TryFromBytes(request.PaymentHash.Span, out var hash)
            ? LndWriting.Invoice(model.LookupInvoice(node, hash))
            : throw new LndCallException(3, $"unable to parse pay hash: invalid hash length of {request.PaymentHash.Length}, want 32");
    }

    private SettleInvoiceResp SettleInvoice(string node, SettleInvoiceMsg request)
    {
        if (request.Preimage.Length != Preimage.Size)
        {
            throw new LndCallException(2, $"invalid preimage length of {request.Preimage.Length}, want 32");
        }

        model.SettleInvoice(node, Preimage.FromBytes(request.Preimage.Span));
        return new SettleInvoiceResp();
    }

    private CancelInvoiceResp CancelInvoice(string node, CancelInvoiceMsg request)
    {
        model.CancelInvoice(node, HashOf(request.PaymentHash.Span));
        return new CancelInvoiceResp();
    }

    private static PaymentHash HashOf(ReadOnlySpan<byte> bytes) => PaymentHash.TryFromBytes(bytes, out var hash)
        ? hash
        : throw new LndCallException(2, $"invalid hash length of {bytes.Length}, want 32");
}
