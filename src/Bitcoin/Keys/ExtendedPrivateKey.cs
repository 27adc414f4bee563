using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>A BIP-32 private key with its chain code. Wiped when disposed; printed only by <see cref="ToBase58"/>.</summary>
public sealed class ExtendedPrivateKey : IDisposable
{
    private readonly ExtendedKeyData _data;

    private ExtendedPrivateKey(SecretKey key, ExtendedKeyData data)
    {
        Key = key;
        _data = data;
    }

    /// <summary>The secret key; disposed with this object.</summary>
    public SecretKey Key { get; }

    /// <summary>Steps from the root.</summary>
    public int Depth => _data.Depth;

    /// <summary>The public half, with the same chain code.</summary>
    public ExtendedPublicKey PublicKey => new(Key.PublicKey, _data);

    /// <summary>The root of a seed (BIP-32, "Master key generation").</summary>
    /// <exception cref="ArgumentException">A seed shorter than 16 or longer than 64 bytes, or (never seen) one without a key.</exception>
    public static ExtendedPrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < 16 or > 64)
        {
            throw new ArgumentException("a seed has 16 to 64 bytes", nameof(seed));
        }

        var hash = HMACSHA512.HashData("Bitcoin seed"u8, seed);
        var root = FromRaw(SecretKey.From(hash.AsSpan(0, 32)), hash.AsSpan(32));
        CryptographicOperations.ZeroMemory(hash);
        return root;
    }

    /// <summary>A root of depth 0 from a key and any 32 bytes of chain code. Takes over the key.</summary>
    /// <exception cref="ArgumentException">Another length of chain code.</exception>
    public static ExtendedPrivateKey FromRaw(SecretKey key, ReadOnlySpan<byte> chainCode32) => chainCode32.Length == 32
        ? new(key, new ExtendedKeyData(0, 0, 0, chainCode32.ToArray()))
        : throw new ArgumentException("a chain code has 32 bytes", nameof(chainCode32));

    /// <summary>Reads xprv (mainnet) or tprv (all other networks).</summary>
    /// <exception cref="BitcoinFormatException">Not one; never quotes the text.</exception>
    public static ExtendedPrivateKey Parse(string text, Network network)
    {
        var bytes = Base58.DecodeCheck(text);
        var (data, key) = ExtendedKeyData.Parse(bytes, network, isPrivate: true);
        CryptographicOperations.ZeroMemory(bytes);
        var secret = key[0] == 0 ? SecretKey.TryFrom(key.AsSpan(1)) : null;
        CryptographicOperations.ZeroMemory(key);
        return secret is not null
            ? new ExtendedPrivateKey(secret, data)
            : throw new BitcoinFormatException("an extended private key holds no secret key from 1 to n-1");
    }

    /// <summary>One step down; an index of 2^31 or more is hardened. The caller disposes the child.</summary>
    /// <exception cref="ArgumentException">At depth 255, or (never seen) for an index without a key.</exception>
    public ExtendedPrivateKey Derive(uint index)
    {
        Span<byte> input = stackalloc byte[37];
        if (index >= KeyPath.Hardened)
        {
            input[0] = 0;
            Key.Bytes.CopyTo(input[1..]);
        }
        else
        {
            Key.PublicKey.Bytes.CopyTo(input);
        }

        BinaryPrimitives.WriteUInt32BigEndian(input[33..], index);
        var hash = HMACSHA512.HashData(_data.ChainCode, input);
        input.Clear();
        var child = Key.TweakAdd(hash.AsSpan(0, 32)) ?? throw new ArgumentException("this index has no key", nameof(index));
        var data = _data.Child(PublicKey.Fingerprint, index, hash[32..]);
        CryptographicOperations.ZeroMemory(hash);
        return new ExtendedPrivateKey(child, data);
    }

    /// <summary>All steps of a path. The caller disposes the result.</summary>
    public ExtendedPrivateKey Derive(KeyPath path)
    {
        var current = new ExtendedPrivateKey(SecretKey.From(Key.Bytes), _data);
        foreach (var index in path.Indices)
        {
            using var parent = current;
            current = parent.Derive(index);
        }

        return current;
    }

    /// <summary>The secret as text: xprv for mainnet, tprv for every other network.</summary>
    public string ToBase58(Network network)
    {
        var key = new byte[33];
        Key.Bytes.CopyTo(key.AsSpan(1));
        var bytes = _data.Serialize(network, isPrivate: true, key);
        var text = Base58.EncodeCheck(bytes);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    public void Dispose() => Key.Dispose();
}
