using Coordinator.Lightning.Rpc;
using Coordinator.Lightning.Wire.Invoicesrpc;
using Coordinator.Lightning.Wire.Lnrpc;
using Google.Protobuf;

namespace Coordinator.Lightning;

/// <summary>The port on LND's gRPC: pinned certificate, macaroon, deadlines. One instance per process; any number of calls at
/// once.</summary>
public sealed partial class LndLightning : ILightning, IDisposable
{
    private readonly LightningOptions _options;
    private readonly TimeProvider _clock;
    private readonly MacaroonFile _macaroon;
    private readonly GrpcChannel _channel;

    /// <summary>Connects lazily: no call is made here.</summary>
    /// <exception cref="ArgumentException">The options do not validate; the message lists every complaint.</exception>
    public LndLightning(LightningOptions options, TimeProvider clock)
    {
        var complaints = options.Validate();
        if (complaints.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", complaints), nameof(options));
        }

        _options = options;
        _clock = clock;
        _macaroon = new MacaroonFile(options.MacaroonPath);
        var pin = options.TlsCertificatePath.Length > 0 ? new CertificatePin(options.TlsCertificatePath) : null;
        _channel = new GrpcChannel(options.Address!, pin is null ? null : pin.Accept, _macaroon.Hex, options.MaxMessageBytes, clock);
    }

    /// <inheritdoc/>
    public Task<LightningAnswer<NodeInfo>> GetInfoAsync(CancellationToken cancellation) =>
        CallAsync(LndMethods.GetInfo, new GetInfoRequest(), LndReading.ToNodeInfo, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<ChannelBalances>> GetBalancesAsync(CancellationToken cancellation) =>
        CallAsync(LndMethods.ChannelBalance, new ChannelBalanceRequest(), LndReading.ToBalances, cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<HoldInvoice>> AddHoldInvoiceAsync(HoldInvoiceOrder order, CancellationToken cancellation)
    {
        OrderChecks.Require(order);
        var request = new AddHoldInvoiceRequest
        {
            Memo = order.Memo,
            Hash = ByteString.CopyFrom(order.Hash.ToBytes()),
            ValueMsat = order.Amount.Value,
            Expiry = (long)order.Expiry.TotalSeconds,
            CltvExpiry = (ulong)order.CltvExpiry,
        };
        return CallAsync(LndMethods.AddHoldInvoice, request, answer => Check(order, answer), cancellation);
    }

    /// <inheritdoc/>
    public Task<LightningAnswer<Invoice>> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation) => CallAsync(
        LndMethods.LookupInvoice,
        new LookupInvoiceMsg { PaymentHash = ByteString.CopyFrom(hash.ToBytes()) },
        wire => LndReading.ToInvoice(wire) is { } invoice && invoice.Hash == hash ? invoice : null,
        cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<Acknowledged>> SettleInvoiceAsync(Preimage preimage, CancellationToken cancellation) => CallAsync(
        LndMethods.SettleInvoice,
        new SettleInvoiceMsg { Preimage = ByteString.CopyFrom(preimage.ToBytes()) },
        _ => Acknowledged.Instance,
        cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<Acknowledged>> CancelInvoiceAsync(PaymentHash hash, CancellationToken cancellation) => CallAsync(
        LndMethods.CancelInvoice,
        new CancelInvoiceMsg { PaymentHash = ByteString.CopyFrom(hash.ToBytes()) },
        _ => Acknowledged.Instance,
        cancellation);

    /// <inheritdoc/>
    public Task<LightningAnswer<PaymentPage>> ListPaymentsAsync(PaymentQuery query, CancellationToken cancellation)
    {
        OrderChecks.Require(query);
        var request = new ListPaymentsRequest
        {
            IncludeIncomplete = true,
            IndexOffset = query.AfterIndex,
            MaxPayments = (ulong)query.Most,
            CreationDateStart = (ulong)Math.Max(0, query.CreatedSinceUtc?.ToUnixTimeSeconds() ?? 0),
        };
        return CallAsync(LndMethods.ListPayments, request, ToPage, cancellation);
    }

    /// <inheritdoc/>
    public Task<LightningAnswer<DecodedPaymentRequest>> DecodeAsync(string paymentRequest, CancellationToken cancellation) =>
        CallAsync(LndMethods.DecodePayReq, new PayReqString { PayReq = paymentRequest }, LndReading.ToDecoded, cancellation);

    /// <summary>Closes every connection; watches end with an exception.</summary>
    public void Dispose() => _channel.Dispose();

    private static PaymentPage? ToPage(ListPaymentsResponse wire)
    {
        var payments = wire.Payments.Select(LndReading.ToPayment).ToArray();
        return payments.Any(payment => payment is null) ? null : new PaymentPage([.. payments.OfType<Payment>()], wire.LastIndexOffset);
    }

    private async Task<LightningAnswer<TResult>> CallAsync<TRequest, TResponse, TResult>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, Func<TResponse, TResult?> read, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
        where TResult : class
    {
        try
        {
            var response = await _channel.CallAsync(method, request, _options.CallTimeout, cancellation);
            return read(response) is { } result ? LightningAnswer.Done(result) : Contradiction<TResult>(method.Path);
        }
        catch (Exception e) when (LndErrors.Handles(e) || e is IOException or UnauthorizedAccessException)
        {
            return Ended<TResult>(e);
        }
    }

    private LightningAnswer<T> Ended<T>(Exception e)
    {
        // The channel turns every file and network error of its own into a GrpcException: what is left is the macaroon file.
        var answer = LndErrors.Handles(e)
            ? LndErrors.ToAnswer<T>(e)
            : new LightningAnswer<T>.Refused(LightningRefusal.Unauthorized, $"the macaroon file cannot be read: {e.Message}");
        if (answer.Refusal == LightningRefusal.Unauthorized)
        {
            _macaroon.Forget();
        }

        return answer;
    }

    private static LightningAnswer<T> Contradiction<T>(string path) => new LightningAnswer<T>.Unclear(
        LightningUncertainty.Contradiction, $"the answer of {path} contradicts the request or itself");
}
