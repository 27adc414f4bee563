using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>What a participant leaves with its entry so that it can be registered without being there (no network, no session
/// secret).</summary>
public static class SeatKeys
{
    /// <summary>Hex digits of an encrypted private key: 33 + 12 + 32 + 16 bytes.</summary>
    public const int EncryptedKeyDigits = 186;

    /// <summary>Encrypts the entry's key to the seat's enclave and derives its authentication key.</summary>
    /// <param name="entryKey">The entry's ephemeral key; stays the caller's.</param>
    /// <param name="session">The keygen session.</param>
    /// <param name="enclaveKey">The key of the enclave that the seat is assigned to; whoever holds its secret can sign as the entry.</param>
    /// <returns>186 hex digits, different each time, and the 66 hex digits of the authentication key.</returns>
    public static (string EncryptedPrivateKeyHex, string AuthPubkeyHex) Prepare(SecretKey entryKey, Guid session, PublicKey enclaveKey)
    {
        var key = entryKey.ToBytes();
        try
        {
            using var auth = ParticipantAuth.Derive(entryKey, session);
            return (EnclaveBox.Encrypt(enclaveKey, key), auth.PublicKey.ToHex());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>True for 186 hex digits that begin with a point: what <see cref="Prepare"/> makes. Whether the enclave can open it only the
    /// enclave knows.</summary>
    public static bool IsWellFormed(string? encryptedPrivateKeyHex)
        => Hex.TryDecode(encryptedPrivateKeyHex, EncryptedKeyDigits / 2, out var bytes)
            && PublicKey.TryParse(bytes.AsSpan(0, 33)) is not null;
}
