using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>
/// Encryption to an enclave's key (ECIES, keymeld.md §4.3): ephemeral point (33) ‖ nonce (12) ‖ ciphertext ‖ tag (16), as hex text. The
/// key is HKDF-SHA256 of SHA-256 of the compressed shared point.
/// </summary>
public static class EnclaveBox
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int PointSize = 33;

    private static readonly byte[] Info = "keymeld-ecies-encrypt"u8.ToArray();

    /// <summary>Encrypts with a fresh ephemeral key and nonce. Lower-case hex; 32 bytes become 186 digits.</summary>
    public static string Encrypt(PublicKey recipient, ReadOnlySpan<byte> plaintext)
    {
        using var ephemeral = SecretKey.Generate();
        return Encrypt(recipient, plaintext, ephemeral, RandomNumberGenerator.GetBytes(NonceSize));
    }

    /// <summary>Encrypts with a given ephemeral key and nonce of 12 bytes; for known answers only.</summary>
    internal static string Encrypt(PublicKey recipient, ReadOnlySpan<byte> plaintext, SecretKey ephemeral, ReadOnlySpan<byte> nonce12)
    {
        var wire = new byte[PointSize + NonceSize + plaintext.Length + TagSize];
        ephemeral.PublicKey.Bytes.CopyTo(wire);
        nonce12.CopyTo(wire.AsSpan(PointSize, NonceSize));
        var sealedPart = wire.AsSpan(PointSize + NonceSize);
        Span<byte> key = stackalloc byte[32];
        DeriveKey(ephemeral, recipient, key);
        using var aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        aes.Encrypt(nonce12, plaintext, sealedPart[..plaintext.Length], sealedPart[plaintext.Length..]);
        return Hex.Encode(wire);
    }

    /// <summary>The plaintext, which the caller wipes where it is secret; null where the text was not encrypted to this key.</summary>
    public static byte[]? TryDecrypt(SecretKey recipient, string? hex)
    {
        if (!Hex.TryDecode(hex, out var wire) || wire.Length < PointSize + NonceSize + TagSize
            || PublicKey.TryParse(wire.AsSpan(0, PointSize)) is not { } ephemeral)
        {
            return null;
        }

        var sealedPart = wire.AsSpan(PointSize + NonceSize);
        var plaintext = new byte[sealedPart.Length - TagSize];
        Span<byte> key = stackalloc byte[32];
        DeriveKey(recipient, ephemeral, key);
        using var aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        try
        {
            aes.Decrypt(wire.AsSpan(PointSize, NonceSize), sealedPart[..plaintext.Length], sealedPart[plaintext.Length..], plaintext);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>The 32-byte AES key; for known answers only.</summary>
    internal static void DeriveKey(SecretKey own, PublicKey other, Span<byte> key32)
    {
        var point = Secp256k1.SharedPoint(own, other);
        Span<byte> compressed = stackalloc byte[PointSize];
        Span<byte> shared = stackalloc byte[32];
        compressed[0] = (byte)(2 | (point[64] & 1));
        point.AsSpan(1, 32).CopyTo(compressed[1..]);
        SHA256.HashData(compressed, shared);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key32, [], Info);
        CryptographicOperations.ZeroMemory(point);
        CryptographicOperations.ZeroMemory(compressed);
        CryptographicOperations.ZeroMemory(shared);
    }
}
