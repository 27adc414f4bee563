namespace Coordinator.Bitcoin;

/// <summary>Types of keys in PSBT maps (BIP-174, BIP-371).</summary>
public static class PsbtGlobalField
{
    public const byte UnsignedTransaction = 0x00;
    public const byte ExtendedPublicKey = 0x01;
    public const byte Version = 0xfb;
}

/// <summary>Types of keys in an input's map.</summary>
public static class PsbtInputField
{
    public const byte NonWitnessUtxo = 0x00;
    public const byte WitnessUtxo = 0x01;
    public const byte PartialSignature = 0x02;
    public const byte SighashType = 0x03;
    public const byte RedeemScript = 0x04;
    public const byte WitnessScript = 0x05;
    public const byte Derivation = 0x06;
    public const byte FinalScriptSig = 0x07;
    public const byte FinalScriptWitness = 0x08;
    public const byte ReservesCommitment = 0x09;
    public const byte Ripemd160Preimage = 0x0a;
    public const byte Sha256Preimage = 0x0b;
    public const byte Hash160Preimage = 0x0c;
    public const byte Hash256Preimage = 0x0d;
    public const byte TapKeySignature = 0x13;
    public const byte TapScriptSignature = 0x14;
    public const byte TapLeafScript = 0x15;
    public const byte TapDerivation = 0x16;
    public const byte TapInternalKey = 0x17;
    public const byte TapMerkleRoot = 0x18;
}

/// <summary>Types of keys in an output's map.</summary>
public static class PsbtOutputField
{
    public const byte RedeemScript = 0x00;
    public const byte WitnessScript = 0x01;
    public const byte Derivation = 0x02;
    public const byte TapInternalKey = 0x05;
    public const byte TapTree = 0x06;
    public const byte TapDerivation = 0x07;
}
