using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>What could not be explained. Names are stored: never rename one.</summary>
public enum HoldKind
{
    /// <summary>A payment request was handed out and LND does not know its invoice.</summary>
    UnknownInvoice,

    /// <summary>LND shows a payment to a winner's payout hash that the journal does not and that does not explain itself.</summary>
    UnexplainedPayment,

    /// <summary>A ticket's payment was taken, and there is no pool for it.</summary>
    RefundOwed,

    /// <summary>The pool, the outcome's output or a share was spent by a transaction that is not of the contract.</summary>
    ForeignSpend,

    /// <summary>The funding transaction is out, and the journal does not know the signatures for it.</summary>
    FoundFunding,

    /// <summary>A player has left a paid escrow of a competition without a pool, until the coordinator could take it.</summary>
    EscrowUnclaimed,
}

/// <summary>Something that waits for an operator. What it touches stands still, everything else goes on.</summary>
/// <param name="Id"><see cref="HoldRules.IdOf"/>: the same thing is one hold for ever.</param>
/// <param name="Kind">What could not be explained.</param>
/// <param name="Subject">What it is about: a hash, a transaction, a ticket or an entry.</param>
/// <param name="Detail">For the operator; never a secret.</param>
/// <param name="Since">When it was seen first.</param>
public sealed record Hold(string Id, HoldKind Kind, string Subject, string Detail, DateTimeOffset Since)
{
    /// <summary>The entry that it touches, where it touches one only.</summary>
    public Guid? Entry { get; init; }

    /// <summary>Satoshis that are owed or in question; 0 where none are.</summary>
    public long Sats { get; init; }

    /// <summary>Who released it; null while it stands.</summary>
    public HoldRelease? Release { get; init; }

    [JsonIgnore]
    public bool IsOpen => Release is null;
}

/// <param name="At">When.</param>
/// <param name="By">The operator, by their own word.</param>
/// <param name="Note">What they found or did.</param>
public sealed record HoldRelease(DateTimeOffset At, string By, string Note);

/// <summary>A fact about a hold.</summary>
public abstract record HoldFact(DateTimeOffset At) : Fact(At);

/// <summary>Something cannot be explained. The same thing again changes nothing, also after its release.</summary>
public sealed record HoldRaised(HoldKind Kind, string Subject, string Detail, DateTimeOffset At) : HoldFact(At)
{
    public Guid? Entry { get; init; }

    public long Sats { get; init; }
}

/// <summary>It is explained after all: the hold is gone as if it had never been. One that an operator released stays.</summary>
public sealed record HoldExplained(HoldKind Kind, string Subject, DateTimeOffset At) : HoldFact(At);

/// <summary>LND shows a payment to an entry's payout hash that may not stand in the journal (D43).</summary>
/// <param name="Outcome">The confirmed outcome that the share was reckoned for.</param>
/// <param name="AmountMsat">What the payee gets.</param>
/// <param name="ShareSats">The entry's output in that outcome's split; 0 where it wins nothing.</param>
/// <param name="Invoice">BOLT-11 text as LND has it; may be empty.</param>
/// <param name="SealedPreimage">What the payment revealed, sealed; only where it succeeded.</param>
public sealed record PaymentFound(
    Guid Entry, Hash32 PaymentHash, PaymentState State, int Outcome, long AmountMsat, long ShareSats, string Invoice, string? SealedPreimage, long FeeMsat,
    DateTimeOffset At) : Fact(At);

/// <summary>LND has an invoice under the hash of a seat that nobody holds by our books (after a restore): its hash is spent.</summary>
public sealed record TicketHashUsed(Hash32 Hash, DateTimeOffset At) : Fact(At);

/// <summary>The operator has looked and decides; what that means is the kind's: see docs/operations.md.</summary>
/// <param name="Id">The hold's.</param>
public sealed record ReleaseHold(string Id, string By, string Note, DateTimeOffset At) : Command(At);
