using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>A ticket's escrow is built and stored and its coins are reserved; nothing is signed.</summary>
public sealed record EscrowPrepared(Guid Ticket, Hash32 Hash, TicketEscrow Escrow, DateTimeOffset At) : Fact(At);

/// <summary>Every invoice was seen ACCEPTED with room to its limit: the escrows may be sent.</summary>
public sealed record EscrowsCleared(int Tip, DateTimeOffset At) : Fact(At);

/// <param name="OutPoint">Which escrow.</param>
public sealed record EscrowSighting(OutPoint OutPoint, EscrowSight Sight);

/// <summary>What the chain shows of all escrows that may be out, as of one tip.</summary>
public sealed record EscrowsSeen(ImmutableArray<EscrowSighting> Escrows, int Tip, DateTimeOffset At) : Fact(At);

/// <summary>The coins of an escrow that was never sent are the wallet's again.</summary>
public sealed record EscrowReleased(OutPoint OutPoint, DateTimeOffset At) : Fact(At);

/// <summary>A player signs their escrow's input of the funding transaction.</summary>
/// <param name="Signature">Hex of DER and type byte; verified against our own copy of the transaction.</param>
public sealed record SubmitEscrowSignature(XOnlyPublicKey Player, Guid Entry, string Signature, DateTimeOffset At) : Command(At);
