using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>A secp256k1 secret key: 32 bytes big-endian, 1 to n−1. Wiped when disposed, and no use afterwards: libsecp256k1 ends the process over a
/// key of zero, so every use but that of a known public key throws <see cref="ObjectDisposedException"/> first. Never printed, never serialised by itself.</summary>
public sealed unsafe class SecretKey : IDisposable
{
    private readonly byte[] _bytes;
    private PublicKey? _publicKey;
    private volatile bool _wiped;

    private SecretKey(byte[] bytes) => _bytes = bytes;

    /// <summary>The key's point, computed once.</summary>
    public PublicKey PublicKey => _publicKey ??= Secp256k1.PublicKeyOf(Bytes);

    /// <summary>The x-only public key (BIP-340).</summary>
    public XOnlyPublicKey XOnly => PublicKey.XOnly;

    /// <summary>The key, or null when the bytes are not 32, zero, or not below the group order.</summary>
    public static SecretKey? TryFrom(ReadOnlySpan<byte> bytes32)
    {
        if (bytes32.Length != 32)
        {
            return null;
        }

        fixed (byte* pointer = bytes32)
        {
            return Native.secp256k1_ec_seckey_verify(Native.Context, pointer) == 1 ? new SecretKey(bytes32.ToArray()) : null;
        }
    }

    /// <exception cref="ArgumentException">Not a secret key. The message does not contain it.</exception>
    public static SecretKey From(ReadOnlySpan<byte> bytes32)
        => TryFrom(bytes32) ?? throw new ArgumentException("not a secp256k1 secret key: 32 bytes from 1 to n-1", nameof(bytes32));

    /// <summary>A key from the operating system's random source.</summary>
    public static SecretKey Generate()
    {
        Span<byte> bytes = stackalloc byte[32];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            if (TryFrom(bytes) is { } key)
            {
                bytes.Clear();
                return key;
            }
        }
    }

    /// <summary>A copy of the 32 bytes. The caller wipes it.</summary>
    public byte[] ToBytes() => Bytes.ToArray();

    /// <summary>The key's own buffer, for use inside this assembly only.</summary>
    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_wiped, this);
            return _bytes;
        }
    }

    /// <summary>−d mod n.</summary>
    public SecretKey Negate()
    {
        var copy = ToBytes();
        fixed (byte* pointer = copy)
        {
            _ = Native.secp256k1_ec_seckey_negate(Native.Context, pointer);
        }

        return new SecretKey(copy);
    }

    /// <summary>d + tweak mod n, or null where the tweak is not below n or the sum is zero.</summary>
    public SecretKey? TweakAdd(ReadOnlySpan<byte> tweak32)
    {
        var copy = ToBytes();
        fixed (byte* pointer = copy, tweak = tweak32)
        {
            if (tweak32.Length == 32 && Native.secp256k1_ec_seckey_tweak_add(Native.Context, pointer, tweak) == 1)
            {
                return new SecretKey(copy);
            }
        }

        CryptographicOperations.ZeroMemory(copy);
        return null;
    }

    public void Dispose()
    {
        _wiped = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
