using System.Collections.Immutable;
using Coordinator.Lightning;

namespace Coordinator.Simulators.Lnd;

/// <summary>An HTLC at its payee.</summary>
/// <param name="Index">Number of the HTLC in the whole model, from 1.</param>
/// <param name="Payer">Name of the paying node.</param>
/// <param name="AmountMsat">Without fees.</param>
/// <param name="AcceptHeight">Height at which the payee took it.</param>
/// <param name="AcceptTime">Unix seconds.</param>
/// <param name="ResolveTime">Unix seconds, 0 while held.</param>
/// <param name="ExpiryHeight">Absolute.</param>
/// <param name="State">Held, settled or failed back.</param>
public sealed record SimulatedHtlc(
    ulong Index, string Payer, long AmountMsat, int AcceptHeight, long AcceptTime, long ResolveTime, int ExpiryHeight, HtlcState State);

/// <summary>An invoice in a node's database.</summary>
public sealed record SimulatedInvoice
{
    /// <summary>Its name for ever.</summary>
    public required PaymentHash Hash { get; init; }

    /// <summary>Known from the start for a regular invoice, from settlement for a hold invoice.</summary>
    public Preimage? Preimage { get; init; }

    /// <summary>True when payment stops at ACCEPTED until somebody decides.</summary>
    public required bool Hold { get; init; }

    /// <summary>The description.</summary>
    public string Memo { get; init; } = "";

    /// <summary>0 when the payer chooses.</summary>
    public long ValueMsat { get; init; }

    /// <summary>Unix seconds.</summary>
    public long Created { get; init; }

    /// <summary>Seconds from <see cref="Created"/>.</summary>
    public long Expiry { get; init; }

    /// <summary>Final CLTV delta in blocks.</summary>
    public int CltvExpiry { get; init; }

    /// <summary>32 bytes a payer must present.</summary>
    public ImmutableArray<byte> PaymentSecret { get; init; } = [];

    /// <summary>BOLT-11 text.</summary>
    public string PaymentRequest { get; init; } = "";

    /// <summary>From 1.</summary>
    public ulong AddIndex { get; init; }

    /// <summary>From 1; 0 while unsettled.</summary>
    public ulong SettleIndex { get; init; }

    /// <summary>Unix seconds, 0 while unsettled.</summary>
    public long Settled { get; init; }

    /// <summary>Where it stands.</summary>
    public InvoiceState State { get; init; }

    /// <summary>Held or settled; stays after a cancel, as in LND.</summary>
    public long PaidMsat { get; init; }

    /// <summary>Every HTLC that was taken.</summary>
    public ImmutableArray<SimulatedHtlc> Htlcs { get; init; } = [];
}

/// <summary>A payment in its payer's database.</summary>
public sealed record SimulatedPayment
{
    /// <summary>Its name.</summary>
    public required PaymentHash Hash { get; init; }

    /// <summary>Name of the paid node, empty when no node of the model has this key.</summary>
    public string Payee { get; init; } = "";

    /// <summary>Where it stands.</summary>
    public PaymentStatus Status { get; init; }

    /// <summary>Without fees.</summary>
    public long ValueMsat { get; init; }

    /// <summary>What the route costs; LND reports it once settled.</summary>
    public long FeeMsat { get; init; }

    /// <summary>Once succeeded.</summary>
    public Preimage? Preimage { get; init; }

    /// <summary>Once failed.</summary>
    public PaymentFailure Failure { get; init; }

    /// <summary>The payer's number of creation, from 1.</summary>
    public ulong Index { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public long CreatedNanoseconds { get; init; }

    /// <summary>BOLT-11 text.</summary>
    public string PaymentRequest { get; init; } = "";

    /// <summary>Absolute height of the payer's HTLC timeout; 0 when no HTLC was sent.</summary>
    public int TimeLock { get; init; }

    /// <summary>True while money is out.</summary>
    public bool HasHtlc { get; init; }

    /// <summary>True while the HTLC waits on the way and the payee has not seen it.</summary>
    public bool Stuck { get; init; }
}

/// <summary>What a node is asked to pay.</summary>
/// <param name="PaymentRequest">BOLT-11 text.</param>
/// <param name="AmountMsat">0 when the invoice has the amount.</param>
/// <param name="FeeLimitMsat">0 allows free routes only.</param>
/// <param name="CltvLimit">0 means 2016.</param>
/// <param name="AllowSelfPayment">Without it an own invoice is refused.</param>
public sealed record SimulatedPayOrder(
    string PaymentRequest, long AmountMsat, long FeeLimitMsat, int CltvLimit, bool AllowSelfPayment = false);

/// <summary>What a node is asked to invoice.</summary>
/// <param name="Hash">Of a preimage the node does not know (hold), or null.</param>
/// <param name="Preimage">The preimage of a regular invoice, or null for a random one when there is no hash either.</param>
/// <param name="ValueMsat">0 lets the payer choose.</param>
/// <param name="ExpirySeconds">0 means a day.</param>
/// <param name="CltvExpiry">0 means 80.</param>
/// <param name="Memo">At most 639 bytes.</param>
public sealed record SimulatedInvoiceOrder(
    PaymentHash? Hash, Preimage? Preimage, long ValueMsat, long ExpirySeconds, ulong CltvExpiry, string Memo);

/// <summary>Something changed at a node: exactly one of the two is set.</summary>
public sealed record LndEvent(string Node, SimulatedInvoice? Invoice, SimulatedPayment? Payment);

/// <summary>A call the node refuses, with LND's code and text.</summary>
/// <param name="code">gRPC status number.</param>
/// <param name="text">As LND words it.</param>
public sealed class LndCallException(int code, string text) : Exception(text)
{
    /// <summary>gRPC status number; most of LND's refusals are 2.</summary>
    public int Code { get; } = code;
}
