using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>What an envelope may hold: its context names it and makes its key.</summary>
public static class EnvelopeContext
{
    public const string TaprootTweak = "taproot_tweak";
    public const string KeygenSession = "keygen_session";
    public const string KeygenParticipantSession = "keygen_participant_session";
    public const string AggregatePublicKey = "aggregate_public_key";
    public const string SubsetAggregatePublicKey = "subset_aggregate_public_key";

    /// <summary>An item's message (64 hex digits as text) and, not <see cref="TaprootTweak"/>, an item's tweak.</summary>
    public const string SessionData = "session_data";

    public const string AdaptorConfigs = "adaptor_configs";
    public const string AdaptorSignatures = "adaptor_signatures";
    public const string Signature = "signature";
    public const string NonceData = "nonce_data";
    public const string SignatureData = "signature_data";
    public const string Message = "message";
}

/// <summary>
/// Encryption between holders of a session secret (keymeld.md §4.2): HKDF-SHA256 by context, AES-256-GCM; length of context ‖ context ‖
/// nonce (12) ‖ ciphertext ‖ tag (16), as hex text.
/// </summary>
public static class SymmetricEnvelope
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int LongestContext = 255;

    /// <summary>Encrypts with a fresh nonce. Lower-case hex.</summary>
    /// <exception cref="ArgumentException">A context longer than 255 bytes.</exception>
    public static string Encrypt(SessionSecret secret, string context, ReadOnlySpan<byte> plaintext)
        => Encrypt(secret, context, plaintext, RandomNumberGenerator.GetBytes(NonceSize));

    /// <summary>Encrypts with a given nonce of 12 bytes; for known answers only.</summary>
    internal static string Encrypt(SessionSecret secret, string context, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> nonce12)
    {
        var name = Encoding.UTF8.GetBytes(context);
        if (name.Length > LongestContext)
        {
            throw new ArgumentException("a context is at most 255 bytes", nameof(context));
        }

        var wire = new byte[1 + name.Length + NonceSize + plaintext.Length + TagSize];
        wire[0] = (byte)name.Length;
        name.CopyTo(wire, 1);
        nonce12.CopyTo(wire.AsSpan(1 + name.Length, NonceSize));
        var sealedPart = wire.AsSpan(1 + name.Length + NonceSize);
        Span<byte> key = stackalloc byte[32];
        DeriveKey(secret, name, key);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce12, plaintext, sealedPart[..plaintext.Length], sealedPart[plaintext.Length..]);
        CryptographicOperations.ZeroMemory(key);
        return Hex.Encode(wire);
    }

    /// <summary>The plaintext; null where the text is not an envelope of exactly this context under this secret. Which of it, is not
    /// told.</summary>
    public static byte[]? TryDecrypt(SessionSecret secret, string context, string? hex)
    {
        var name = Encoding.UTF8.GetBytes(context);
        if (!Hex.TryDecode(hex, out var wire) || wire.Length < 1 + name.Length + NonceSize + TagSize || wire[0] != name.Length
            || !wire.AsSpan(1, name.Length).SequenceEqual(name))
        {
            return null;
        }

        var nonce = wire.AsSpan(1 + name.Length, NonceSize);
        var sealedPart = wire.AsSpan(1 + name.Length + NonceSize);
        var plaintext = new byte[sealedPart.Length - TagSize];
        Span<byte> key = stackalloc byte[32];
        DeriveKey(secret, name, key);
        using var aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        try
        {
            aes.Decrypt(nonce, sealedPart[..plaintext.Length], sealedPart[plaintext.Length..], plaintext);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>The 32-byte key of a context; for known answers only.</summary>
    internal static void DeriveKey(SessionSecret secret, ReadOnlySpan<byte> context, Span<byte> key32)
        => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes, key32, [], context);
}
