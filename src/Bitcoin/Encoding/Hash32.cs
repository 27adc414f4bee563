using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>32 bytes that name something by its hash, in natural order; text is lower-case hexadecimal. The default is 32 zeros.</summary>
public readonly struct Hash32 : IEquatable<Hash32>, IComparable<Hash32>
{
    private readonly byte[]? _bytes;

    private Hash32(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes ?? new byte[32];

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Hash32 From(ReadOnlySpan<byte> bytes32) => bytes32.Length == 32
        ? new(bytes32.ToArray())
        : throw new ArgumentException("a hash is 32 bytes", nameof(bytes32));

    /// <summary>SHA-256 of the data.</summary>
    public static Hash32 Of(ReadOnlySpan<byte> data) => new(Hashes.Sha256(data));

    /// <summary>Null for anything but 64 hexadecimal digits.</summary>
    public static Hash32? TryParse(string? hex) => Hex.TryDecode(hex, 32, out var bytes) ? new Hash32(bytes) : null;

    /// <exception cref="BitcoinFormatException">Not 64 hexadecimal digits.</exception>
    public static Hash32 Parse(string hex) => TryParse(hex) ?? throw new BitcoinFormatException("not a hash of 64 hex digits");

    public byte[] ToBytes() => Bytes.ToArray();

    public bool Equals(Hash32 other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Hash32 other && Equals(other);

    public override int GetHashCode() => BitConverter.ToInt32(Bytes);

    public static bool operator ==(Hash32 left, Hash32 right) => left.Equals(right);

    public static bool operator !=(Hash32 left, Hash32 right) => !left.Equals(right);

    public int CompareTo(Hash32 other) => Bytes.SequenceCompareTo(other.Bytes);

    public override string ToString() => Hex.Encode(Bytes);
}
