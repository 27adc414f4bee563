using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Deterministic BIP-340 signatures as dlctix makes them for sweeps: the auxiliary data is the RFC 6979 nonce of the secret key and the
/// SHA-256 of the digest. The same key and digest always give the same signature.
/// </summary>
internal static class SoloSignature
{
    public static byte[] Sign(SecretKey key, ReadOnlySpan<byte> digest32)
    {
        var auxiliary = Auxiliary(key, digest32);
        try
        {
            return Secp256k1.SchnorrSign(key, digest32, auxiliary);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(auxiliary);
        }
    }

    /// <summary>RFC 6979 §3.2 with HMAC-SHA256; the hash is taken as it is.</summary>
    private static byte[] Auxiliary(SecretKey key, ReadOnlySpan<byte> digest32)
    {
        var secret = key.ToBytes();
        var hash = Hashes.Sha256(digest32);
        var value = new byte[32];
        value.AsSpan().Fill(1);
        var state = new byte[32];
        Step(ref state, ref value, [0, .. secret, .. hash]);
        Step(ref state, ref value, [1, .. secret, .. hash]);
        CryptographicOperations.ZeroMemory(secret);
        while (true)
        {
            value = HMACSHA256.HashData(state, value);
            using var candidate = SecretKey.TryFrom(value);
            if (candidate is not null)
            {
                return value;
            }

            Step(ref state, ref value, [0]);
        }
    }

    private static void Step(ref byte[] state, ref byte[] value, byte[] tail)
    {
        byte[] message = [.. value, .. tail];
        state = HMACSHA256.HashData(state, message);
        value = HMACSHA256.HashData(state, value);
        CryptographicOperations.ZeroMemory(message);
        CryptographicOperations.ZeroMemory(tail);
    }
}
