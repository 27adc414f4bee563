using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coordinator.Bitcoin;

/// <summary>JSON forms of this assembly's value types: keys, hashes, txids and outpoints as text, amounts and rates as whole numbers.</summary>
public static class BitcoinJson
{
    /// <summary>Adds every converter. Safe to call on options that already have some of them.</summary>
    public static JsonSerializerOptions AddBitcoin(this JsonSerializerOptions options)
    {
        options.Converters.Add(new TextConverter<Hash32>(Hash32.TryParse, value => value.ToString()));
        options.Converters.Add(new TextConverter<Txid>(Txid.TryParseDisplay, value => value.ToString()));
        options.Converters.Add(new TextConverter<OutPoint>(OutPoint.TryParse, value => value.ToString()));
        options.Converters.Add(new KeyConverter<PublicKey>(text => PublicKey.TryParse(text), key => key.ToHex()));
        options.Converters.Add(new KeyConverter<XOnlyPublicKey>(text => XOnlyPublicKey.TryParse(text), key => key.ToHex()));
        options.Converters.Add(new KeyConverter<Script>(text => Hex.TryDecode(text, out var bytes) ? new Script(bytes) : null, script => script.ToHex()));
        options.Converters.Add(new NumberConverter<Satoshis>(Satoshis.TryOf, value => value.Value));
        options.Converters.Add(new NumberConverter<FeeRate>(
            value => value is >= 0 and <= Satoshis.MaxValue ? FeeRate.FromSatPerKwu(value) : null, rate => rate.SatPerKwu));
        return options;
    }

    private sealed class TextConverter<T>(Func<string?, T?> parse, Func<T, string> write) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => (reader.TokenType == JsonTokenType.String ? parse(reader.GetString()) : null) ?? throw new JsonException($"not a {typeof(T).Name}");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => parse(reader.GetString()) ?? throw new JsonException($"not a {typeof(T).Name}");

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
            => writer.WritePropertyName(write(value));
    }

    private sealed class KeyConverter<T>(Func<string?, T?> parse, Func<T, string> write) : JsonConverter<T>
        where T : class
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => (reader.TokenType == JsonTokenType.String ? parse(reader.GetString()) : null) ?? throw new JsonException($"not a {typeof(T).Name}");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }

    private sealed class NumberConverter<T>(Func<long, T?> parse, Func<T, long> write) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) ? parse(value) : null)
                ?? throw new JsonException($"not a {typeof(T).Name}");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(write(value));
    }
}
