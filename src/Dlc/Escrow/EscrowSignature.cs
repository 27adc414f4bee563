using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>ECDSA signatures with their type byte. Only ALL is taken: no other type protects all outputs.</summary>
internal static class EscrowSignature
{
    /// <summary>Strict DER, low S, type ALL; whatever it signs.</summary>
    public static bool HasShape(ReadOnlySpan<byte> signature)
        => signature.Length is > 8 and <= 72 && EcdsaSignature.IsStrictDer(signature[..^1]) && EcdsaSignature.IsLowS(signature[..^1]);

    public static bool IsAll(ReadOnlySpan<byte> signature) => signature[^1] == (byte)SighashType.All;

    public static bool IsOver(ReadOnlySpan<byte> digest, PublicKey key, ReadOnlySpan<byte> signature)
        => HasShape(signature) && IsAll(signature) && Secp256k1.EcdsaVerifyDer(key, digest, signature[..^1]);
}
