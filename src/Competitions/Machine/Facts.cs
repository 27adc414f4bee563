using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Something that happened. Absorbing the same fact twice changes nothing the second time.</summary>
/// <param name="At">When it was learnt.</param>
public abstract record Fact(DateTimeOffset At);

/// <summary>What LND says of an invoice.</summary>
public enum InvoiceStatus
{
    Open,
    Accepted,
    Settled,

    /// <summary>Cancelled, or known never to have been made.</summary>
    Canceled,
}

public sealed record TimePassed(DateTimeOffset At) : Fact(At);

public sealed record InvoiceIssued(Guid Ticket, Hash32 Hash, string PaymentRequest, DateTimeOffset At) : Fact(At);

/// <param name="HtlcExpiry">The earliest expiry height of the held parts; null where nothing is held.</param>
/// <param name="ReceivedMsat">Held or settled millisatoshis.</param>
public sealed record InvoiceSeen(Hash32 Hash, InvoiceStatus Status, int? HtlcExpiry, long ReceivedMsat, DateTimeOffset At) : Fact(At);

/// <summary>The ticket's old invoice is seen cancelled; here is its new hash.</summary>
public sealed record TicketRotated(Guid Ticket, Hash32 OldHash, Hash32 NewHash, string SealedPreimage, DateTimeOffset At) : Fact(At);

/// <summary>The oracle's announcement, verified (D40) and stored.</summary>
public sealed record OracleEventReady(Hash32 Announcement, DateTimeOffset At) : Fact(At);

/// <summary>The oracle refused for good.</summary>
public sealed record OracleRefused(string Detail, DateTimeOffset At) : Fact(At);

public sealed record OracleEntriesAccepted(DateTimeOffset At) : Fact(At);

/// <summary>Coins are reserved, the PSBT and the contract are stored.</summary>
/// <param name="Round">A fresh random id for the first signing round.</param>
public sealed record ContractPrepared(ContractRef Contract, string Round, DateTimeOffset At) : Fact(At);

/// <summary>No contract can be made of these entries, however long one waits.</summary>
public sealed record ContractImpossible(string Detail, DateTimeOffset At) : Fact(At);

public sealed record NoncesAggregated(string Round, Hash32 Aggregate, DateTimeOffset At) : Fact(At);

/// <summary>The coordinator's secret nonces of this round are gone: everyone draws new ones under the next id.</summary>
public sealed record OwnNoncesLost(string Round, string NextRound, DateTimeOffset At) : Fact(At);

public sealed record OwnPartSigned(string Round, Hash32 Partials, DateTimeOffset At) : Fact(At);

/// <summary>Every signature is aggregated and verified; the signed contract is stored.</summary>
public sealed record ContractSigned(string Round, Hash32 Signed, DateTimeOffset At) : Fact(At);

/// <summary>These entries' partial signatures do not verify (D10).</summary>
public sealed record PartialsRejected(string Round, ImmutableArray<Guid> Entries, DateTimeOffset At) : Fact(At);

/// <summary>A player has taken the signatures of this entry.</summary>
public sealed record SignaturesFetched(Guid Entry, DateTimeOffset At) : Fact(At);

/// <summary>Every invoice was seen ACCEPTED with room to its limit, and no attestation exists (money rule 2).</summary>
public sealed record FundingCleared(int Tip, DateTimeOffset At) : Fact(At);

/// <summary>What the chain shows of this competition's outputs.</summary>
public sealed record ChainSeen(ChainView Chain, DateTimeOffset At) : Fact(At);

/// <summary>A scalar whose point is a lock point.</summary>
/// <param name="Outcome">Index of that lock point.</param>
/// <param name="Scalar">32 bytes as hex; public from the moment the oracle publishes it.</param>
public sealed record AttestationSeen(int Outcome, string Scalar, DateTimeOffset At) : Fact(At);

public enum PaymentState
{
    InFlight,
    Succeeded,
    Failed,
}

/// <param name="SealedPreimage">What the payment revealed, sealed; only where it succeeded.</param>
public sealed record PaymentSeen(
    Guid Entry, Hash32 PaymentHash, PaymentState State, string? SealedPreimage, long FeeMsat, string Detail, DateTimeOffset At) : Fact(At)
{
    /// <summary>Nothing is known yet: the order is about to be sent, and from here on a missing record is no proof that it was not.</summary>
    public bool AboutToSend { get; init; }
}

/// <summary>Something odd that changes nothing by itself and that the operator should know.</summary>
public sealed record Noticed(string Code, string Detail, DateTimeOffset At) : Fact(At)
{
    /// <summary>The oracle shows a scalar that opens no outcome: it is refused, and the event goes on being waited for.</summary>
    public const string WrongAttestation = "wrong_attestation";

    /// <summary>The wallet had too little to keep anything for fee-bumping children: the contract goes on, and takes what is free when it needs it.</summary>
    public const string NoBumpReserve = "no_bump_reserve";
}

/// <summary>A child, or a sweep at a higher rate, is about to be sent.</summary>
public sealed record BumpIntended(Bump Bump, DateTimeOffset At) : Fact(At);

public sealed record CoinsReleased(DateTimeOffset At) : Fact(At);

/// <summary>The record of this entry's player says until when they get no ticket.</summary>
public sealed record PlayerBarred(Guid Entry, DateTimeOffset At) : Fact(At);
