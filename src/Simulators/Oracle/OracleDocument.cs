using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coordinator.Oracle;
using Coordinator.Oracle.Wire;

namespace Coordinator.Simulators.Oracle;

/// <summary>Everything the oracle keeps. Holds its secret key; event nonces are derived from it and never stored.</summary>
public sealed record OracleDocument
{
    /// <summary>The oracle's secret key, 32 bytes hex.</summary>
    public required string Key { get; init; }

    /// <summary>How far the oracle's clock is ahead.</summary>
    public double ClockOffsetSeconds { get; init; }

    public OracleBehaviour Behaviour { get; init; } = new();

    public ImmutableSortedDictionary<string, StationWeather> Weather { get; init; } =
        ImmutableSortedDictionary<string, StationWeather>.Empty;

    public ImmutableArray<EventRecord> Events { get; init; } = [];

    /// <summary>The document as it is kept: holds the secret key.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, OracleDocumentJson.Default.OracleDocument);

    /// <exception cref="InvalidDataException">Not a document of this simulator.</exception>
    public static OracleDocument FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OracleDocumentJson.Default.OracleDocument)
                ?? throw new InvalidDataException("the document is empty");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("the stored oracle is damaged", exception);
        }
    }
}

/// <summary>One event as it is kept.</summary>
public sealed record EventRecord
{
    public required OracleEventTerms Terms { get; init; }

    /// <summary>Who created it: 32 bytes hex.</summary>
    public required string Creator { get; init; }

    /// <summary>What the nonce is derived with, hex.</summary>
    public required string Salt { get; init; }

    /// <summary>In the order of submission.</summary>
    public ImmutableArray<EntryRecord> Entries { get; init; } = [];

    /// <summary>The attested outcome; once set it never changes.</summary>
    public int? Outcome { get; init; }
}

/// <summary>One entry as it is kept.</summary>
public sealed record EntryRecord(Guid Id, ImmutableArray<StationPicks> Picks, long? Score, long? BaseScore);

/// <summary>Where this oracle departs from a good one. All off: a good one.</summary>
public sealed record OracleBehaviour
{
    /// <summary>Attests nothing, so that contracts expire.</summary>
    public bool NeverAttest { get; init; }

    /// <summary>Every pick is wrong: everybody is refunded.</summary>
    public bool AllZero { get; init; }

    /// <summary>Shows another scalar than the attestation.</summary>
    public bool WrongAttestation { get; init; }

    /// <summary>Shows entries in another order than that of their ids.</summary>
    public bool UnsortedEntries { get; init; }

    /// <summary>The defect of v1: shows the secret nonce (and so loses its key with the first attestation).</summary>
    public bool RevealNonce { get; init; }

    /// <summary>As v1: shows no nonce point.</summary>
    public bool HideNoncePoint { get; init; }

    /// <summary>Announces a wrong last locking point.</summary>
    public bool WrongLockingPoint { get; init; }

    /// <summary>Announces an expiry one second late.</summary>
    public bool WrongExpiry { get; init; }

    /// <summary>Shows one entry less than it was given.</summary>
    public bool LoseEntry { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(UtcTimeConverter), typeof(PredictionConverter), typeof(ScoringFieldConverter)])]
[JsonSerializable(typeof(OracleDocument))]
internal sealed partial class OracleDocumentJson : JsonSerializerContext;
