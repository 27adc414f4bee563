using System.Collections.Immutable;

namespace Coordinator.Bitcoin;

/// <summary>Turns signatures into a final scriptSig and witness: key hashes, one key, multisig, and taproot key paths.</summary>
internal static class PsbtFinalizer
{
    private static readonly byte[] Cleared =
    [
        PsbtInputField.PartialSignature, PsbtInputField.SighashType, PsbtInputField.RedeemScript, PsbtInputField.WitnessScript,
        PsbtInputField.Derivation, PsbtInputField.FinalScriptSig, PsbtInputField.FinalScriptWitness, PsbtInputField.Ripemd160Preimage,
        PsbtInputField.Sha256Preimage, PsbtInputField.Hash160Preimage, PsbtInputField.Hash256Preimage, PsbtInputField.TapKeySignature,
        PsbtInputField.TapScriptSignature, PsbtInputField.TapLeafScript, PsbtInputField.TapDerivation, PsbtInputField.TapInternalKey,
        PsbtInputField.TapMerkleRoot,
    ];

    public static void Finalize(Psbt psbt, int index)
    {
        var input = psbt.Inputs[index];
        var spend = PsbtSpend.Of(psbt, index);
        var wrapper = spend.Redeem is { } redeem && spend.Program is not null ? PsbtCodec.Push(redeem.Bytes) : null;
        switch (spend.Program)
        {
            case { IsTaproot: true }:
                Set(psbt, index, null, [input.TapKeySignature ?? throw Missing(index, "the key path has no signature")]);
                break;
            case { IsPubkeyHash: true } program:
                Set(psbt, index, wrapper, KeyHash(input, program.Program, index));
                break;
            case { IsScriptHash: true } when input.WitnessScript is not null:
                Set(psbt, index, wrapper, [.. Template(input, spend.Code, index), spend.Code.ToBytes()]);
                break;
            case { IsAnchor: true }:
                Set(psbt, index, null, []);
                break;
            case null:
                Set(psbt, index, LegacyScriptSig(input, spend, index), null);
                break;
            default:
                throw Missing(index, "this kind of output needs its witness from the caller");
        }
    }

    /// <summary>Writes the final fields and clears what is no longer needed.</summary>
    public static void Set(Psbt psbt, int index, Script? scriptSig, ImmutableArray<byte[]>? witness)
    {
        var input = psbt.Inputs[index];
        input.Map.Remove(Cleared);
        input.FinalScriptSig = scriptSig;
        input.FinalScriptWitness = witness;
    }

    private static Script LegacyScriptSig(PsbtInput input, PsbtSpend spend, int index)
    {
        var code = spend.Code.Bytes;
        var items = code is [0x76, 0xa9, 0x14, .. var hash, 0x88, 0xac] && hash.Length == 20
            ? KeyHash(input, hash, index)
            : Template(input, spend.Code, index);
        var builder = new ScriptBuilder();
        foreach (var item in items)
        {
            builder.Data(item);
        }

        return (spend.Redeem is { } redeem ? builder.Data(redeem.Bytes) : builder).Build();
    }

    private static ImmutableArray<byte[]> KeyHash(PsbtInput input, ReadOnlySpan<byte> hash20, int index)
    {
        foreach (var (key, signature) in input.PartialSignatures)
        {
            if (Hashes.Hash160(key).AsSpan().SequenceEqual(hash20))
            {
                return [signature, key];
            }
        }

        throw Missing(index, "the key that the output commits to has not signed");
    }

    /// <summary>What <c>key CHECKSIG</c> and <c>m key… n CHECKMULTISIG</c> need on the stack.</summary>
    private static ImmutableArray<byte[]> Template(PsbtInput input, Script script, int index)
    {
        var signatures = input.PartialSignatures.ToDictionary(item => Hex.Encode(item.Key), item => item.Signature, StringComparer.Ordinal);
        var (needed, keys) = ReadTemplate(script) ?? throw Missing(index, "this script needs its witness from the caller");
        var least = needed ?? 1;
        var given = keys.Select(key => signatures.GetValueOrDefault(Hex.Encode(key))).OfType<byte[]>().Take(least).ToList();
        if (given.Count < least)
        {
            throw Missing(index, $"{given.Count} of {least} signatures are there");
        }

        return needed is null ? [given[0]] : [[], .. given];
    }

    /// <summary>The keys, and how many must sign (null for CHECKSIG); null for any other script.</summary>
    private static (int? Needed, List<byte[]> Keys)? ReadTemplate(Script script)
    {
        var (steps, keys) = (new List<Opcode>(), new List<byte[]>());
        try
        {
            var reader = new ScriptReader(script.Bytes);
            while (!reader.IsAtEnd)
            {
                var step = reader.Next();
                if (step.Data.Length > 0)
                {
                    keys.Add(step.Data.ToArray());
                }
                else
                {
                    steps.Add(step.Opcode);
                }
            }
        }
        catch (BitcoinFormatException)
        {
            return null;
        }

        if (keys.Any(key => !PublicKey.IsPoint(key)))
        {
            return null;
        }

        return steps switch
        {
            [Opcode.CheckSig] when keys.Count == 1 && script.Bytes[^1] == (byte)Opcode.CheckSig => (null, keys),
            [var least and >= Opcode.One and <= Opcode.Sixteen, var all, Opcode.CheckMultiSig]
                when (byte)all - 0x50 == keys.Count && least <= all && script.Bytes[0] == (byte)least && script.Bytes[^2] == (byte)all
                => ((byte)least - 0x50, keys),
            _ => null,
        };
    }

    private static PsbtException Missing(int index, string detail) => new(PsbtError.CannotFinalize, index, detail);
}
