using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Gateway.Json;

/// <summary>A transaction as the old API's JSON has it (http-api §3).</summary>
internal static class TransactionJson
{
    /// <summary>Writes a transaction given as raw hex; null where there is none.</summary>
    /// <exception cref="BitcoinFormatException">The grain's hex is no transaction.</exception>
    internal static void Write(Utf8JsonWriter json, string name, string? hex)
    {
        if (hex is null)
        {
            json.WriteNull(name);
            return;
        }

        var transaction = Transaction.Parse(hex);
        json.WriteStartObject(name);
        json.WriteNumber("version", transaction.Version);
        json.WriteNumber("lock_time", transaction.LockTime);
        json.WriteStartArray("input");
        foreach (var input in transaction.Inputs)
        {
            WriteInput(json, input);
        }

        json.WriteEndArray();
        json.WriteStartArray("output");
        foreach (var output in transaction.Outputs)
        {
            json.WriteStartObject();
            json.WriteNumber("value", output.Value.Value);
            json.WriteString("script_pubkey", output.ScriptPubKey.ToHex());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteInput(Utf8JsonWriter json, TxIn input)
    {
        json.WriteStartObject();
        json.WriteString("previous_output", input.PreviousOutput.ToString());
        json.WriteString("script_sig", input.ScriptSig.ToHex());
        json.WriteNumber("sequence", input.Sequence);
        json.WriteStartArray("witness");
        foreach (var item in input.Witness)
        {
            json.WriteStringValue(Hex.Encode(item));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
