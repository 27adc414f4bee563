using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coordinator.Keymeld.Wire;

/// <summary>
/// Reads and writes the bodies of the gateway's HTTP API and the texts inside envelopes: snake_case, byte vectors as arrays of numbers,
/// optional members written as null, unknown members ignored, a missing member refused. Both sides use it.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    MaxDepth = 16,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(NumberBytesConverter), typeof(UuidConverter)])]
[JsonSerializable(typeof(VersionBody))]
[JsonSerializable(typeof(HealthDetailBody))]
[JsonSerializable(typeof(EnclavesBody))]
[JsonSerializable(typeof(EnclaveKeyBody))]
[JsonSerializable(typeof(ReserveRequest))]
[JsonSerializable(typeof(ReserveAnswer))]
[JsonSerializable(typeof(InitializeRequest))]
[JsonSerializable(typeof(InitializeAnswer))]
[JsonSerializable(typeof(SlotsAnswer))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RegisterAnswer))]
[JsonSerializable(typeof(KeygenStatusAnswer))]
[JsonSerializable(typeof(SigningRequest))]
[JsonSerializable(typeof(SigningAnswer))]
[JsonSerializable(typeof(SigningStatusAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(TaprootTweakText))]
[JsonSerializable(typeof(KeygenSessionText))]
[JsonSerializable(typeof(ParticipantSessionText))]
[JsonSerializable(typeof(EnclaveDataText))]
[JsonSerializable(typeof(AdaptorConfigText[]))]
[JsonSerializable(typeof(Dictionary<Guid, AdaptorResultText>), TypeInfoPropertyName = "AdaptorResults")]
public sealed partial class KeymeldJson : JsonSerializerContext;

/// <summary>Bytes as an array of numbers 0 to 255, at most 4,096 of them.</summary>
public sealed class NumberBytesConverter : JsonConverter<byte[]>
{
    private const int Longest = 4_096;

    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("bytes are an array of numbers");
        }

        var bytes = new List<byte>(66);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            bytes.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out var value) && bytes.Count < Longest
                ? value
                : throw new JsonException("bytes are an array of at most 4096 numbers 0 to 255"));
        }

        return [.. bytes];
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var number in value)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}

/// <summary>An id, also as the name of a member: written canonically, read in every form that UUIDs have.</summary>
public sealed class UuidConverter : JsonConverter<Guid>
{
    public override Guid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()) : throw new JsonException("an id is a text");

    public override Guid ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, Guid value, JsonSerializerOptions options)
        => writer.WriteStringValue(UuidText.Of(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, Guid value, JsonSerializerOptions options)
        => writer.WritePropertyName(UuidText.Of(value));

    private static Guid Parse(string? text) => UuidText.TryParse(text) ?? throw new JsonException("not an id");
}
