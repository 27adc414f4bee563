using System.Buffers.Binary;

namespace Coordinator.Bitcoin;

/// <summary>What a PSBT says about one input. Typed views of <see cref="Map"/>; setting null removes the field.</summary>
public sealed class PsbtInput
{
    internal PsbtInput(PsbtMap map) => Map = map;

    /// <summary>All fields, unknown ones included.</summary>
    public PsbtMap Map { get; }

    /// <summary>The whole transaction whose output is spent. Not checked against the input: <see cref="Psbt.SpentOutput"/> is.</summary>
    public Transaction? NonWitnessUtxo
    {
        get => Map.Find(PsbtInputField.NonWitnessUtxo) is { } value ? Transaction.Parse(value) : null;
        set => Set(PsbtInputField.NonWitnessUtxo, value?.ToBytes());
    }

    /// <summary>The output spent, for segwit. Not checked against the input.</summary>
    public TxOut? WitnessUtxo
    {
        get => Map.Find(PsbtInputField.WitnessUtxo) is { } value ? PsbtCodec.TryReadOutput(value) : null;
        set => Set(PsbtInputField.WitnessUtxo, value is null ? null : PsbtCodec.WriteOutput(value));
    }

    /// <summary>The sighash type asked for: 32 bits.</summary>
    public uint? SighashType
    {
        get => Map.Find(PsbtInputField.SighashType) is { } value ? BinaryPrimitives.ReadUInt32LittleEndian(value) : null;
        set => Set(PsbtInputField.SighashType, value is { } type ? new WireWriter().UInt32(type).ToArray() : null);
    }

    public Script? RedeemScript
    {
        get => ReadScript(PsbtInputField.RedeemScript);
        set => Set(PsbtInputField.RedeemScript, value?.ToBytes());
    }

    public Script? WitnessScript
    {
        get => ReadScript(PsbtInputField.WitnessScript);
        set => Set(PsbtInputField.WitnessScript, value?.ToBytes());
    }

    public XOnlyPublicKey? TapInternalKey
    {
        get => Map.Find(PsbtInputField.TapInternalKey) is { } value ? XOnlyPublicKey.TryParse(value) : null;
        set => Set(PsbtInputField.TapInternalKey, value?.ToBytes());
    }

    /// <summary>32 bytes; null where the output has no scripts.</summary>
    public byte[]? TapMerkleRoot
    {
        get => Map.Find(PsbtInputField.TapMerkleRoot);
        set => Set(PsbtInputField.TapMerkleRoot, value);
    }

    /// <summary>The key path signature: 64 bytes, or 65 with its type.</summary>
    public byte[]? TapKeySignature
    {
        get => Map.Find(PsbtInputField.TapKeySignature);
        set => Set(PsbtInputField.TapKeySignature, value);
    }

    public Script? FinalScriptSig
    {
        get => ReadScript(PsbtInputField.FinalScriptSig);
        set => Set(PsbtInputField.FinalScriptSig, value?.ToBytes());
    }

    public IReadOnlyList<byte[]>? FinalScriptWitness
    {
        get => Map.Find(PsbtInputField.FinalScriptWitness) is { } value ? PsbtCodec.TryReadWitness(value) : null;
        set => Set(PsbtInputField.FinalScriptWitness, value is null ? null : PsbtCodec.WriteWitness([.. value]));
    }

    /// <summary>True where its final scriptSig or witness is there.</summary>
    public bool IsFinal => FinalScriptSig is not null || FinalScriptWitness is not null;

    /// <summary>ECDSA signatures with their type byte, by key, in the order they came.</summary>
    public IEnumerable<(byte[] Key, byte[] Signature)> PartialSignatures => Map.All(PsbtInputField.PartialSignature);

    /// <summary>The signature of one key with its type byte, or null.</summary>
    public byte[]? PartialSignature(PublicKey key) => Map.Find(PsbtInputField.PartialSignature, key.Bytes);

    /// <summary>Adds or replaces the signature of one key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="signature">DER and the type byte.</param>
    public void SetPartialSignature(PublicKey key, ReadOnlySpan<byte> signature)
        => Map.Set(PsbtInputField.PartialSignature, key.Bytes, signature);

    /// <summary>Says where a key comes from.</summary>
    public void SetDerivation(PublicKey key, uint rootFingerprint, KeyPath path)
        => Map.Set(PsbtInputField.Derivation, key.Bytes, PsbtCodec.WritePath(rootFingerprint, path));

    /// <summary>Adds a leaf with its proof (BIP-371).</summary>
    public void SetTapLeaf(ControlBlock proof, Script script)
        => Map.Set(PsbtInputField.TapLeafScript, proof.ToBytes(), [.. script.Bytes, proof.Version]);

    private Script? ReadScript(byte type) => Map.Find(type) is { } value ? new Script(value) : null;

    private void Set(byte type, byte[]? value)
    {
        if (value is null)
        {
            Map.Remove(type);
        }
        else
        {
            Map.Set(type, [], value);
        }
    }
}

/// <summary>What a PSBT says about one output.</summary>
public sealed class PsbtOutput
{
    internal PsbtOutput(PsbtMap map) => Map = map;

    /// <summary>All fields, unknown ones included.</summary>
    public PsbtMap Map { get; }

    public XOnlyPublicKey? TapInternalKey => Map.Find(PsbtOutputField.TapInternalKey) is { } value ? XOnlyPublicKey.TryParse(value) : null;

    public TapTree? TapTree => Map.Find(PsbtOutputField.TapTree) is { } value ? PsbtCodec.TryReadTree(value) : null;

    /// <summary>Says where a key comes from.</summary>
    public void SetDerivation(PublicKey key, uint rootFingerprint, KeyPath path)
        => Map.Set(PsbtOutputField.Derivation, key.Bytes, PsbtCodec.WritePath(rootFingerprint, path));
}
