using Coordinator.Bitcoin;

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
    private const long PaymentSeconds = 60;
    private const int MostParts = 16;

    private readonly LndGrpc _grpc = new(access, clock);

    public async Task<(string PublicKey, string Network, bool IsSynced)> InfoAsync(CancellationToken cancellation)
    {
        var info = await _grpc.CallAsync("/lnrpc.Lightning/GetInfo", new WireMessage(), cancellation);
        return (info.Text(1), info.Inner(16).Text(2), info.Number(9) != 0);
    }

    /// <summary>Millisatoshis that can be sent, and those that are on the way.</summary>
    public async Task<(long LocalMsat, long HeldMsat)> BalanceAsync(CancellationToken cancellation)
    {
        var balance = await _grpc.CallAsync("/lnrpc.Lightning/ChannelBalance", new WireMessage(), cancellation);
        return (balance.Inner(3).Number(2), balance.Inner(5).Number(2));
    }

    /// <summary>Starts to pay an invoice. One that is being paid or is paid already is left alone.</summary>
    /// <param name="feeLimitSats">Most that the routes may cost together.</param>
    public async Task PayAsync(string invoice, long feeLimitSats, CancellationToken cancellation)
    {
        try
        {
            var order = new WireMessage().With(5, invoice).With(6, PaymentSeconds).With(7, feeLimitSats).With(17, MostParts);
            await _grpc.CallAsync("/routerrpc.Router/SendPaymentV2", order, cancellation);
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
            var payment = await _grpc.CallAsync("/routerrpc.Router/TrackPaymentV2", new WireMessage().With(1, Hex.Decode(hash)), cancellation);
            var state = payment.Number(10) switch { 2 => LndPayment.Succeeded, 3 => LndPayment.Failed, _ => LndPayment.InFlight };
            return (state, payment.Number(7), payment.Number(12), Reason(payment.Number(16)));
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
            return known.Text(9);
        }

        var order = new WireMessage().With(1, memo).With(2, Hex.Decode(hash)).With(3, sats).With(5, 86_400).With(7, 24);
        return (await _grpc.CallAsync("/invoicesrpc.Invoices/AddHoldInvoice", order, cancellation)).Text(1);
    }

    /// <summary>State and received satoshis of an own invoice.</summary>
    public async Task<(LndInvoice State, long Sats)> LookupAsync(string hash, CancellationToken cancellation)
        => await FindAsync(hash, cancellation) is { } invoice ? ((LndInvoice)invoice.Number(21), invoice.Number(19)) : (LndInvoice.Open, 0);

    /// <summary>Takes the money of a held invoice.</summary>
    public Task SettleAsync(byte[] preimage, CancellationToken cancellation)
        => _grpc.CallAsync("/invoicesrpc.Invoices/SettleInvoice", new WireMessage().With(1, preimage), cancellation);

    public void Dispose() => _grpc.Dispose();

    private async Task<WireMessage?> FindAsync(string hash, CancellationToken cancellation)
    {
        try
        {
            return await _grpc.CallAsync("/invoicesrpc.Invoices/LookupInvoiceV2", new WireMessage().With(1, Hex.Decode(hash)), cancellation);
        }
        catch (LndException unknown) when (unknown.Code == LndException.NotFoundCode)
        {
            return null;
        }
    }

    private static string Reason(long code) => code switch
    {
        1 => "no route within the time",
        2 => "no route",
        4 => "the payee refused it",
        5 => "the node has too little",
        6 => "cancelled",
        _ => "the node's own error",
    };
}
