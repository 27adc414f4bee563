using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Something learnt from the remote signing service about one session; facts of another session say nothing.</summary>
/// <param name="Session">The key generation session.</param>
public abstract record RemoteFact(Guid Session, DateTimeOffset At) : Fact(At);

/// <summary>The gateway was tried with a throwaway session (D13).</summary>
public sealed record KeymeldProbed(Guid Session, bool Safe, string Detail, DateTimeOffset At) : RemoteFact(Session, At);

/// <param name="User">A ticket id, or the coordinator's user id.</param>
/// <param name="Entry">Whose key was registered; null for the coordinator's.</param>
/// <param name="Epoch">The enclave's epoch it was registered with.</param>
public sealed record SeatRegistered(Guid Session, Guid User, Guid? Entry, int Epoch, DateTimeOffset At) : RemoteFact(Session, At);

/// <summary>The enclave has a new epoch under the same key: the registration has to be made again.</summary>
public sealed record SeatStale(Guid Session, Guid User, DateTimeOffset At) : RemoteFact(Session, At);

/// <summary>The service will never take this entry's key: it is not encrypted for its enclave, or is not the entry's.</summary>
public sealed record SeatRefused(Guid Session, Guid User, Guid Entry, string Detail, DateTimeOffset At) : RemoteFact(Session, At);

/// <summary>The session is lost or cannot be trusted: nothing is funded on it (D13).</summary>
public sealed record KeymeldBurned(Guid Session, string Why, DateTimeOffset At) : RemoteFact(Session, At);

/// <summary>Key generation is complete and its keys are those of the accepted entries.</summary>
/// <param name="Batches">A fresh random id for each signing session that the contract needs.</param>
public sealed record KeygenChecked(Guid Session, ImmutableArray<Guid> Batches, DateTimeOffset At) : RemoteFact(Session, At);

/// <summary>The service has the batch and waits for the coordinator's approval.</summary>
public sealed record BatchPosted(Guid Session, Guid Batch, DateTimeOffset At) : RemoteFact(Session, At);

/// <summary>Every signature of the batch verifies under our own derivation, and is stored.</summary>
public sealed record BatchSigned(Guid Session, Guid Batch, Hash32 Signatures, DateTimeOffset At) : RemoteFact(Session, At);

/// <param name="Next">A fresh random id for the session that replaces it.</param>
public sealed record BatchFailed(Guid Session, Guid Batch, Guid Next, string Why, DateTimeOffset At) : RemoteFact(Session, At);
