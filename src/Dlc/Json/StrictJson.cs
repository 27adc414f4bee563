using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>Reads one member of an object. The reader stands on the first token of the value and must be left on its last one.</summary>
internal delegate void MemberReader(string name, ref Utf8JsonReader reader);

/// <summary>Reads one value and leaves the reader on its last token.</summary>
internal delegate T ValueReader<out T>(ref Utf8JsonReader reader);

/// <summary>
/// The strict subset of JSON reading that contracts need: canonical integers, exact hexadecimal lengths, no member twice.
/// Every refusal is a <see cref="DlcFormatException"/>.
/// </summary>
internal static class StrictJson
{
    /// <summary>Reads exactly one value.</summary>
    public static T ReadDocument<T>(ReadOnlySpan<byte> utf8, int maxBytes, string what, ValueReader<T> read)
    {
        if (utf8.Length > maxBytes)
        {
            throw new DlcFormatException($"{what}: {utf8.Length} bytes are more than the {maxBytes} that are read");
        }

        try
        {
            var reader = new Utf8JsonReader(utf8, isFinalBlock: true, state: default);
            if (!reader.Read())
            {
                throw new DlcFormatException($"{what}: no JSON");
            }

            var value = read(ref reader);
            return reader.Read() ? throw new DlcFormatException($"{what}: more than one JSON value") : value;
        }
        catch (JsonException broken)
        {
            throw new DlcFormatException($"{what}: not JSON at byte {broken.BytePositionInLine} of line {broken.LineNumber}", broken);
        }
        catch (InvalidOperationException broken)
        {
            throw new DlcFormatException($"{what}: text that is not UTF-8", broken);
        }
    }

    public static void ReadObject(ref Utf8JsonReader reader, string what, MemberReader member)
    {
        Expect(ref reader, JsonTokenType.StartObject, what, "an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            _ = reader.Read();
            member(name, ref reader);
        }
    }

    public static List<T> ReadArray<T>(ref Utf8JsonReader reader, string what, ValueReader<T> element)
    {
        Expect(ref reader, JsonTokenType.StartArray, what, "an array");
        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(element(ref reader));
        }

        return list;
    }

    /// <summary>Sets a member that may occur once.</summary>
    public static void Once<T>(ref T? target, T value, string what)
        where T : class
        => target = target is null ? value : throw Twice(what);

    /// <inheritdoc cref="Once{T}(ref T, T, string)"/>
    public static void Once<T>(ref T? target, T value, string what)
        where T : struct
        => target = target is null ? value : throw Twice(what);

    public static T Needed<T>(T? value, string what)
        where T : class
        => value ?? throw Missing(what);

    public static T Needed<T>(T? value, string what)
        where T : struct
        => value ?? throw Missing(what);

    public static string ReadString(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.String, what, "a string");
        return reader.GetString()!;
    }

    public static ulong ReadUInt64(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.Number, what, "a number");
        return reader.TryGetUInt64(out var value) ? value : throw new DlcFormatException($"{what}: an integer from 0 to 2^64-1 expected");
    }

    public static uint ReadUInt32(ref Utf8JsonReader reader, string what)
        => ReadUInt64(ref reader, what) is var value and <= uint.MaxValue ? (uint)value : throw new DlcFormatException($"{what}: above 2^32-1");

    public static ushort ReadUInt16(ref Utf8JsonReader reader, string what)
        => ReadUInt64(ref reader, what) is var value and <= ushort.MaxValue ? (ushort)value : throw new DlcFormatException($"{what}: above 65535");

    public static bool ReadBoolean(ref Utf8JsonReader reader, string what) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new DlcFormatException($"{what}: true or false expected"),
    };

    /// <summary>Exactly <paramref name="length"/> bytes in hexadecimal digits of either case.</summary>
    public static byte[] ReadHex(ref Utf8JsonReader reader, int length, string what)
        => Hex.TryDecode(ReadString(ref reader, what), length, out var bytes)
            ? bytes
            : throw new DlcFormatException($"{what}: {length * 2} hexadecimal digits expected");

    public static PublicKey ReadPublicKey(ref Utf8JsonReader reader, string what)
        => PublicKey.TryParse(ReadHex(ref reader, 33, what)) ?? throw new DlcFormatException($"{what}: not a point of the curve");

    public static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what, string expected)
    {
        if (reader.TokenType != token)
        {
            throw new DlcFormatException($"{what}: {expected} expected");
        }
    }

    public static DlcFormatException Twice(string what) => new($"{what}: occurs twice");

    private static DlcFormatException Missing(string what) => new($"{what}: missing");
}
