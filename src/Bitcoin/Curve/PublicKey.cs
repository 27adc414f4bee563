using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>A point of secp256k1 that is not infinity. Text and bytes are the 33-byte compressed form.</summary>
public sealed unsafe class PublicKey : IEquatable<PublicKey>, IComparable<PublicKey>
{
    private readonly byte[] _parsed;
    private readonly byte[] _compressed;

    private PublicKey(byte[] parsed64, byte[] compressed33)
    {
        _parsed = parsed64;
        _compressed = compressed33;
    }

    /// <summary>True where the y coordinate is odd (first byte 3).</summary>
    public bool IsOdd => _compressed[0] == 3;

    /// <summary>The x-only key; the parity is dropped.</summary>
    public XOnlyPublicKey XOnly => XOnlyPublicKey.FromTrusted(_compressed.AsSpan(1));

    /// <summary>The 33 compressed bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _compressed;

    /// <summary>libsecp256k1's own 64-byte form; only for calls into it.</summary>
    internal ReadOnlySpan<byte> Parsed => _parsed;

    public byte[] ToBytes() => (byte[])_compressed.Clone();

    public string ToHex() => Hex.Encode(_compressed);

    public override string ToString() => ToHex();

    /// <summary>The point, or null when the bytes are not a 33-byte compressed point on the curve.</summary>
    public static PublicKey? TryParse(ReadOnlySpan<byte> compressed33)
    {
        if (compressed33.Length != 33 || compressed33[0] is not (2 or 3))
        {
            return null;
        }

        var parsed = new byte[64];
        fixed (byte* output = parsed, input = compressed33)
        {
            return Native.secp256k1_ec_pubkey_parse(Native.Context, output, input, 33) == 1 ? new(parsed, compressed33.ToArray()) : null;
        }
    }

    /// <summary>The point, or null when the text is not the hexadecimal form of a compressed point.</summary>
    public static PublicKey? TryParse(string? hex) => Hex.TryDecode(hex, 33, out var bytes) ? TryParse(bytes) : null;

    /// <exception cref="BitcoinFormatException">Not a compressed point.</exception>
    public static PublicKey Parse(string hex) => TryParse(hex) ?? throw new BitcoinFormatException("not a 33-byte compressed public key");

    /// <summary>True for a point in 33-byte compressed or 65-byte uncompressed form.</summary>
    internal static bool IsPoint(ReadOnlySpan<byte> bytes)
    {
        Span<byte> parsed = stackalloc byte[64];
        fixed (byte* output = parsed, input = bytes)
        {
            return (bytes.Length == 33 || (bytes.Length == 65 && bytes[0] == 4))
                && Native.secp256k1_ec_pubkey_parse(Native.Context, output, input, (nuint)bytes.Length) == 1;
        }
    }

    internal static PublicKey FromParsed(ReadOnlySpan<byte> parsed64)
    {
        var compressed = new byte[33];
        nuint length = 33;
        fixed (byte* output = compressed, input = parsed64)
        {
            _ = Native.secp256k1_ec_pubkey_serialize(Native.Context, output, &length, input, Native.Compressed);
        }

        return new(parsed64.ToArray(), compressed);
    }

    public bool Equals([NotNullWhen(true)] PublicKey? other) => other is not null && _compressed.AsSpan().SequenceEqual(other._compressed);

    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    public override int GetHashCode() => BitConverter.ToInt32(_compressed, 1);

    /// <summary>Lexicographic order of the compressed bytes (BIP-327 KeySort).</summary>
    public int CompareTo(PublicKey? other) => other is null ? 1 : _compressed.AsSpan().SequenceCompareTo(other._compressed);
}
