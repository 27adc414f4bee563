using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>
/// A participant's own proof (keymeld.md §4.5): a key derived from its signing key for one scope, and headers signed with it over SHA-256
/// of scope id ‖ user id ‖ nonce (16 raw bytes).
/// </summary>
public static class ParticipantAuth
{
    /// <summary>The header's name.</summary>
    public const string HeaderName = "X-User-Signature";

    /// <summary>The scope of stored keys.</summary>
    public const string SingleSignerScope = "single_signer_auth";

    private const string InfoPrefix = "keymeld-session-auth-v1:";

    /// <summary>The key for a keygen session. The caller disposes it.</summary>
    public static SecretKey Derive(SecretKey signingKey, Guid keygenSession) => Derive(signingKey, UuidText.Of(keygenSession));

    /// <summary>The key for any scope. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">Never seen: the derived bytes are no key.</exception>
    public static SecretKey Derive(SecretKey signingKey, string scope)
    {
        var input = signingKey.ToBytes();
        Span<byte> derived = stackalloc byte[32];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, input, derived, [], Encoding.UTF8.GetBytes(InfoPrefix + scope));
            return SecretKey.From(derived);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>A new header; good for one request, as the gateway remembers nonces.</summary>
    /// <param name="auth">The derived key.</param>
    /// <param name="scopeId">The signing session's id as canonical text (for stored keys the key's id).</param>
    /// <param name="userId">The user's id as canonical text.</param>
    public static string Header(SecretKey auth, string scopeId, string userId)
        => Header(auth, scopeId, userId, SignatureHeader.FreshNonce());

    /// <summary>A header with a given nonce; for known answers only.</summary>
    internal static string Header(SecretKey auth, string scopeId, string userId, ReadOnlySpan<byte> nonce16)
        => SignatureHeader.Sign(auth, Hex.Encode(nonce16), Digest(scopeId, userId, nonce16));

    /// <summary>The header's parts where it is the user's for that scope, null otherwise. Whether its nonce was used before, the caller
    /// remembers.</summary>
    public static SignatureHeader? Verify(PublicKey auth, string scopeId, string userId, string? header)
        => SignatureHeader.TryParse(header) is { } parts && Hex.TryDecode(parts.Nonce, SignatureHeader.NonceSize, out var nonce)
            && parts.Signs(auth, Digest(scopeId, userId, nonce))
            ? parts
            : null;

    private static byte[] Digest(string scopeId, string userId, ReadOnlySpan<byte> nonce16)
        => SHA256.HashData([.. Encoding.UTF8.GetBytes(scopeId), .. Encoding.UTF8.GetBytes(userId), .. nonce16]);
}
