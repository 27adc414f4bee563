using Coordinator.Bitcoin;
using Coordinator.Players.Lnd.Messages;
using Google.Protobuf;

namespace Coordinator.Players.Lnd;

/// <summary>Where a payment stands at its payer.</summary>
internal enum LndPayment
{
    /// <summary>The node knows no payment with this hash.</summary>
    None,

    /// <summary>On the way, or held by the payee.</summary>
    InFlight,

    /// <summary>The preimage is known.</summary>
    Succeeded,

    /// <summary>No money is out or will be.</summary>
    Failed,
}

/// <summary>Where an own invoice stands.</summary>
internal enum LndInvoice
{
    Open = 0,
    Settled = 1,
    Canceled = 2,

    /// <summary>Paid and held.</summary>
    Accepted = 3,
}

/// <summary>What players ask of LND, by its field numbers (lnd.md §5). Every call may be repeated.</summary>
internal sealed class LndCalls(LndAccess access, TimeProvider clock) : IDisposable
{
    private const int PaymentSeconds = 60;
    private const int MostParts = 16;
    private const long InvoiceSeconds = 86_400;
    private const ulong InvoiceBlocks = 24;

    private readonly LndGrpc _grpc = new(access, clock);

    public async Task<(string PublicKey, string Network, bool IsSynced)> InfoAsync(CancellationToken cancellation)
    {
        var info = await _grpc.CallAsync<NodeInfo>("/lnrpc.Lightning/GetInfo", new Empty(), cancellation);
        return (info.IdentityPubkey, info.Chains is [var chain, ..] ? chain.Network : string.Empty, info.SyncedToChain);
    }

    /// <summary>Millisatoshis that can be sent, and those that are on the way.</summary>
    public async Task<(long LocalMsat, long HeldMsat)> BalanceAsync(CancellationToken cancellation)
    {
        var balance = await _grpc.CallAsync<Balance>("/lnrpc.Lightning/ChannelBalance", new Empty(), cancellation);
        return (Msat(balance.LocalBalance), Msat(balance.UnsettledLocalBalance));
    }

    /// <summary>Starts to pay an invoice. One that is being paid or is paid already is left alone.</summary>
    /// <param name="feeLimitSats">Most that the routes may cost together.</param>
    public async Task PayAsync(string invoice, long feeLimitSats, CancellationToken cancellation)
    {
        try
        {
            var order = new PaymentOrder { PaymentRequest = invoice, TimeoutSeconds = PaymentSeconds, FeeLimitSat = feeLimitSats, MaxParts = MostParts };
            await _grpc.CallAsync<Payment>("/routerrpc.Router/SendPaymentV2", order, cancellation);
        }
        catch (LndException known) when (known.Code == LndException.AlreadyExistsCode)
        {
            // its state is asked for next
        }
    }

    /// <summary>State, value and routing fee of the payment of a hash.</summary>
    public async Task<(LndPayment State, long Sats, long FeeMsat, string Reason)> TrackAsync(string hash, CancellationToken cancellation)
    {
        try
        {
            var payment = await _grpc.CallAsync<Payment>("/routerrpc.Router/TrackPaymentV2", Of(hash), cancellation);
            var state = payment.Status switch
            {
                Payment.Types.Status.Succeeded => LndPayment.Succeeded,
                Payment.Types.Status.Failed => LndPayment.Failed,
                _ => LndPayment.InFlight,
            };
            return (state, payment.ValueSat, payment.FeeMsat, Reason(payment.FailureReason));
        }
        catch (LndException unknown) when (unknown.Code == LndException.NotFoundCode)
        {
            return (LndPayment.None, 0, 0, string.Empty);
        }
    }

    /// <summary>A hold invoice. One that exists is found again, whatever it says.</summary>
    public async Task<string> InvoiceAsync(string hash, long sats, string memo, CancellationToken cancellation)
    {
        if (await FindAsync(hash, cancellation) is { } known)
        {
            return known.PaymentRequest;
        }

        var order = new HoldInvoiceOrder { Memo = memo, Hash = Bytes(hash), Value = sats, Expiry = InvoiceSeconds, CltvExpiry = InvoiceBlocks };
        return (await _grpc.CallAsync<HoldInvoiceAnswer>("/invoicesrpc.Invoices/AddHoldInvoice", order, cancellation)).PaymentRequest;
    }

    /// <summary>State and received satoshis of an own invoice.</summary>
    public async Task<(LndInvoice State, long Sats)> LookupAsync(string hash, CancellationToken cancellation)
        => await FindAsync(hash, cancellation) is { } invoice ? ((LndInvoice)invoice.State, invoice.AmtPaidSat) : (LndInvoice.Open, 0);

    /// <summary>Takes the money of a held invoice.</summary>
    public Task SettleAsync(byte[] preimage, CancellationToken cancellation)
        => _grpc.CallAsync<Empty>("/invoicesrpc.Invoices/SettleInvoice", new SettleOrder { Preimage = ByteString.CopyFrom(preimage) }, cancellation);

    public void Dispose() => _grpc.Dispose();

    private async Task<Invoice?> FindAsync(string hash, CancellationToken cancellation)
    {
        try
        {
            return await _grpc.CallAsync<Invoice>("/invoicesrpc.Invoices/LookupInvoiceV2", Of(hash), cancellation);
        }
        catch (LndException unknown) when (unknown.Code == LndException.NotFoundCode)
        {
            return null;
        }
    }

    private static ByHash Of(string hash) => new() { PaymentHash = Bytes(hash) };

    private static ByteString Bytes(string hash) => ByteString.CopyFrom(Hex.Decode(hash));

    private static long Msat(Amount? amount) => (long)Math.Min(amount?.Msat ?? 0, long.MaxValue);

    private static string Reason(Payment.Types.Failure failure) => failure switch
    {
        Payment.Types.Failure.Timeout => "no route within the time",
        Payment.Types.Failure.NoRoute => "no route",
        Payment.Types.Failure.IncorrectPaymentDetails => "the payee refused it",
        Payment.Types.Failure.InsufficientBalance => "the node has too little",
        Payment.Types.Failure.CanceledByPayer => "cancelled",
        _ => "the node's own error",
    };
}
