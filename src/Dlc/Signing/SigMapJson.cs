using System.Buffers;
using System.Collections;
using System.Text.Json;

namespace Coordinator.Dlc;

/// <summary>
/// The JSON of a SigMap, read straight into packed bytes: no object and, for keys in their usual order, no search per entry.
/// </summary>
internal static class SigMapJson
{
    private const string Outcomes = "by_outcome";
    private const string WinConditions = "by_win_condition";

    /// <summary>No key that means anything is longer: att, ten digits, :p, ten digits.</summary>
    private const int LongestKey = 32;

    public static byte[] Write(SigMapShape shape, ReadOnlySpan<byte> packed, int size)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + (shape.Count * ((2 * size) + 20)));
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteStartObject(Outcomes);
        for (var i = 0; i < shape.Count; i++)
        {
            if (i == shape.Outcomes.Length)
            {
                writer.WriteEndObject();
                writer.WriteStartObject(WinConditions);
            }

            WriteHex(writer, shape.KeyAt(i), packed.Slice(i * size, size));
        }

        if (shape.WinConditions.IsEmpty)
        {
            writer.WriteEndObject();
            writer.WriteStartObject(WinConditions);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static void WriteHex(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> bytes)
    {
        Span<byte> text = stackalloc byte[bytes.Length * 2];
        _ = Convert.TryToHexStringLower(bytes, text, out _);
        writer.WriteString(name, text);
    }

    public static byte[] Read(SigMapShape shape, ReadOnlySpan<byte> utf8, int size, string what, bool ignoreOtherKeys)
    {
        var target = new Target(shape, size, what, ignoreOtherKeys);
        _ = StrictJson.ReadDocument(utf8, ContractParameters.MaxJsonBytes, what, (ref Utf8JsonReader reader) =>
        {
            ReadMap(ref reader, target);
            return true;
        });
        return target.Complete();
    }

    private static void ReadMap(ref Utf8JsonReader reader, Target target)
    {
        var (outcomes, wins) = (false, false);
        StrictJson.ReadObject(ref reader, target.What, (string name, ref Utf8JsonReader value) =>
        {
            switch (name)
            {
                case Outcomes:
                    outcomes = outcomes ? throw StrictJson.Twice(name) : true;
                    ReadEntries(ref value, target, isWin: false);
                    break;
                case WinConditions:
                    wins = wins ? throw StrictJson.Twice(name) : true;
                    ReadEntries(ref value, target, isWin: true);
                    break;
                default:
                    value.Skip();
                    break;
            }
        });
        if (!outcomes || !wins)
        {
            throw new DlcFormatException($"{target.What}: {(outcomes ? WinConditions : Outcomes)} is missing");
        }
    }

    private static void ReadEntries(ref Utf8JsonReader reader, Target target, bool isWin)
    {
        StrictJson.Expect(ref reader, JsonTokenType.StartObject, isWin ? WinConditions : Outcomes, "an object");
        Span<char> key = stackalloc char[LongestKey];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var length = reader.ValueSpan.Length <= LongestKey ? reader.CopyString(key) : 0;
            var position = target.Find(key[..length], isWin);
            _ = reader.Read();
            if (position < 0)
            {
                reader.Skip();
                continue;
            }

            target.Set(position, ref reader);
        }
    }

    private sealed class Target(SigMapShape shape, int size, string what, bool ignoreOtherKeys)
    {
        private readonly byte[] _packed = new byte[shape.Count * size];
        private readonly BitArray _seen = new(shape.Count);
        private int _next;
        private int _count;

        public string What => what;

        /// <summary>The position of a key; −1 for one that may be skipped.</summary>
        public int Find(ReadOnlySpan<char> key, bool isWin)
        {
            var position = isWin
                ? WinCondition.TryParse(key) is { } win ? IndexOf(win) : -1
                : Outcome.TryParse(key) is { } outcome ? IndexOf(outcome) : -1;
            return position >= 0 || ignoreOtherKeys
                ? position
                : throw new DlcFormatException($"{what}: {(key.IsEmpty ? "an entry" : key.ToString())} is not expected here");
        }

        public void Set(int position, ref Utf8JsonReader reader)
        {
            if (_seen[position])
            {
                throw StrictJson.Twice($"{what}: {shape.KeyAt(position)}");
            }

            var bytes = _packed.AsSpan(position * size, size);
            if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || reader.ValueSpan.Length != 2 * size
                || Convert.FromHexString(reader.ValueSpan, bytes, out _, out _) != OperationStatus.Done)
            {
                throw new DlcFormatException($"{what}: {shape.KeyAt(position)}: {2 * size} hexadecimal digits expected");
            }

            _seen[position] = true;
            _next = position + 1;
            _count++;
        }

        public byte[] Complete()
        {
            if (_count == shape.Count)
            {
                return _packed;
            }

            var missing = 0;
            while (_seen[missing])
            {
                missing++;
            }

            throw new DlcFormatException($"{what}: {shape.KeyAt(missing)} is missing");
        }

        private int IndexOf(Outcome outcome)
            => _next < shape.Outcomes.Length && shape.Outcomes[_next] == outcome ? _next : shape.IndexOf(outcome);

        private int IndexOf(WinCondition win)
        {
            var at = _next - shape.Outcomes.Length;
            return at >= 0 && at < shape.WinConditions.Length && shape.WinConditions[at] == win ? _next : shape.IndexOf(win);
        }
    }
}
