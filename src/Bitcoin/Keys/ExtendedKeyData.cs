using System.Buffers.Binary;

namespace Coordinator.Bitcoin;

/// <summary>What the text of an extended key holds besides the key (BIP-32, "Serialization format").</summary>
internal sealed record ExtendedKeyData(byte Depth, uint ParentFingerprint, uint ChildNumber, byte[] ChainCode)
{
    private const uint MainPublic = 0x0488_b21e;
    private const uint MainPrivate = 0x0488_ade4;
    private const uint TestPublic = 0x0435_87cf;
    private const uint TestPrivate = 0x0435_8394;

    public byte[] Serialize(Network network, bool isPrivate, ReadOnlySpan<byte> key33)
    {
        var bytes = new byte[78];
        var main = network == Network.Mainnet;
        var version = isPrivate ? (main ? MainPrivate : TestPrivate) : main ? MainPublic : TestPublic;
        BinaryPrimitives.WriteUInt32BigEndian(bytes, version);
        bytes[4] = Depth;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), ParentFingerprint);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), ChildNumber);
        ChainCode.CopyTo(bytes, 13);
        key33.CopyTo(bytes.AsSpan(45));
        return bytes;
    }

    /// <summary>Reads the 78 bytes; the key's 33 bytes are checked by the caller.</summary>
    public static (ExtendedKeyData Data, byte[] Key) Parse(byte[] bytes, Network network, bool isPrivate)
    {
        if (bytes.Length != 78)
        {
            throw new BitcoinFormatException($"an extended key of {bytes.Length} bytes instead of 78");
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var main = network == Network.Mainnet;
        if (version != (isPrivate ? (main ? MainPrivate : TestPrivate) : main ? MainPublic : TestPublic))
        {
            throw new BitcoinFormatException($"not an extended {(isPrivate ? "private" : "public")} key of {network.Name()}");
        }

        var parent = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(5));
        var data = new ExtendedKeyData(bytes[4], parent, BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(9)), bytes[13..45]);
        if (data.Depth == 0 && (data.ParentFingerprint != 0 || data.ChildNumber != 0))
        {
            throw new BitcoinFormatException("an extended key of depth 0 with a parent or a child number");
        }

        return (data, bytes[45..]);
    }

    public ExtendedKeyData Child(uint parentFingerprint, uint index, byte[] chainCode) => Depth < byte.MaxValue
        ? new((byte)(Depth + 1), parentFingerprint, index, chainCode)
        : throw new ArgumentException("a key of depth 255 has no children", nameof(index));
}
