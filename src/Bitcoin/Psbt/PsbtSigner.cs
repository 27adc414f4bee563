namespace Coordinator.Bitcoin;

/// <summary>
/// Signs with one key: taproot key paths (tweaked, or the output key itself), key hashes, and every script that mentions the key. Only
/// ALL and the taproot default are signed: no other type protects all outputs. ECDSA nonces are plain RFC 6979.
/// </summary>
internal sealed class PsbtSigner(Psbt psbt, SecretKey key)
{
    private SighashCache? _cache;
    private SighashCache? _version0;

    public int Sign()
    {
        var plans = new List<Action>();
        for (var i = 0; i < psbt.Inputs.Length; i++)
        {
            if (!psbt.Inputs[i].IsFinal && Plan(i) is { } plan)
            {
                plans.Add(plan);
            }
        }

        plans.ForEach(plan => plan());
        return plans.Count;
    }

    /// <summary>What to do for an input, or null where the key has no part in it.</summary>
    private Action? Plan(int index)
    {
        if (psbt.Inputs[index] is { WitnessUtxo: null, NonWitnessUtxo: null })
        {
            return null;
        }

        var spend = PsbtSpend.Of(psbt, index);
        return spend.Program switch
        {
            { IsTaproot: true } => PlanTaproot(index, spend),
            { IsPubkeyHash: true } program when IsOwn(program.Program)
                => PlanEcdsa(index, spend, SighashCache.PubkeyHashScriptCode(program.Program)),
            { IsScriptHash: true } when spend.Mentions(key.PublicKey.Bytes) => PlanEcdsa(index, spend, spend.Code.ToBytes()),
            null when spend.Mentions(key.PublicKey.Bytes) || IsOwnLegacy(spend.Code) => PlanEcdsa(index, spend, spend.Code.ToBytes()),
            _ => null,
        };
    }

    private bool IsOwn(ReadOnlySpan<byte> hash20) => hash20.SequenceEqual(Hashes.Hash160(key.PublicKey.Bytes));

    private bool IsOwnLegacy(Script script) => script.Bytes is [0x76, 0xa9, 0x14, .. var hash, 0x88, 0xac] && IsOwn(hash);

    private Action PlanEcdsa(int index, PsbtSpend spend, byte[] code)
    {
        if (psbt.Inputs[index].SighashType is not (null or (uint)SighashType.All))
        {
            throw WrongType(index);
        }

        var digest = spend.Program is null ? LegacySighash.All(psbt.UnsignedTransaction, index, code) : Version0(index, code);
        return () =>
        {
            psbt.Inputs[index].SetPartialSignature(key.PublicKey, [.. Secp256k1.EcdsaSignDer(key, digest), (byte)SighashType.All]);
        };
    }

    /// <summary>A version 0 digest needs no other input's output: one that is not told stands in as nothing.</summary>
    private byte[] Version0(int index, byte[] code)
    {
        var nothing = new TxOut(Satoshis.Zero, Script.Empty);
        _version0 ??= new SighashCache(
            psbt.UnsignedTransaction,
            psbt.Inputs.Select((input, i) => input is { WitnessUtxo: null, NonWitnessUtxo: null } ? nothing : psbt.SpentOutput(i)));
        return _version0.WitnessV0(index, code);
    }

    private PsbtException WrongType(int index) => new(
        PsbtError.SighashType, index, $"sighash type {psbt.Inputs[index].SighashType:x} is asked for, only ALL is signed");

    private Action? PlanTaproot(int index, PsbtSpend spend)
    {
        var input = psbt.Inputs[index];
        var output = spend.Program!.Program;
        var isOutputKey = key.XOnly.Bytes.SequenceEqual(output);
        if (!isOutputKey && input.TapInternalKey?.Equals(key.XOnly) != true)
        {
            return null;
        }

        var tweak = isOutputKey ? null : TaprootOutput.TryCreate(key.XOnly, input.TapMerkleRoot ?? []);
        if (!isOutputKey && tweak?.OutputKey.Bytes.SequenceEqual(output) != true)
        {
            throw new PsbtException(PsbtError.TaprootMismatch, index, "internal key and Merkle root do not make the output key");
        }

        var type = input.SighashType switch
        {
            null or 0 => SighashType.Default,
            (uint)SighashType.All => SighashType.All,
            _ => throw WrongType(index),
        };
        _cache ??= new SighashCache(psbt.UnsignedTransaction, psbt.SpentOutputs());
        return () =>
        {
            using var tweaked = tweak?.TweakSecret(key);
            var signature = Secp256k1.SchnorrSign(tweaked ?? key, _cache.TaprootKeyPath(index, type));
            input.TapKeySignature = type == SighashType.Default ? signature : [.. signature, (byte)type];
        };
    }
}
