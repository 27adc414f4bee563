using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>The NIP-44 key that two people share; the same from either side. Secret: wiped when disposed, never printed.</summary>
public sealed class ConversationKey : IDisposable
{
    private static readonly byte[] Salt = Encoding.UTF8.GetBytes("nip44-v2");
    private readonly byte[] _bytes;

    private ConversationKey(byte[] bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>HKDF-extract over the x coordinate of the shared point. To oneself: with one's own public key.</summary>
    public static ConversationKey Between(SecretKey own, XOnlyPublicKey other)
    {
        var shared = Secp256k1.SharedX(own, other.ToEvenPoint());
        var key = new ConversationKey(HKDF.Extract(HashAlgorithmName.SHA256, shared, Salt));
        CryptographicOperations.ZeroMemory(shared);
        return key;
    }

    /// <summary>A key from its 32 bytes.</summary>
    /// <exception cref="NostrFormatException"><see cref="NostrProblem.InvalidKey"/>: another length.</exception>
    public static ConversationKey From(ReadOnlySpan<byte> bytes32)
        => bytes32.Length == 32 ? new(bytes32.ToArray())
            : throw new NostrFormatException(NostrProblem.InvalidKey, "a conversation key has 32 bytes");

    /// <summary>ChaCha20 key (32), ChaCha20 nonce (12) and MAC key (32) of one message, in one array. The caller wipes it.</summary>
    internal byte[] MessageKeys(ReadOnlySpan<byte> nonce32)
    {
        var keys = new byte[76];
        HKDF.Expand(HashAlgorithmName.SHA256, _bytes, keys, nonce32);
        return keys;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
