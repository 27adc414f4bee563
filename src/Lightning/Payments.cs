using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning;

/// <summary>Where one of our payments stands.</summary>
public enum PaymentStatus
{
    /// <summary>Not final: money may be out. Also any status a newer node invents.</summary>
    InFlight,

    /// <summary>Paid; the preimage is there. Final.</summary>
    Succeeded,

    /// <summary>No money is or will be out for this record. Final, but the same hash may be paid anew.</summary>
    Failed,
}

/// <summary>Why a payment failed. Meaningful only with <see cref="PaymentStatus.Failed"/>.</summary>
public enum PaymentFailure
{
    /// <summary>Not failed, or no reason given.</summary>
    None,

    /// <summary>No attempt succeeded in time; trying again may help.</summary>
    Timeout,

    /// <summary>No path, or none within the fee and time limits; trying again may help.</summary>
    NoRoute,

    /// <summary>An error inside the node.</summary>
    Error,

    /// <summary>The payee refused: unknown, expired, cancelled or already paid there. Trying the same invoice again does not
    /// help.</summary>
    IncorrectPaymentDetails,

    /// <summary>Our channels hold too little; trying again may help.</summary>
    InsufficientBalance,

    /// <summary>Cancelled by the sender.</summary>
    Canceled,
}

/// <summary>What to pay and within which limits.</summary>
/// <param name="PaymentRequest">BOLT-11 text.</param>
/// <param name="Amount">What to pay on an invoice without an amount; null when the invoice has one (the node refuses both).</param>
/// <param name="FeeLimit">Most routing fee over all parts; zero allows free routes only.</param>
/// <param name="CltvLimit">Most blocks the whole route may be locked; must be greater than the invoice's final delta + 3.</param>
/// <param name="Timeout">How long the node may start new attempts; whole seconds, 1 second to 1 hour. Parts in flight outlive it.</param>
/// <param name="WaitForResult">How long the call itself waits for a final state; zero returns the first state the node reports.</param>
public sealed record PaymentOrder(
    string PaymentRequest,
    Millisatoshis? Amount,
    Millisatoshis FeeLimit,
    int CltvLimit,
    TimeSpan Timeout,
    TimeSpan WaitForResult = default);

/// <summary>One of our payments as the node reports it.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="Status">The only field to decide on.</param>
/// <param name="Value">What the payee gets, without fees.</param>
/// <param name="Fee">Fee of settled parts; 0 until one settles.</param>
/// <param name="Preimage">The proof, checked against the hash; only with <see cref="PaymentStatus.Succeeded"/>.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Index">The node's number of creation; a retry after failure gets a new one.</param>
/// <param name="CreatedUtc">By the node's clock.</param>
/// <param name="PaymentRequest">BOLT-11 text, empty for payments without one.</param>
public sealed record Payment(
    PaymentHash Hash,
    PaymentStatus Status,
    Millisatoshis Value,
    Millisatoshis Fee,
    Preimage? Preimage,
    PaymentFailure Failure,
    ulong Index,
    DateTimeOffset CreatedUtc,
    string PaymentRequest)
{
    /// <summary>True when no state follows this one for this record.</summary>
    public bool IsFinal => Status is PaymentStatus.Succeeded or PaymentStatus.Failed;
}

/// <summary>Which payments to list.</summary>
/// <param name="AfterIndex">Only those with a greater <see cref="Payment.Index"/>; 0 from the first.</param>
/// <param name="CreatedSinceUtc">Only those created at or after this time (whole seconds), or null.</param>
/// <param name="Most">Page size, 1 to 1000.</param>
public sealed record PaymentQuery(ulong AfterIndex = 0, DateTimeOffset? CreatedSinceUtc = null, int Most = 100);

/// <summary>A page of payments, oldest first, failed and in-flight ones included.</summary>
/// <param name="Payments">Empty on the last page.</param>
/// <param name="LastIndex">The next page's <see cref="PaymentQuery.AfterIndex"/>.</param>
public sealed record PaymentPage(ImmutableArray<Payment> Payments, ulong LastIndex);

/// <summary>A payment request as the node reads it.</summary>
/// <param name="Hash">Payment hash.</param>
/// <param name="PayeeKey">66 lower-case hex digits.</param>
/// <param name="Amount">The price, or null when the payer chooses.</param>
/// <param name="CreatedUtc">Timestamp in the invoice.</param>
/// <param name="Expiry">From <paramref name="CreatedUtc"/>.</param>
/// <param name="CltvExpiry">Final CLTV delta in blocks; the node's default when the invoice has none.</param>
/// <param name="Description">May hold anything the payee wrote: escape when shown.</param>
/// <param name="HasPaymentSecret">False when it cannot be paid.</param>
public sealed record DecodedPaymentRequest(
    PaymentHash Hash,
    string PayeeKey,
    Millisatoshis? Amount,
    DateTimeOffset CreatedUtc,
    TimeSpan Expiry,
    int CltvExpiry,
    string Description,
    bool HasPaymentSecret);

/// <summary>The node itself.</summary>
/// <param name="PublicKey">66 lower-case hex digits.</param>
/// <param name="Alias">For people.</param>
/// <param name="Network">mainnet, testnet, testnet4, signet, regtest or simnet.</param>
/// <param name="BlockHeight">The height to use for HTLC deadlines.</param>
/// <param name="SyncedToChain">Must be true before taking money or paying.</param>
/// <param name="BestHeaderUtc">Time of the newest header the node knows.</param>
/// <param name="Version">For people.</param>
public sealed record NodeInfo(
    string PublicKey,
    string Alias,
    string Network,
    int BlockHeight,
    bool SyncedToChain,
    DateTimeOffset BestHeaderUtc,
    string Version);

/// <summary>Channel money, by side.</summary>
/// <param name="Local">Ours, without parts in flight; reserves are not deducted.</param>
/// <param name="Remote">The peers'.</param>
/// <param name="HeldIncoming">Incoming parts in flight: accepted hold invoices show here.</param>
/// <param name="HeldOutgoing">Outgoing parts in flight.</param>
public sealed record ChannelBalances(Millisatoshis Local, Millisatoshis Remote, Millisatoshis HeldIncoming, Millisatoshis HeldOutgoing);
