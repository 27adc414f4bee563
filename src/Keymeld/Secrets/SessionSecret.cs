using System.Security.Cryptography;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>
/// The 32 bytes that a keygen session stands on: they encrypt everything between clients and enclaves, and sign for the session. Whoever
/// holds them can, on a 0.3 gateway, start signing. Wiped when disposed; never printed.
/// </summary>
public sealed class SessionSecret : IDisposable
{
    /// <summary>The number of bytes.</summary>
    public const int Size = 32;

    private static readonly byte[] AuthSalt = "keymeld-session-auth-v1"u8.ToArray();
    private static readonly byte[] AuthInfo = "session-auth-key"u8.ToArray();

    private readonly byte[] _seed;
    private readonly SecretKey _auth;

    private SessionSecret(byte[] seed, SecretKey auth)
    {
        _seed = seed;
        _auth = auth;
    }

    /// <summary>What the gateway verifies the session's signatures with (session_pub).</summary>
    public PublicKey PublicKey => _auth.PublicKey;

    /// <summary>The key that signs for the session; disposed with this object.</summary>
    internal SecretKey AuthKey => _auth;

    /// <summary>The secret's own buffer.</summary>
    internal ReadOnlySpan<byte> Bytes => _seed;

    /// <summary>A secret from the operating system's random source.</summary>
    public static SessionSecret Generate()
    {
        Span<byte> seed = stackalloc byte[Size];
        while (true)
        {
            RandomNumberGenerator.Fill(seed);
            if (TryFrom(seed) is { } secret)
            {
                seed.Clear();
                return secret;
            }
        }
    }

    /// <summary>The secret of 32 bytes; null for another length, or (never seen) bytes whose derived key is no key.</summary>
    public static SessionSecret? TryFrom(ReadOnlySpan<byte> bytes32)
    {
        if (bytes32.Length != Size)
        {
            return null;
        }

        Span<byte> derived = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes32, derived, AuthSalt, AuthInfo);
        var auth = SecretKey.TryFrom(derived);
        CryptographicOperations.ZeroMemory(derived);
        return auth is null ? null : new SessionSecret(bytes32.ToArray(), auth);
    }

    /// <exception cref="ArgumentException">Not a secret. The message does not contain it.</exception>
    public static SessionSecret From(ReadOnlySpan<byte> bytes32)
        => TryFrom(bytes32) ?? throw new ArgumentException("not a session secret of 32 bytes", nameof(bytes32));

    /// <summary>From 64 hex digits; null for anything else.</summary>
    public static SessionSecret? TryParse(string? hex)
    {
        if (!Hex.TryDecode(hex, Size, out var bytes))
        {
            return null;
        }

        var secret = TryFrom(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return secret;
    }

    /// <summary>A copy of the 32 bytes. The caller wipes it.</summary>
    public byte[] ToBytes() => (byte[])_seed.Clone();

    /// <summary>64 lower-case hex digits: the secret itself, as it is shared by NIP-44.</summary>
    public string ToHex() => Hex.Encode(_seed);

    /// <summary>Names the public key only.</summary>
    public override string ToString() => $"session secret of {PublicKey}";

    /// <summary>Wipes the secret; safe to call twice.</summary>
    public void Dispose()
    {
        _ = _auth.PublicKey; // the point stays known
        CryptographicOperations.ZeroMemory(_seed);
        _auth.Dispose();
    }
}
