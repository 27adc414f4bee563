using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// What a remote signer is told of a contract (dlctix02.md §8): digests, adaptor points and the members of every aggregate.
/// </summary>
public static class SigningData
{
    /// <summary>Compact JSON; digests are arrays of 32 numbers there, not hexadecimal.</summary>
    public static byte[] ToJsonBytes(SigningItems items)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024 + (items.Count * 256));
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        var outcomes = items.Shape.Outcomes;
        WriteSighashes(writer, "outcome_sighashes", items, 0, outcomes.Length);
        writer.WriteStartObject("adaptor_points");
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (items.Adaptor(i) is { } point)
            {
                writer.WriteString(outcomes[i].AttestationIndex.ToString(CultureInfo.InvariantCulture), point.ToHex());
            }
        }

        writer.WriteEndObject();
        WriteSighashes(writer, "split_sighashes", items, outcomes.Length, items.Count);
        WriteMembers(writer, "funding_signers", items.FundingKey);
        writer.WriteString("funding_agg_pubkey", items.FundingKey.Key.ToHex());
        writer.WriteStartObject("split_signers");
        for (var i = 0; i < outcomes.Length; i++)
        {
            WriteMembers(writer, outcomes[i].ToString(), items.WinnersKey(i));
        }

        writer.WriteEndObject();
        writer.WriteStartObject("split_agg_pubkeys");
        for (var i = 0; i < outcomes.Length; i++)
        {
            writer.WriteString(outcomes[i].ToString(), items.WinnersKey(i).Key.ToHex());
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSighashes(Utf8JsonWriter writer, string name, SigningItems items, int from, int to)
    {
        writer.WriteStartObject(name);
        for (var item = from; item < to; item++)
        {
            writer.WriteStartArray(items.Shape.KeyAt(item));
            foreach (var value in items.Message(item))
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, string name, KeyAggregate keys)
    {
        writer.WriteStartArray(name);
        foreach (var key in keys.Keys)
        {
            writer.WriteStringValue(key.ToHex());
        }

        writer.WriteEndArray();
    }
}
