namespace Coordinator.Bitcoin;

/// <summary>How an input's output is spent, with redeem and witness script checked against what the output commits to.</summary>
/// <param name="Output">The output spent.</param>
/// <param name="Redeem">The redeem script where the output is P2SH.</param>
/// <param name="Program">The witness program, native or wrapped; null for legacy.</param>
/// <param name="Code">The script that decides: witness script, redeem script, or the output's own.</param>
internal sealed record PsbtSpend(TxOut Output, Script? Redeem, WitnessProgram? Program, Script Code)
{
    public static PsbtSpend Of(Psbt psbt, int index)
    {
        var input = psbt.Inputs[index];
        var output = psbt.SpentOutput(index);
        var script = output.ScriptPubKey;
        Script? redeem = null;
        if (input.RedeemScript is { } told)
        {
            redeem = script.Bytes is [0xa9, 0x14, .., 0x87] && script.Length == 23
                && Hashes.Hash160(told.Bytes).AsSpan().SequenceEqual(script.Bytes[2..22])
                ? told
                : throw new PsbtException(PsbtError.RedeemScriptMismatch, index, "the output does not commit to the redeem script");
        }

        var program = WitnessProgram.TryFrom(redeem ?? script);
        if (program is null && input.NonWitnessUtxo is null)
        {
            throw new PsbtException(PsbtError.WitnessUtxoForLegacyOutput, index, "a legacy output needs its whole transaction");
        }

        return new PsbtSpend(output, redeem, program, WitnessScript(input, program, index) ?? redeem ?? script);
    }

    private static Script? WitnessScript(PsbtInput input, WitnessProgram? program, int index)
    {
        if (input.WitnessScript is not { } script)
        {
            return null;
        }

        return program is { IsScriptHash: true } && Hashes.Sha256(script.Bytes).AsSpan().SequenceEqual(program.Program)
            ? script
            : throw new PsbtException(PsbtError.WitnessScriptMismatch, index, "the output does not commit to the witness script");
    }

    /// <summary>True where the script pushes exactly these bytes somewhere.</summary>
    public bool Mentions(ReadOnlySpan<byte> bytes)
    {
        var reader = new ScriptReader(Code.Bytes);
        try
        {
            while (!reader.IsAtEnd)
            {
                if (reader.Next().Data.SequenceEqual(bytes))
                {
                    return true;
                }
            }
        }
        catch (BitcoinFormatException)
        {
            return false;
        }

        return false;
    }
}
