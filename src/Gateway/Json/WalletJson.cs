using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Coordinator.Grains;

namespace Coordinator.Gateway.Json;

/// <summary>The wallet's answers (http-api §12); <c>reserved</c>, <c>reserved_by</c>, bump and sync are ours.</summary>
internal static class WalletJson
{
    internal static void WriteBalance(Utf8JsonWriter json, WalletBalanceView balance)
    {
        json.WriteStartObject();
        json.WriteNumber("immature", balance.Immature);
        json.WriteNumber("trusted_pending", balance.TrustedPending);
        json.WriteNumber("untrusted_pending", balance.UntrustedPending);
        json.WriteNumber("confirmed", balance.Confirmed);
        json.WriteNumber("reserved", balance.Reserved);
        json.WriteEndObject();
    }

    internal static void WriteAddress(Utf8JsonWriter json, string address)
    {
        json.WriteStartObject();
        json.WriteString("address", address);
        json.WriteEndObject();
    }

    internal static void WriteOutputs(Utf8JsonWriter json, ImmutableArray<WalletOutputView> outputs)
    {
        json.WriteStartObject();
        json.WriteStartArray("outputs");
        foreach (var output in outputs)
        {
            WriteOutput(json, output);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Rates in sat/vB, exact: three decimals at most.</summary>
    internal static void WriteFees(Utf8JsonWriter json, ImmutableArray<FeeEstimateView> estimates)
    {
        json.WriteStartObject();
        json.WriteStartObject("fee_estimates");
        foreach (var estimate in estimates)
        {
            json.WritePropertyName(estimate.Target.ToString(CultureInfo.InvariantCulture));
            var thousandths = estimate.RateSatPerKwu * 4;
            var fraction = (thousandths % 1_000).ToString("000", CultureInfo.InvariantCulture).TrimEnd('0');
            var whole = (thousandths / 1_000).ToString(CultureInfo.InvariantCulture);
            json.WriteRawValue(fraction.Length == 0 ? whole : $"{whole}.{fraction}");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    internal static void WriteTxid(Utf8JsonWriter json, string txid)
    {
        json.WriteStartObject();
        json.WriteString("txid", txid);
        json.WriteEndObject();
    }

    internal static void WriteBumped(Utf8JsonWriter json, BumpedSendView child)
    {
        json.WriteStartObject();
        json.WriteString("txid", child.Txid);
        json.WriteNumber("fee", child.Fee);
        json.WriteString("limit", child.Limit);
        json.WriteEndObject();
    }

    internal static void WriteSync(Utf8JsonWriter json, WalletSyncView progress)
    {
        json.WriteStartObject();
        json.WriteNumber("asked", progress.Asked);
        json.WriteNumber("used", progress.Used);
        json.WriteNumber("outputs", progress.Outputs);
        json.WriteNumber("height", progress.Height);
        json.WriteBoolean("complete", progress.IsComplete);
        json.WriteEndObject();
    }

    private static void WriteOutput(Utf8JsonWriter json, WalletOutputView output)
    {
        json.WriteStartObject();
        json.WriteString("outpoint", output.Outpoint);
        json.WriteStartObject("txout");
        json.WriteNumber("value", output.Value);
        json.WriteString("script_pubkey", output.ScriptPubKey);
        json.WriteEndObject();
        json.WriteString("keychain", output.Keychain);
        json.WriteBoolean("is_spent", output.IsSpent);
        json.WriteNumber("derivation_index", output.DerivationIndex);
        json.WriteStartObject("chain_position");
        json.WriteNumberOrNull("height", output.Height);
        json.WriteEndObject();
        json.WriteString("reserved_by", output.ReservedBy);
        json.WriteEndObject();
    }
}
