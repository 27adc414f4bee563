using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coordinator.Keymeld.Wire;

/// <summary>A tweak: <c>none</c>, <c>unspendable_taproot</c>, <c>taproot_with_merkle_root</c>, <c>plain_tweak</c>, <c>x_only_tweak</c>;
/// the 32 bytes as numbers.</summary>
public sealed record TaprootTweakText(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? MerkleRoot = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Tweak = null)
{
    /// <summary>No tweak: what contracts use everywhere.</summary>
    public static TaprootTweakText None { get; } = new("none");
}

/// <summary>Stored by the gateway, read by nobody.</summary>
public sealed record KeygenSessionText(byte[] CoordinatorPubkey, byte[]? AggregatePubkey = null);

/// <summary>Stored by the gateway, read by nobody.</summary>
public sealed record ParticipantSessionText(Dictionary<Guid, byte[]> ParticipantPublicKeys);

/// <summary>Stored by the gateway, never read by 0.3.</summary>
public sealed record EnclaveDataText(string CoordinatorPrivateKey, string SessionSecret)
{
    /// <summary>Does not print the secret.</summary>
    public override string ToString() => nameof(EnclaveDataText);
}

/// <summary>How an adaptor item is to be signed; points as 66 hex digits.</summary>
public sealed record AdaptorConfigText(Guid AdaptorId, string AdaptorType, string[] AdaptorPoints, JsonElement? Hints = null)
{
    /// <summary>The only type that locks: one point.</summary>
    public const string Single = "Single";
}

/// <summary>An adaptor signature with what it was made of. Despite its name <see cref="SignatureScalar"/> is the whole signature, 65
/// bytes; the nonce is the 66-byte aggregate.</summary>
public sealed record AdaptorResultText(
    Guid AdaptorId,
    string AdaptorType,
    byte[] SignatureScalar,
    byte[] NoncePoint,
    byte[][] AdaptorPoints,
    JsonElement? Hints,
    byte[] AggregateAdaptorPoint);
