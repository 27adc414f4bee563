using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning;

/// <summary>Where one of our invoices stands. Decide on this alone, never on amounts.</summary>
public enum InvoiceState
{
    /// <summary>Nobody has paid it in full.</summary>
    Open,

    /// <summary>A payer's money is locked towards us and not ours yet.</summary>
    Accepted,

    /// <summary>The money is ours. Final.</summary>
    Settled,

    /// <summary>The money, if any came, went back. Final.</summary>
    Canceled,
}

/// <summary>Where one incoming part of a payment stands.</summary>
public enum HtlcState
{
    /// <summary>Held.</summary>
    Accepted,

    /// <summary>Ours.</summary>
    Settled,

    /// <summary>Failed back.</summary>
    Canceled,
}

/// <summary>One incoming part of a payment.</summary>
/// <param name="Amount">What it carries.</param>
/// <param name="AcceptHeight">Block height at which the node took it.</param>
/// <param name="ExpiryHeight">Absolute block height of its timeout.</param>
/// <param name="State">Where it stands.</param>
public sealed record InvoiceHtlc(Millisatoshis Amount, int AcceptHeight, int ExpiryHeight, HtlcState State);

/// <summary>What to ask the node for when selling a seat.</summary>
/// <param name="Hash">Hash of a preimage that the node does not know. Usable once for ever.</param>
/// <param name="Amount">The price, above zero.</param>
/// <param name="Expiry">How long an unpaid invoice may be paid; whole seconds, 1 second to 365 days.</param>
/// <param name="CltvExpiry">Final CLTV delta in blocks, 24 to 65535: once accepted the money can be held this many blocks minus the node's
/// hold-expiry delta.</param>
/// <param name="Memo">Shown to the payer; at most 639 bytes of UTF-8.</param>
public sealed record HoldInvoiceOrder(PaymentHash Hash, Millisatoshis Amount, TimeSpan Expiry, int CltvExpiry, string Memo);

/// <summary>A hold invoice the node has stored.</summary>
/// <param name="Hash">The ordered hash; checked against the payment request.</param>
/// <param name="PaymentRequest">BOLT-11 text for the payer.</param>
/// <param name="AddIndex">The node's number of creation, from 1.</param>
public sealed record HoldInvoice(PaymentHash Hash, string PaymentRequest, ulong AddIndex);

/// <summary>One of our invoices as the node reports it.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="State">The only field to decide on.</param>
/// <param name="PaymentRequest">BOLT-11 text.</param>
/// <param name="Value">The price; zero when the payer chooses.</param>
/// <param name="Paid">What is held or settled. Not below the price once accepted, perhaps above it; stays set after a cancel.</param>
/// <param name="AddIndex">The node's number of creation, from 1.</param>
/// <param name="SettleIndex">The node's number of settlement, from 1; 0 while unsettled.</param>
/// <param name="CreatedUtc">By the node's clock.</param>
/// <param name="Expiry">From <paramref name="CreatedUtc"/>; concerns <see cref="InvoiceState.Open"/> only.</param>
/// <param name="CltvExpiry">Final CLTV delta in blocks.</param>
/// <param name="Htlcs">Every part that ever came, failed ones too.</param>
public sealed record Invoice(
    PaymentHash Hash,
    InvoiceState State,
    string PaymentRequest,
    Millisatoshis Value,
    Millisatoshis Paid,
    ulong AddIndex,
    ulong SettleIndex,
    DateTimeOffset CreatedUtc,
    TimeSpan Expiry,
    int CltvExpiry,
    ImmutableArray<InvoiceHtlc> Htlcs)
{
    /// <summary>True when no state follows this one.</summary>
    public bool IsFinal => State is InvoiceState.Settled or InvoiceState.Canceled;

    /// <summary>The smallest timeout height over the parts that are held now, or null when none is. The node cancels by itself at this
    /// height minus its hold-expiry delta.</summary>
    public int? EarliestHeldExpiry
    {
        get
        {
            int? earliest = null;
            foreach (var htlc in Htlcs)
            {
                if (htlc.State == HtlcState.Accepted && (earliest is null || htlc.ExpiryHeight < earliest))
                {
                    earliest = htlc.ExpiryHeight;
                }
            }

            return earliest;
        }
    }
}
