using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coordinator.Oracle.Wire;

/// <summary>Reads and writes the oracle's bodies: snake_case, times in UTC with <c>Z</c>, unknown members ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    MaxDepth = 16,
    Converters = [typeof(UtcTimeConverter), typeof(PredictionConverter), typeof(ScoringFieldConverter), typeof(StatusConverter)])]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(CreateEventBody))]
[JsonSerializable(typeof(AddEntriesBody))]
[JsonSerializable(typeof(EventBody))]
[JsonSerializable(typeof(EntryBody))]
[JsonSerializable(typeof(ImmutableArray<EntryBody>))]
[JsonSerializable(typeof(ImmutableArray<EventSummaryBody>))]
[JsonSerializable(typeof(ImmutableArray<StationBody>))]
[JsonSerializable(typeof(ImmutableArray<ForecastBody>))]
[JsonSerializable(typeof(ImmutableArray<ObservationBody>))]
[JsonSerializable(typeof(ErrorBody))]
public sealed partial class OracleJson : JsonSerializerContext
{
    /// <summary>The same without members that are null: what a client sends.</summary>
    public static OracleJson WithoutNulls => Requests.Context;

    private static class Requests
    {
        internal static OracleJson Context { get; } = new(new JsonSerializerOptions(Default.Options)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        });
    }
}

/// <summary>RFC 3339 in UTC: <c>2026-01-03T09:00:00Z</c>, fractions only where there are any.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TryGetDateTimeOffset(out var value) ? value.ToUniversalTime() : throw new JsonException("not an RFC 3339 time");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
}

/// <summary><c>Over</c>, <c>Par</c>, <c>Under</c>.</summary>
public sealed class PredictionConverter() : JsonStringEnumConverter<Prediction>(namingPolicy: null, allowIntegerValues: false);

/// <summary><c>temp_high</c> and so on.</summary>
public sealed class ScoringFieldConverter() : JsonStringEnumConverter<ScoringField>(namingPolicy: null, allowIntegerValues: false);

/// <summary><c>Live</c>, <c>Running</c>, <c>Completed</c>, <c>Signed</c>.</summary>
public sealed class StatusConverter() : JsonStringEnumConverter<OracleEventStatus>(namingPolicy: null, allowIntegerValues: false);
