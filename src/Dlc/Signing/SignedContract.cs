using System.Buffers;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>A contract with its signatures, or a signer's part of them. Making or reading one does not verify the signatures.</summary>
/// <param name="Dlc">The contract.</param>
/// <param name="Signatures">Check them with <see cref="SignatureCheck"/> before relying on them.</param>
public sealed record SignedContract(TicketedDlc Dlc, ContractSignatures Signatures)
{
    /// <summary>Compact JSON, byte for byte as dlctix writes it.</summary>
    public byte[] ToJsonBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WritePropertyName("signatures"u8);
        ContractSignaturesJson.Write(writer, Signatures);
        writer.WritePropertyName("dlc"u8);
        TicketedDlcJson.Write(writer, Dlc.Parameters, Dlc.FundingOutpoint);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a signed contract; the contract is validated and built anew.</summary>
    /// <exception cref="DlcFormatException">Not its JSON.</exception>
    /// <exception cref="ContractRefusedException">The contract cannot be built.</exception>
    public static SignedContract Parse(ReadOnlySpan<byte> utf8Json, ContractKind kind = ContractKind.Current, RangeRunner? runner = null)
    {
        ContractSignatures? signatures = null;
        (ContractParameters Parameters, OutPoint FundingOutpoint)? stored = null;
        _ = StrictJson.ReadDocument(utf8Json, ContractParameters.MaxJsonBytes, "signed contract", (ref Utf8JsonReader reader) =>
        {
            StrictJson.ReadObject(ref reader, "signed contract", (string name, ref Utf8JsonReader value) =>
            {
                switch (name)
                {
                    case "signatures":
                        StrictJson.Once(ref signatures, ContractSignaturesJson.Read(ref value), name);
                        break;
                    case "dlc":
                        StrictJson.Once(ref stored, TicketedDlcJson.Read(ref value, "params"), name);
                        break;
                    default:
                        value.Skip();
                        break;
                }
            });
            return true;
        });
        var (parameters, outpoint) = StrictJson.Needed(stored, "dlc");
        var present = StrictJson.Needed(signatures, "signatures");
        return TicketedDlc.TryCreate(parameters, outpoint, out var dlc, out var refusal, kind, runner)
            ? new(dlc, present)
            : throw new ContractRefusedException(refusal);
    }
}
