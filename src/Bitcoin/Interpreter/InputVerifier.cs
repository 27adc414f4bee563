namespace Coordinator.Bitcoin;

/// <summary>Whether one input may spend its output: which witness program it is, and what that program asks for.</summary>
internal static class InputVerifier
{
    private const byte AnnexMark = 0x50;
    private const int BudgetBase = 50;

    /// <exception cref="ScriptRefusal">It may not.</exception>
    public static void Verify(SighashCache cache, int index)
    {
        var input = cache.Transaction.Inputs[index];
        var script = cache.Prevouts[index].ScriptPubKey;
        if (WitnessProgram.TryFrom(script) is { } native)
        {
            Require(input.ScriptSig.Length == 0, ScriptError.WitnessMalleated, "a segwit input has a scriptSig");
            VerifyProgram(cache, index, native, isWrapped: false);
            return;
        }

        Require(IsScriptHash(script), ScriptError.NotSegwit, "the output is not segwit, and legacy scripts are not run");
        var sig = input.ScriptSig.Bytes;
        var redeem = sig.Length > 1 && sig[0] == sig.Length - 1 && sig[0] <= 75 ? new Script(sig[1..]) : null;
        Require(redeem is not null, ScriptError.NotSegwit, "the P2SH output is not shown to wrap a witness program");
        var wrapped = WitnessProgram.TryFrom(redeem!);
        Require(wrapped is not null, ScriptError.NotSegwit, "the P2SH output does not wrap a witness program");
        Require(
            Hashes.Hash160(redeem!.Bytes).AsSpan().SequenceEqual(script.Bytes[2..22]),
            ScriptError.WitnessProgramMismatch,
            "the redeem script is not the one the output commits to");
        VerifyProgram(cache, index, wrapped!, isWrapped: true);
    }

    private static bool IsScriptHash(Script script) => script.Bytes is [0xa9, 0x14, .., 0x87] && script.Length == 23;

    private static void VerifyProgram(SighashCache cache, int index, WitnessProgram program, bool isWrapped)
    {
        var witness = cache.Transaction.Inputs[index].Witness.AsSpan();
        switch (program)
        {
            case { IsPubkeyHash: true }:
                Require(witness.Length == 2, ScriptError.WitnessItemCount, $"P2WPKH with {witness.Length} witness items instead of 2");
                var code = SighashCache.PubkeyHashScriptCode(program.Program);
                ScriptMachine.Run(code, [.. witness], new ScriptContext(cache, index, ScriptVersion.WitnessV0));
                break;
            case { IsScriptHash: true }:
                VerifyScriptHash(cache, index, program, witness);
                break;
            case { IsTaproot: true } when !isWrapped:
                VerifyTaproot(cache, index, program, witness);
                break;
            case { IsAnchor: true } when !isWrapped:
                Require(witness.Length == 0, ScriptError.AnchorWitness, "a pay-to-anchor input has a witness");
                break;
            default:
                throw program.Version == 0
                    ? new ScriptRefusal(ScriptError.WitnessProgramWrongLength, $"a version 0 program of {program.Program.Length} bytes")
                    : new ScriptRefusal(
                        ScriptError.UpgradableWitnessProgram,
                        $"witness version {program.Version} with {program.Program.Length} bytes{(isWrapped ? " inside P2SH" : "")} has no meaning");
        }
    }

    private static void VerifyScriptHash(SighashCache cache, int index, WitnessProgram program, ReadOnlySpan<byte[]> witness)
    {
        Require(witness.Length > 0, ScriptError.WitnessItemCount, "P2WSH without a witness");
        var script = witness[^1];
        Require(
            Hashes.Sha256(script).AsSpan().SequenceEqual(program.Program),
            ScriptError.WitnessProgramMismatch,
            "the witness script is not the one the output commits to");
        ScriptMachine.Run(script, [.. witness[..^1]], new ScriptContext(cache, index, ScriptVersion.WitnessV0));
    }

    private static void VerifyTaproot(SighashCache cache, int index, WitnessProgram program, ReadOnlySpan<byte[]> witness)
    {
        Require(witness.Length > 0, ScriptError.WitnessItemCount, "taproot without a witness");
        Require(witness.Length == 1 || witness[^1] is not [AnnexMark, ..], ScriptError.Annex, "the witness has an annex");
        if (witness.Length == 1)
        {
            ScriptMachine.RequireSchnorr(cache, index, program.Program, witness[0], default);
            return;
        }

        var (script, control) = (witness[^2], witness[^1]);
        Require(
            control.Length >= 33 && (control.Length - 33) % 32 == 0 && control.Length <= 33 + (32 * TapTree.MaxDepth),
            ScriptError.TaprootControlSize,
            $"a control block of {control.Length} bytes");
        var leafVersion = (byte)(control[0] & 0xfe);
        var leafHash = TapLeaf.HashOf(leafVersion, script);
        Require(
            XOnlyPublicKey.TryParse(program.Program) is { } key && ControlBlock.TryParse(control)?.Proves(key, leafHash) == true,
            ScriptError.WitnessProgramMismatch,
            "the output does not commit to this leaf");
        Require(leafVersion == TapLeaf.Tapscript, ScriptError.UpgradableTaprootVersion, $"leaf version {leafVersion:x2}");
        ScriptMachine.Run(script, [.. witness[..^2]], new ScriptContext(cache, index, ScriptVersion.Tapscript)
        {
            LeafHash = leafHash,
            SignatureBudget = BudgetBase + WitnessBytes(witness),
        });
    }

    private static long WitnessBytes(ReadOnlySpan<byte[]> witness)
    {
        var total = CompactBytes(witness.Length);
        foreach (var item in witness)
        {
            total += CompactBytes(item.Length) + item.Length;
        }

        return total;
    }

    private static long CompactBytes(int value) => value switch
    {
        < 0xfd => 1,
        <= 0xffff => 3,
        _ => 5,
    };

    private static void Require(bool condition, ScriptError error, string detail)
    {
        if (!condition)
        {
            throw new ScriptRefusal(error, detail);
        }
    }
}
