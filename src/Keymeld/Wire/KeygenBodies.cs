using System.Collections.Immutable;

namespace Coordinator.Keymeld.Wire;

/// <summary><c>POST /keygen/reserve</c>.</summary>
public sealed record ReserveRequest(
    Guid KeygenSessionId,
    Guid CoordinatorUserId,
    ImmutableArray<Guid> ExpectedParticipants,
    long TimeoutSecs,
    int? MaxSigningSessions = null,
    string? EncryptedTaprootTweak = null,
    ImmutableArray<SubsetBody>? SubsetDefinitions = null);

/// <summary>A subset of the participants.</summary>
public sealed record SubsetBody(Guid SubsetId, ImmutableArray<Guid> Participants);

/// <summary>The answer of a reservation; participants are counted, the expiry is in unix seconds.</summary>
public sealed record ReserveAnswer(
    Guid KeygenSessionId,
    int CoordinatorEnclaveId,
    string CoordinatorPublicKey,
    int CoordinatorKeyEpoch,
    int ExpectedParticipants,
    long ExpiresAt);

/// <summary><c>POST /keygen/{id}/initialize</c>.</summary>
public sealed record InitializeRequest(
    byte[] CoordinatorPubkey,
    string CoordinatorEncryptedPrivateKey,
    byte[] SessionPublicKey,
    string EncryptedSessionSecret,
    string EncryptedSessionData,
    string EncryptedEnclaveData,
    int EnclaveKeyEpoch);

/// <summary>Echoes the secret (still encrypted) and the session's public key.</summary>
public sealed record InitializeAnswer(Guid KeygenSessionId, string Status, string? SessionSecret, byte[] SessionPublicKey);

/// <summary><c>GET /keygen/{id}/slots</c>; 0.3 shows the free ones only.</summary>
public sealed record SlotsAnswer(Guid SessionId, ImmutableArray<SlotBody> AvailableSlots, int TotalSlots = 0, int ClaimedSlots = 0);

/// <summary>A seat; the signer index means nothing.</summary>
public sealed record SlotBody(Guid UserId, int EnclaveId, int SignerIndex, bool Claimed);

/// <summary><c>POST /keygen/{id}/participants</c>.</summary>
public sealed record RegisterRequest(
    Guid KeygenSessionId,
    Guid UserId,
    string EncryptedPrivateKey,
    byte[] PublicKey,
    string EncryptedSessionData,
    string EnclavePublicKey,
    int EnclaveKeyEpoch,
    bool RequireSigningApproval,
    byte[] AuthPubkey);

/// <summary>The answer of a registration; the counts of 0.3 are off by one.</summary>
public sealed record RegisterAnswer(
    Guid KeygenSessionId,
    Guid UserId,
    string Status,
    int ParticipantsRegistered,
    int ExpectedParticipants,
    int SignerIndex,
    int AssignedEnclaveId,
    bool RequireSigningApproval);

/// <summary><c>GET /keygen/{id}/status</c>; aggregates are envelopes, the expiry is 0 once completed.</summary>
public sealed record KeygenStatusAnswer(
    Guid KeygenSessionId,
    string Status,
    int ExpectedParticipants,
    int RegisteredParticipants,
    string? AggregatePublicKey = null,
    long ExpiresAt = 0,
    Dictionary<Guid, string>? EncryptedSubsetAggregates = null);
