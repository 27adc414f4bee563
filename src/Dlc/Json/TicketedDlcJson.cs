using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>Parameters and outpoint as they travel together. Reading validates nothing.</summary>
internal static class TicketedDlcJson
{
    public static void Write(Utf8JsonWriter writer, ContractParameters parameters, OutPoint fundingOutpoint)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("params"u8);
        ContractParametersJson.Write(writer, parameters);
        writer.WriteString("funding_outpoint"u8, fundingOutpoint.ToString());
        writer.WriteEndObject();
    }

    /// <param name="reader">Stands on the object.</param>
    /// <param name="parametersName">The member that holds the parameters.</param>
    public static (ContractParameters Parameters, OutPoint FundingOutpoint) Read(ref Utf8JsonReader reader, string parametersName)
    {
        ContractParameters? parameters = null;
        OutPoint? outpoint = null;
        StrictJson.ReadObject(ref reader, "contract", (string name, ref Utf8JsonReader value) =>
        {
            if (name == parametersName)
            {
                StrictJson.Once(ref parameters, ContractParametersJson.Read(ref value), name);
            }
            else if (name == "funding_outpoint")
            {
                StrictJson.Once(ref outpoint, ReadOutPoint(ref value), name);
            }
            else
            {
                value.Skip();
            }
        });
        return (StrictJson.Needed(parameters, parametersName), StrictJson.Needed(outpoint, "funding_outpoint"));
    }

    private static OutPoint ReadOutPoint(ref Utf8JsonReader reader)
        => OutPoint.TryParse(StrictJson.ReadString(ref reader, "funding_outpoint"))
            ?? throw new DlcFormatException("funding_outpoint: <txid>:<vout> expected");
}
