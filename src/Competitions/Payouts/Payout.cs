using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Where a winner's payout stands.</summary>
public enum PayoutStage
{
    /// <summary>The intent is on disk; nothing is known to be sent.</summary>
    Intended,

    /// <summary>Sent, or unknown: only LND's final word ends it.</summary>
    InFlight,

    /// <summary>LND says SUCCEEDED.</summary>
    Paid,

    /// <summary>LND says FAILED: the winner may name another invoice.</summary>
    Failed,
}

/// <summary>One attempt to pay a winner over Lightning. An entry has at most one that is not failed.</summary>
/// <param name="Entry">Whose share.</param>
/// <param name="Outcome">The confirmed outcome that it was asked for, −1 for expiry: under another one nothing is sent.</param>
/// <param name="Invoice">BOLT-11 text.</param>
/// <param name="PaymentHash">The intent's name; used once for ever.</param>
/// <param name="Amount">The share, whole satoshis.</param>
/// <param name="ExpiresAt">When the invoice lapses.</param>
/// <param name="Atomic">The payment hash is the payout hash: paying reveals the payout preimage (D19).</param>
/// <param name="SealedKey">The entry's key, sealed; unusable until the stage is Paid.</param>
/// <param name="SealedPreimage">The payout preimage, sealed; unusable until the stage is Paid.</param>
public sealed record Payout(
    Guid Entry,
    int Outcome,
    string Invoice,
    Hash32 PaymentHash,
    Satoshis Amount,
    DateTimeOffset ExpiresAt,
    bool Atomic,
    PayoutStage Stage,
    string? SealedKey,
    string? SealedPreimage,
    long FeeMsat,
    string? LastError,
    DateTimeOffset At,
    DateTimeOffset? PaidAt)
{
    /// <summary>An order may have been sent; written before the first one is, so that none is taken for unsent.</summary>
    public bool MayBeSent { get; init; }

    /// <summary>Whether money may be out for it: a missing record, or what forbids sending now, is then no failure.</summary>
    [JsonIgnore]
    public bool MayBeOut => MayBeSent || Stage == PayoutStage.InFlight;

    [JsonIgnore]
    public bool Live => Stage is PayoutStage.Intended or PayoutStage.InFlight or PayoutStage.Paid;

    /// <summary>The share may be swept by key path.</summary>
    [JsonIgnore]
    public bool Closable => Stage == PayoutStage.Paid && SealedKey is not null;

    /// <summary>The share may be swept with the payout preimage.</summary>
    [JsonIgnore]
    public bool Sellable => Stage == PayoutStage.Paid && SealedPreimage is not null;
}
