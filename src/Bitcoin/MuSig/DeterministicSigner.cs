using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>
/// Signing without keeping a nonce, for the one member who hears all other nonces first (BIP-327, DeterministicSign). Safe to repeat:
/// the same input gives the same answer, another input another nonce.
/// </summary>
public static class DeterministicSigner
{
    private static readonly TaggedHash AuxiliaryHash = new("MuSig/aux");
    private static readonly TaggedHash NonceHash = new("MuSig/deterministic/nonce");

    /// <param name="othersNonce">The sum of the public nonces of all other members; no half may be infinity.</param>
    /// <param name="auxiliary32">32 random bytes against faults, or nothing.</param>
    /// <exception cref="MuSigException">The signer is not a member.</exception>
    public static (PublicNonce Nonce, PartialSignature Partial) Sign(
        SecretKey signer, PublicNonce othersNonce, KeyAggregate keys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliary32)
    {
        var secret = new byte[NonceDerivation.SecretSize];
        Derive(signer, othersNonce, keys, message, auxiliary32, secret);
        using var nonce = SecretNonce.FromKnown(signer.PublicKey, secret);
        CryptographicOperations.ZeroMemory(secret);
        var session = new MuSigSession(keys, AggregateNonce.Of([nonce.Public, othersNonce]), message);
        return (nonce.Public, session.Sign(signer, nonce));
    }

    private static void Derive(
        SecretKey signer, PublicNonce othersNonce, KeyAggregate keys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> auxiliary32,
        byte[] secret64)
    {
        var buffer = new byte[32 + 66 + 32 + 8 + message.Length + 1];
        if (!auxiliary32.IsEmpty)
        {
            AuxiliaryHash.Of(auxiliary32, [], [], buffer.AsSpan(0, 32));
        }

        for (var i = 0; i < 32; i++)
        {
            buffer[i] ^= signer.Bytes[i];
        }

        othersNonce.Bytes.CopyTo(buffer.AsSpan(32));
        keys.Key.Bytes[1..].CopyTo(buffer.AsSpan(98));
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(130), message.Length);
        message.CopyTo(buffer.AsSpan(138));
        for (byte index = 0; index < 2; index++)
        {
            buffer[^1] = index;
            NonceHash.Of(buffer, [], [], secret64.AsSpan(index * 32, 32));
            Scalars.Reduce(secret64.AsSpan(index * 32, 32));
        }

        CryptographicOperations.ZeroMemory(buffer);
    }
}
