using System.Security.Cryptography;
using System.Text;

namespace Coordinator.Wallet;

/// <summary>AES-256-GCM for secrets at rest. Form: version 1 (1 byte), random nonce (12), tag (16), ciphertext. The purpose is authenticated, not
/// stored.</summary>
internal sealed class SecretBox : IDisposable
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Overhead = 1 + NonceBytes + TagBytes;
    private readonly AesGcm _cipher;

    public SecretBox(ReadOnlySpan<byte> rootKey)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, rootKey, key, salt: "coordinator"u8, info: "secrets at rest v1"u8);
        _cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    public byte[] Seal(ReadOnlySpan<byte> secret, string purpose)
    {
        var whole = new byte[Overhead + secret.Length];
        whole[0] = Version;
        var nonce = whole.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        lock (_cipher)
        {
            _cipher.Encrypt(nonce, secret, whole.AsSpan(Overhead), whole.AsSpan(1 + NonceBytes, TagBytes), Bound(purpose));
        }

        return whole;
    }

    public byte[]? Open(ReadOnlySpan<byte> whole, string purpose)
    {
        if (whole.Length < Overhead || whole[0] != Version)
        {
            return null;
        }

        var secret = new byte[whole.Length - Overhead];
        try
        {
            lock (_cipher)
            {
                _cipher.Decrypt(whole.Slice(1, NonceBytes), whole[Overhead..], whole.Slice(1 + NonceBytes, TagBytes), secret, Bound(purpose));
            }

            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public void Dispose() => _cipher.Dispose();

    private static byte[] Bound(string purpose) => [Version, .. Encoding.UTF8.GetBytes(purpose)];
}
