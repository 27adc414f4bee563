using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>The session's own proof (keymeld.md §4.4): ECDSA over SHA-256 of <c>session id:nonce</c>, the nonce as its text.</summary>
public static class SessionHeader
{
    /// <summary>The header's name.</summary>
    public const string Name = "X-Session-Signature";

    /// <summary>A new header for a keygen session.</summary>
    public static string Create(SessionSecret secret, Guid session) => Create(secret, session, SignatureHeader.FreshNonce());

    /// <summary>A header with a given nonce; for known answers only.</summary>
    internal static string Create(SessionSecret secret, Guid session, ReadOnlySpan<byte> nonce16)
    {
        var nonce = Hex.Encode(nonce16);
        return SignatureHeader.Sign(secret.AuthKey, nonce, Digest(session, nonce));
    }

    /// <summary>The header's parts where it proves knowledge of the session's secret, null otherwise: another session, another nonce, a
    /// high S, anything malformed.</summary>
    public static SignatureHeader? Verify(PublicKey sessionKey, Guid session, string? header)
        => SignatureHeader.TryParse(header) is { } parts && parts.Signs(sessionKey, Digest(session, parts.Nonce)) ? parts : null;

    private static byte[] Digest(Guid session, string nonce) => SHA256.HashData(Encoding.UTF8.GetBytes($"{UuidText.Of(session)}:{nonce}"));
}
