using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Everything gateway and enclaves keep: ciphertexts, the enclaves' keys, who may what. Never a secret nonce, never a session
/// secret or a member's key in clear.</summary>
public sealed record KeymeldDocument
{
    /// <summary>In the order of their numbers.</summary>
    public required ImmutableArray<EnclaveRecord> Enclaves { get; init; }

    /// <summary>How far the gateway's clock is ahead.</summary>
    public double ClockOffsetSeconds { get; init; }

    public KeymeldBehaviour Behaviour { get; init; } = new();

    public ImmutableSortedDictionary<Guid, KeygenRecord> Keygens { get; init; } = ImmutableSortedDictionary<Guid, KeygenRecord>.Empty;

    public ImmutableSortedDictionary<Guid, SigningRecord> Signings { get; init; } = ImmutableSortedDictionary<Guid, SigningRecord>.Empty;

    /// <summary>UTF-8 JSON of all of it. Holds the enclaves' keys: it is a simulator's, never a real gateway's.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, KeymeldDocumentJson.Default.KeymeldDocument);
}

/// <summary>One enclave.</summary>
public sealed record EnclaveRecord
{
    public required int Id { get; init; }

    /// <summary>Its secret key, 32 bytes hex.</summary>
    public required string Secret { get; init; }

    /// <summary>Counts its restarts, from 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>When the key was made, unix seconds.</summary>
    public long KeySince { get; init; }

    /// <summary>Answers nothing: sessions that need it stand still.</summary>
    public bool Down { get; init; }

    /// <summary>How many ticks longer each step of a session takes that needs it.</summary>
    public int SlowTicks { get; init; }

    /// <summary>A secret key of the gateway's own, 32 bytes hex, whose point it announces instead of the enclave's; null: it is honest.
    /// </summary>
    public string? SwappedSecret { get; init; }

    /// <summary>The true public key.</summary>
    [JsonIgnore]
    public PublicKey PublicKey => PublicOf(Secret);

    /// <summary>The key that the gateway announces.</summary>
    [JsonIgnore]
    public PublicKey AnnouncedKey => PublicOf(SwappedSecret ?? Secret);

    /// <summary>Opens what was encrypted to the enclave and reads it; null where either fails. What was opened is wiped.</summary>
    internal T? Open<T>(string encrypted, Func<ReadOnlySpan<byte>, T?> read)
        where T : class
        => Open(Secret, encrypted, read);

    /// <summary>As the gateway opens it that swapped the key: with its own.</summary>
    internal T? OpenSwapped<T>(string encrypted, Func<ReadOnlySpan<byte>, T?> read)
        where T : class
        => SwappedSecret is { } secret ? Open(secret, encrypted, read) : null;

    /// <summary>Does not print the keys.</summary>
    public override string ToString() => $"enclave {Id} in epoch {Epoch}";

    private static T? Open<T>(string secret, string encrypted, Func<ReadOnlySpan<byte>, T?> read)
        where T : class
    {
        using var key = SecretKey.From(Hex.Decode(secret));
        var opened = EnclaveBox.TryDecrypt(key, encrypted);
        try
        {
            return opened is null ? null : read(opened);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    private static PublicKey PublicOf(string secret)
    {
        using var key = SecretKey.From(Hex.Decode(secret));
        return key.PublicKey;
    }
}

/// <summary>Where a keygen session is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeygenStage>))]
public enum KeygenStage
{
    Reserved,
    Collecting,
    Completed,
}

/// <summary>A keygen session as it is kept. Ciphertexts are hex as they came in.</summary>
public sealed record KeygenRecord
{
    public required Guid Id { get; init; }

    public required Guid Coordinator { get; init; }

    /// <summary>Newest id first; the position is the signer index.</summary>
    public required ImmutableArray<Guid> Expected { get; init; }

    public required int MaximumSigningSessions { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>The session's tweak; empty is none.</summary>
    public required string EncryptedTweak { get; init; }

    public required ImmutableArray<SubsetRecord> Subsets { get; init; }

    /// <summary>Which enclave each expected user registers with.</summary>
    public required ImmutableSortedDictionary<Guid, int> Assignment { get; init; }

    public required int CoordinatorEnclave { get; init; }

    public KeygenStage Stage { get; init; }

    /// <summary>From initialize, hex.</summary>
    public string SessionPublicKey { get; init; } = "";

    /// <summary>From initialize, hex.</summary>
    public string CoordinatorPublicKey { get; init; } = "";

    /// <summary>The session secret for the coordinator enclave.</summary>
    public string EncryptedSecret { get; init; } = "";

    /// <summary>The gateway's table.</summary>
    public ImmutableSortedDictionary<Guid, RegistrationRecord> Registrations { get; init; } =
        ImmutableSortedDictionary<Guid, RegistrationRecord>.Empty;

    /// <summary>What the enclaves took when the keys were aggregated; later changes of the gateway's table do not reach them.</summary>
    public ImmutableArray<RegistrationRecord> Members { get; init; } = [];

    /// <summary>Set when completed.</summary>
    public string? EncryptedAggregate { get; init; }

    public ImmutableSortedDictionary<Guid, string> EncryptedSubsetAggregates { get; init; } = ImmutableSortedDictionary<Guid, string>.Empty;
}

/// <summary>A subset of the expected participants.</summary>
public sealed record SubsetRecord(Guid Id, ImmutableArray<Guid> Participants);

/// <summary>One registration.</summary>
public sealed record RegistrationRecord
{
    public required Guid User { get; init; }

    public required int Enclave { get; init; }

    /// <summary>The member's key for its enclave.</summary>
    public required string EncryptedKey { get; init; }

    /// <summary>As claimed, hex.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Hex.</summary>
    public required string AuthKey { get; init; }

    public bool RequireApproval { get; init; }

    /// <summary>The enclave's epoch that was claimed; 0: not checked.</summary>
    public required int Epoch { get; init; }
}

/// <summary>A signing session as it is kept. The steps in between are the memory's: after a restart it collects again.</summary>
public sealed record SigningRecord
{
    public required Guid Id { get; init; }

    public required Guid KeygenId { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long ExpiresAt { get; init; }

    public required ImmutableArray<ItemRecord> Items { get; init; }

    /// <summary>Who approved; survives a restart.</summary>
    public ImmutableSortedSet<Guid> Approved { get; init; } = [];

    /// <summary>Null until completed.</summary>
    public ImmutableArray<ItemResultRecord>? Results { get; init; }

    /// <summary>Why it failed; null: it did not.</summary>
    public string? Failure { get; init; }
}

/// <summary>One item of a batch.</summary>
public sealed record ItemRecord(
    Guid Id, string MessageHash, string EncryptedMessage, string? EncryptedAdaptorConfigs, string EncryptedTweak, Guid? Subset);

/// <summary>One result: exactly one of the two ciphertexts.</summary>
public sealed record ItemResultRecord(Guid Id, string? Signature, string? AdaptorSignatures);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeymeldDocument))]
[JsonSerializable(typeof(KeygenRecord))]
[JsonSerializable(typeof(SigningRecord))]
[JsonSerializable(typeof(KeymeldBehaviour))]
internal sealed partial class KeymeldDocumentJson : JsonSerializerContext;
