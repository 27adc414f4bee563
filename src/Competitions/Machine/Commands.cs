using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Something asked for. A state carries it out or refuses it; a refusal changes nothing.</summary>
public abstract record Command(DateTimeOffset At);

/// <param name="Player">The caller.</param>
/// <param name="Key">The DLC key the entry will use.</param>
/// <param name="OfferedEntryId">A fresh UUIDv7 offered as entry id; its low 62 bits bind an id of the client's own (D39).</param>
public sealed record RequestTicket(XOnlyPublicKey Player, PublicKey Key, Guid OfferedEntryId, DateTimeOffset At) : Command(At);

public sealed record SubmitEntry(Guid Ticket, Entry Entry, DateTimeOffset At) : Command(At);

/// <param name="Round">The round the client means, or null for the current one.</param>
/// <param name="Nonces">Hash of the stored nonces; their shape has been checked.</param>
public sealed record SubmitNonces(XOnlyPublicKey Player, Guid Entry, string? Round, Hash32 Nonces, string NextRound, DateTimeOffset At) : Command(At);

/// <param name="Partials">Hash of the stored partial signatures; shape and scalars have been checked.</param>
public sealed record SubmitPartials(XOnlyPublicKey Player, Guid Entry, string? Round, Hash32 Partials, DateTimeOffset At) : Command(At);

/// <summary>An invoice for a winner's share, read and checked against the network (D18, D19).</summary>
/// <param name="AmountMsat">Null where the payer chooses.</param>
/// <param name="ExpiresAt">When the invoice lapses.</param>
/// <param name="FinalCltv">The invoice's final CLTV delta in blocks; null where it names none.</param>
/// <param name="LightningHeight">LND's height.</param>
/// <param name="ShareSats">The winner's output in the confirmed outcome's split.</param>
/// <param name="SealedKey">Key and preimage handed over first, in the reference's order; only after an atomic attempt failed.</param>
public sealed record RequestPayout(
    XOnlyPublicKey Player,
    Guid Entry,
    Guid Ticket,
    string Invoice,
    Hash32 PaymentHash,
    long? AmountMsat,
    DateTimeOffset ExpiresAt,
    int? FinalCltv,
    int LightningHeight,
    long ShareSats,
    bool TrustsCoordinator,
    string? SealedKey,
    string? SealedPreimage,
    DateTimeOffset At) : Command(At);

/// <summary>A paid winner hands over the entry's key, so that the share can be swept by key path.</summary>
public sealed record HandOverKey(XOnlyPublicKey Player, Guid Entry, Guid Ticket, string SealedKey, DateTimeOffset At) : Command(At);

/// <summary>The operator ends a competition that is not funded.</summary>
public sealed record Cancel(string Reason, DateTimeOffset At) : Command(At);

/// <summary>The operator lets an unpaid sold winner's share be reclaimed from g+2Δ (D20).</summary>
public sealed record ReleaseShare(Guid Entry, DateTimeOffset At) : Command(At);

/// <summary>The next state, or why there is none.</summary>
public sealed record Verdict(CompetitionState? Next, Refusal? Refusal)
{
    public static implicit operator Verdict(CompetitionState next) => new(next, null);

    public static implicit operator Verdict(Refusal refusal) => new(null, refusal);
}
