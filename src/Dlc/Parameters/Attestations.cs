using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// The oracle's side of a contract: locking points from its announcement, and the points of attestations. An attestation with the x of
/// the event's nonce is an ordinary BIP-340 signature by the oracle over the message's hash.
/// </summary>
public static class Attestations
{
    private static readonly TaggedHash MessageHashTag = new("DLC/oracle/attestation/v0");

    /// <summary>What the oracle signs for an outcome message: 32 bytes.</summary>
    public static byte[] MessageHash(ReadOnlySpan<byte> message) => MessageHashTag.Of(message);

    /// <summary>The point whose discrete logarithm the oracle reveals when it attests to the message; null for infinity.</summary>
    /// <param name="oracle">The oracle's key.</param>
    /// <param name="nonce">The event's nonce point.</param>
    /// <param name="message">The outcome message, any length.</param>
    public static PublicKey? LockingPoint(XOnlyPublicKey oracle, XOnlyPublicKey nonce, ReadOnlySpan<byte> message)
    {
        var challenge = new byte[32];
        TaggedHash.Bip340Challenge.Of(nonce.Bytes, oracle.Bytes, MessageHash(message), challenge);
        return Secp256k1.Multiply(oracle.ToEvenPoint(), challenge) is { } part
            ? Secp256k1.Combine(nonce.ToEvenPoint(), part)
            : null;
    }

    /// <summary>s·G for an attestation s of 32 bytes, or null where it is no scalar from 1 to n-1.</summary>
    public static PublicKey? PointOf(ReadOnlySpan<byte> attestation32)
    {
        using var scalar = SecretKey.TryFrom(attestation32);
        return scalar?.PublicKey;
    }
}
