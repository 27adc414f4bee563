using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Coordinator.Keymeld.Wire;

/// <summary><c>POST /signing</c>.</summary>
public sealed record SigningRequest(
    Guid SigningSessionId, Guid KeygenSessionId, long TimeoutSecs, ImmutableArray<BatchItemBody> BatchItems);

/// <summary>One item; the message is shown to the gateway and, encrypted, to the enclaves.</summary>
public sealed record BatchItemBody(
    Guid BatchItemId, byte[] MessageHash, SigningModeBody SigningMode, string EncryptedTaprootTweak, Guid? SubsetId = null);

/// <summary><c>regular</c>, or <c>adaptor</c> with configurations.</summary>
public sealed record SigningModeBody(
    string Type,
    string EncryptedMessage,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? EncryptedAdaptorConfigs = null)
{
    /// <summary>The type of a plain signature.</summary>
    public const string Regular = "regular";

    /// <summary>The type of an adaptor signature.</summary>
    public const string Adaptor = "adaptor";
}

/// <summary>The answer of an order.</summary>
public sealed record SigningAnswer(Guid SigningSessionId, Guid KeygenSessionId, string Status, int ParticipantsCount, long ExpiresAt);

/// <summary><c>GET /signing/{id}/status/{user}</c>.</summary>
public sealed record SigningStatusAnswer(
    Guid SigningSessionId,
    Guid KeygenSessionId,
    string Status,
    int ParticipantsRegistered,
    int ExpectedParticipants,
    long ExpiresAt,
    ImmutableArray<Guid>? ParticipantsRequiringApproval = null,
    ImmutableArray<Guid>? ApprovedParticipants = null,
    ImmutableArray<BatchResultBody>? BatchResults = null);

/// <summary>One item's result: an envelope of either kind, or an error.</summary>
public sealed record BatchResultBody(Guid BatchItemId, string? Signature = null, string? AdaptorSignatures = null, string? Error = null);
