using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// The JSON of contract signatures (dlctix.md §5.2): attestations by bare index in numeric order, win conditions as text.
/// </summary>
internal static class ContractSignaturesJson
{
    private const string What = "contract signatures";
    private const string Expiry = "expiry_tx_signature";
    private const string Outcomes = "outcome_tx_signatures";
    private const string Splits = "split_tx_signatures";

    public static byte[] Write(ContractSignatures signatures)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024 + (signatures.Attestations.Length * 140) + (signatures.WinConditions.Length * 150));
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        Write(writer, signatures);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, ContractSignatures signatures)
    {
        writer.WriteStartObject();
        if (signatures.ExpirySignature is { } expiry)
        {
            SigMapJson.WriteHex(writer, Expiry, expiry.Bytes);
        }
        else
        {
            writer.WriteNull(Expiry);
        }

        writer.WriteStartObject(Outcomes);
        for (var i = 0; i < signatures.Attestations.Length; i++)
        {
            SigMapJson.WriteHex(writer, signatures.Attestations[i].ToString(CultureInfo.InvariantCulture), signatures.AdaptorAt(i));
        }

        writer.WriteEndObject();
        writer.WriteStartObject(Splits);
        for (var i = 0; i < signatures.WinConditions.Length; i++)
        {
            SigMapJson.WriteHex(writer, signatures.WinConditions[i].ToString(), signatures.SplitAt(i));
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static ContractSignatures ReadDocument(ReadOnlySpan<byte> utf8)
        => StrictJson.ReadDocument(utf8, ContractParameters.MaxJsonBytes, What, Read);

    public static ContractSignatures Read(ref Utf8JsonReader reader)
    {
        CompactSignature? expiry = null;
        var seenExpiry = false;
        SortedDictionary<int, byte[]>? outcomes = null;
        SortedDictionary<WinCondition, byte[]>? splits = null;
        StrictJson.ReadObject(ref reader, What, (string name, ref Utf8JsonReader value) =>
        {
            switch (name)
            {
                case Expiry:
                    seenExpiry = seenExpiry ? throw StrictJson.Twice(name) : true;
                    expiry = value.TokenType == JsonTokenType.Null ? null : ReadValue<CompactSignature>(ref value, name);
                    break;
                case Outcomes:
                    StrictJson.Once(ref outcomes, ReadEntries<int, AdaptorSignature>(ref value, name, AttestationIndex), name);
                    break;
                case Splits:
                    StrictJson.Once(ref splits, ReadEntries<WinCondition, CompactSignature>(ref value, name, WinOf), name);
                    break;
                default:
                    value.Skip();
                    break;
            }
        });
        var byIndex = StrictJson.Needed(outcomes, Outcomes);
        var byWin = StrictJson.Needed(splits, Splits);
        return new(expiry, [.. byIndex.Keys], Pack(byIndex.Values), [.. byWin.Keys], Pack(byWin.Values));
    }

    private static WinCondition? WinOf(string text) => WinCondition.TryParse(text);

    private static int? AttestationIndex(string text) => CanonicalIndex.TryParse(text, out var index) ? index : null;

    private static SortedDictionary<TKey, byte[]> ReadEntries<TKey, T>(ref Utf8JsonReader reader, string what, Func<string, TKey?> parseKey)
        where TKey : struct
        where T : WireBytes, IWireBytes<T>
    {
        var entries = new SortedDictionary<TKey, byte[]>();
        StrictJson.ReadObject(ref reader, what, (string name, ref Utf8JsonReader value) =>
        {
            var key = parseKey(name) ?? throw new DlcFormatException($"{what}: an entry has a key that is none");
            if (!entries.TryAdd(key, ReadValue<T>(ref value, what).ToBytes()))
            {
                throw StrictJson.Twice($"{what}: {name}");
            }
        });
        return entries;
    }

    private static T ReadValue<T>(ref Utf8JsonReader reader, string what)
        where T : class, IWireBytes<T>
        => T.TryFrom(StrictJson.ReadHex(ref reader, T.Size, what)) ?? throw new DlcFormatException($"{what}: not a {T.Name}");

    private static byte[] Pack(ICollection<byte[]> values)
    {
        var size = values.Count == 0 ? 0 : values.First().Length;
        var packed = new byte[values.Count * size];
        var at = 0;
        foreach (var value in values)
        {
            value.CopyTo(packed, at);
            at += size;
        }

        return packed;
    }
}
