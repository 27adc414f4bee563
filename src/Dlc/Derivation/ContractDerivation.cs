using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>What was derived from a contract, or why nothing could be.</summary>
/// <param name="Json">The answer in one line; null where the input was refused.</param>
/// <param name="Warning">One line for people where the contract is dangerous; else null.</param>
/// <param name="Refusal">One line for people where the input was refused; else null.</param>
public sealed record DerivedContract(string? Json, string? Warning, string? Refusal)
{
    [MemberNotNullWhen(true, nameof(Json))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsDerived => Json is not null;
}

/// <summary>
/// What an auditor needs to check a contract without trusting its maker: from <c>{"contract_params","funding_outpoint"}</c> the funding
/// script, every outcome transaction (expiry included) and the id and digests of every split. Legacy contracts are derived with a warning.
/// </summary>
public static class ContractDerivation
{
    /// <summary>Derives a contract from its JSON. Answers refusals, throws nothing for bad input.</summary>
    public static DerivedContract Derive(string json, RangeRunner? runner = null) => Derive(Encoding.UTF8.GetBytes(json), runner);

    /// <inheritdoc cref="Derive(string, RangeRunner?)"/>
    public static DerivedContract Derive(ReadOnlySpan<byte> utf8Json, RangeRunner? runner = null)
    {
        ContractParameters parameters;
        OutPoint outpoint;
        try
        {
            (parameters, outpoint) = StrictJson.ReadDocument(
                utf8Json, ContractParameters.MaxJsonBytes, "input", (ref Utf8JsonReader reader) => TicketedDlcJson.Read(ref reader, "contract_params"));
        }
        catch (DlcFormatException unreadable)
        {
            return new DerivedContract(null, null, OneLine(unreadable.Message));
        }

        return TicketedDlc.TryCreate(parameters, outpoint, out var dlc, out var refusal, ContractKind.Legacy, runner)
            ? new DerivedContract(Write(dlc), Warning(parameters), null)
            : new DerivedContract(null, null, OneLine(refusal.ToString()));
    }

    private static string? Warning(ContractParameters parameters)
        => (ContractValidation.Check(parameters) ?? ContractBounds.Check(parameters)) is { } reason
            ? OneLine($"warning: a new contract would be refused: {reason}")
            : null;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Write(TicketedDlc dlc)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("funding_script"u8, dlc.FundingOutput.ScriptPubKey.ToHex());
            writer.WriteNumber("funding_value"u8, dlc.FundingOutput.Value.Value);
            writer.WriteStartObject("outcomes"u8);
            foreach (var (outcome, _) in dlc.Outcomes)
            {
                WriteOutcome(writer, dlc, outcome);
            }

            writer.WriteEndObject();
            writer.WriteStartObject("splits"u8);
            foreach (var win in dlc.WinConditions)
            {
                writer.WriteStartObject(win.ToString());
                writer.WriteString("txid"u8, dlc.SplitTxid(win.Outcome).ToString());
                writer.WriteString("sighash"u8, Hex.Encode(dlc.SplitSighash(win).Span));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteOutcome(Utf8JsonWriter writer, TicketedDlc dlc, Outcome outcome)
    {
        var output = dlc.OutcomeOutput(outcome);
        writer.WriteStartObject(outcome.ToString());
        writer.WriteString("txid"u8, dlc.OutcomeTxid(outcome).ToString());
        writer.WriteString("tx"u8, dlc.OutcomeTransaction(outcome).ToHex());
        writer.WriteString("sighash"u8, Hex.Encode(dlc.OutcomeSighash(outcome).Span));
        writer.WriteString("script_pubkey"u8, output.Taproot.ScriptPubKey.ToHex());
        writer.WriteString("merkle_root"u8, Hex.Encode(output.Taproot.MerkleRoot));
        writer.WriteEndObject();
    }
}
