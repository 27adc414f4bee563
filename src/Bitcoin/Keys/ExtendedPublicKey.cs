using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>A BIP-32 public key with its chain code: derives addresses without secrets.</summary>
public sealed class ExtendedPublicKey
{
    private readonly ExtendedKeyData _data;

    internal ExtendedPublicKey(PublicKey key, ExtendedKeyData data)
    {
        Key = key;
        _data = data;
    }

    public PublicKey Key { get; }

    /// <summary>Steps from the root.</summary>
    public int Depth => _data.Depth;

    public uint ChildNumber => _data.ChildNumber;

    public uint ParentFingerprint => _data.ParentFingerprint;

    /// <summary>32 bytes. Not secret by itself, but with one child's secret key it gives away the parent's.</summary>
    public ReadOnlySpan<byte> ChainCode => _data.ChainCode;

    /// <summary>The first four bytes of the key's HASH160, big-endian.</summary>
    public uint Fingerprint => BinaryPrimitives.ReadUInt32BigEndian(Hashes.Hash160(Key.Bytes));

    /// <summary>Reads xpub (mainnet) or tpub (all other networks).</summary>
    /// <exception cref="BitcoinFormatException">Not one.</exception>
    public static ExtendedPublicKey Parse(string text, Network network)
    {
        var (data, key) = ExtendedKeyData.Parse(Base58.DecodeCheck(text), network, isPrivate: false);
        return PublicKey.TryParse(key) is { } point
            ? new ExtendedPublicKey(point, data)
            : throw new BitcoinFormatException("an extended public key holds no compressed public key");
    }

    /// <summary>One step down.</summary>
    /// <exception cref="ArgumentException">A hardened index, depth 255, or (never seen) an index without a key.</exception>
    public ExtendedPublicKey Derive(uint index)
    {
        if (index >= KeyPath.Hardened)
        {
            throw new ArgumentException("a hardened step needs the private key", nameof(index));
        }

        Span<byte> input = stackalloc byte[37];
        Key.Bytes.CopyTo(input);
        BinaryPrimitives.WriteUInt32BigEndian(input[33..], index);
        var hash = HMACSHA512.HashData(_data.ChainCode, input);
        var child = Secp256k1.AddTweak(Key, hash.AsSpan(0, 32)) ?? throw new ArgumentException("this index has no key", nameof(index));
        return new ExtendedPublicKey(child, _data.Child(Fingerprint, index, hash[32..]));
    }

    /// <summary>xpub for mainnet, tpub for every other network.</summary>
    public string ToBase58(Network network) => Base58.EncodeCheck(_data.Serialize(network, isPrivate: false, Key.Bytes));

    public override string ToString() => ToBase58(Network.Mainnet);
}
