using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Lightning;

/// <summary>What became of one call to the node. Exactly three cases: <see cref="Done"/>, <see cref="Refused"/>,
/// <see cref="Unclear"/>.</summary>
/// <remarks>The difference between the last two is money: refused means the node said no and did nothing; unclear means it may have
/// done everything, so look (find the invoice, track the payment) before anything else, and never take it for failure.</remarks>
public abstract record LightningAnswer<T>
{
    private LightningAnswer()
    {
    }

    /// <summary>The node did it and said so.</summary>
    public sealed record Done(T Value) : LightningAnswer<T>;

    /// <summary>The node refused; nothing changed by this call.</summary>
    /// <param name="Reason">Why, in terms a caller may decide on.</param>
    /// <param name="Detail">The node's own text, for people; never decide on it.</param>
    public sealed record Refused(LightningRefusal Reason, string Detail) : LightningAnswer<T>;

    /// <summary>The outcome is unknown: the call may or may not have had its effect.</summary>
    /// <param name="Cause">What hid the outcome.</param>
    /// <param name="Detail">For people.</param>
    public sealed record Unclear(LightningUncertainty Cause, string Detail) : LightningAnswer<T>;

    /// <summary>True, with the value, only when the call is known to be done.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = this is Done done ? done.Value : default;
        return this is Done;
    }

    /// <summary>The refusal's reason, or null when done or unclear.</summary>
    public LightningRefusal? Refusal => (this as Refused)?.Reason;

    /// <summary>One line for logs: the case and its text; the value is not printed.</summary>
    public string Describe() => this switch
    {
        Refused refused => $"refused ({refused.Reason}): {refused.Detail}",
        Unclear unclear => $"outcome unknown ({unclear.Cause}): {unclear.Detail}",
        _ => "done",
    };
}

/// <summary>Makes answers without repeating the type.</summary>
public static class LightningAnswer
{
    /// <summary>A known good outcome.</summary>
    public static LightningAnswer<T> Done<T>(T value) => new LightningAnswer<T>.Done(value);
}

/// <summary>Nothing to tell beyond "it is so".</summary>
public sealed record Acknowledged
{
    private Acknowledged()
    {
    }

    /// <summary>The only one.</summary>
    public static Acknowledged Instance { get; } = new();
}

/// <summary>Why the node refused. The texts behind these are LND's; see the README's error map.</summary>
public enum LightningRefusal
{
    /// <summary>No invoice or no payment with this hash. For a payment just sent over a broken connection this is no proof (it may still
    /// be on its way): ask again later.</summary>
    NotFound,

    /// <summary>The hash was used before on this node, whatever became of that invoice: find it, or take a new preimage.</summary>
    HashAlreadyUsed,

    /// <summary>Settling an invoice nobody has paid yet.</summary>
    InvoiceStillOpen,

    /// <summary>Settling an invoice that was cancelled: the money went back for good.</summary>
    InvoiceAlreadyCanceled,

    /// <summary>Cancelling an invoice that was settled: the money is ours for good.</summary>
    InvoiceAlreadySettled,

    /// <summary>A payment with this hash exists and is not final: track it.</summary>
    PaymentInFlight,

    /// <summary>This hash was paid: track it for the preimage.</summary>
    AlreadyPaid,

    /// <summary>The invoice to pay has expired.</summary>
    InvoiceExpired,

    /// <summary>The invoice is of another network.</summary>
    WrongNetwork,

    /// <summary>The payment request cannot be read, or lacks what is needed to pay it.</summary>
    InvalidPaymentRequest,

    /// <summary>An amount is missing, given twice, or out of range.</summary>
    InvalidAmount,

    /// <summary>The final CLTV delta does not fit under the limit, or is out of range.</summary>
    CltvLimit,

    /// <summary>The invoice is of the paying node itself.</summary>
    SelfPayment,

    /// <summary>Another argument is out of range.</summary>
    InvalidRequest,

    /// <summary>The macaroon is missing, wrong, revoked, or lacks the permission. Repeating is useless.</summary>
    Unauthorized,

    /// <summary>The server showed another certificate than the pinned one; nothing was sent. Repeating is useless.</summary>
    WrongCertificate,

    /// <summary>The node is locked or starting; nothing was done. Repeat later.</summary>
    NodeNotReady,

    /// <summary>The node does not offer this call.</summary>
    NotSupported,
}

/// <summary>What hid the outcome of a call.</summary>
public enum LightningUncertainty
{
    /// <summary>No answer before the deadline.</summary>
    DeadlineExceeded,

    /// <summary>The node could not be reached, or the connection broke before the answer was whole.</summary>
    ConnectionLost,

    /// <summary>The caller gave up waiting.</summary>
    Canceled,

    /// <summary>The node answered an error this client does not know: look before believing either way.</summary>
    UnknownError,

    /// <summary>The answer contradicts the request or itself (another hash, another amount, a preimage that does not fit): an operator must
    /// look.</summary>
    Contradiction,
}

/// <summary>Ends a watch that can never go on: the node refused it for a reason that repeating does not cure.</summary>
public sealed class LightningWatchException(LightningRefusal reason, string detail)
    : Exception($"the node refused to be watched ({reason}): {detail}")
{
    /// <summary>Why.</summary>
    public LightningRefusal Reason { get; } = reason;
}
