using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Coordinator.Keymeld.Wire;

/// <summary><c>GET /version</c>. A later gateway adds <c>authorization_protocol_version</c>, which is not written where null.</summary>
public sealed record VersionBody(
    string Service,
    string Version,
    string ApiVersion,
    FeaturesBody? Features = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    int? AuthorizationProtocolVersion = null);

/// <summary>What a 0.3 gateway can do.</summary>
public sealed record FeaturesBody(bool ServiceParticipation = false, bool UserAuthentication = false, bool EnclaveIsolation = false);

/// <summary><c>GET /health/detail</c>.</summary>
public sealed record HealthDetailBody(
    string Status, string Version, int ActiveSessions, int HealthyEnclaves, int TotalEnclaves, DatabaseStatsBody DatabaseStats);

/// <summary>The gateway's database in numbers.</summary>
public sealed record DatabaseStatsBody(int TotalSessions, int ActiveSessions, int TotalParticipants, long DatabaseSizeBytes);

/// <summary><c>GET /enclaves</c>.</summary>
public sealed record EnclavesBody(ImmutableArray<EnclaveBody> Enclaves, int TotalEnclaves, int HealthyEnclaves);

/// <summary>One enclave in the list; times in unix seconds, the key as 66 hex digits.</summary>
public sealed record EnclaveBody(
    int EnclaveId,
    bool Healthy,
    string? PublicKey,
    string? AttestationDocument = null,
    int ActiveSessions = 0,
    long UptimeSeconds = 0,
    int KeyEpoch = 0,
    long KeyGenerationTime = 0,
    long LastHealthCheck = 0);

/// <summary><c>GET /enclaves/{id}/public-key</c>; the attestation document is a JSON text, empty where there is none.</summary>
public sealed record EnclaveKeyBody(
    int EnclaveId,
    string PublicKey,
    string? AttestationDocument,
    Dictionary<string, string>? PcrMeasurements,
    long Timestamp,
    bool Healthy,
    int KeyEpoch);

/// <summary>What handlers answer where they refuse.</summary>
public sealed record ErrorAnswer(ErrorDetail Error, string? Timestamp = null);

/// <summary>The error itself; the code is the HTTP status.</summary>
public sealed record ErrorDetail(string Type, string Message, int Code);
