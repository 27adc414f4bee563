using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>A BIP-340 public key: the 32-byte x coordinate of a point with even y.</summary>
public sealed unsafe class XOnlyPublicKey : IEquatable<XOnlyPublicKey>, IComparable<XOnlyPublicKey>
{
    private readonly byte[] _bytes;

    private XOnlyPublicKey(byte[] bytes) => _bytes = bytes;

    /// <summary>The 32 bytes, big-endian.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public byte[] ToBytes() => (byte[])_bytes.Clone();

    public string ToHex() => Hex.Encode(_bytes);

    public override string ToString() => ToHex();

    /// <summary>The key, or null when the bytes are not the x coordinate of a point.</summary>
    public static XOnlyPublicKey? TryParse(ReadOnlySpan<byte> bytes32)
    {
        if (bytes32.Length != 32)
        {
            return null;
        }

        Span<byte> parsed = stackalloc byte[64];
        fixed (byte* output = parsed, input = bytes32)
        {
            return Native.secp256k1_xonly_pubkey_parse(Native.Context, output, input) == 1 ? new(bytes32.ToArray()) : null;
        }
    }

    public static XOnlyPublicKey? TryParse(string? hex) => Hex.TryDecode(hex, 32, out var bytes) ? TryParse(bytes) : null;

    /// <exception cref="BitcoinFormatException">Not an x-only public key.</exception>
    public static XOnlyPublicKey Parse(string hex) => TryParse(hex) ?? throw new BitcoinFormatException("not a 32-byte x-only public key");

    internal static XOnlyPublicKey FromTrusted(ReadOnlySpan<byte> bytes32) => new(bytes32.ToArray());

    /// <summary>The point with this x and even y.</summary>
    public PublicKey ToEvenPoint()
    {
        Span<byte> compressed = stackalloc byte[33];
        compressed[0] = 2;
        _bytes.CopyTo(compressed[1..]);
        return PublicKey.TryParse(compressed) ?? throw new InvalidOperationException("an x-only key is always a point");
    }

    public bool Equals([NotNullWhen(true)] XOnlyPublicKey? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as XOnlyPublicKey);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes, 0);

    public int CompareTo(XOnlyPublicKey? other) => other is null ? 1 : _bytes.AsSpan().SequenceCompareTo(other._bytes);
}
