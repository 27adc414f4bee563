using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>A transaction id: 32 bytes. On the wire in natural order, in text reversed.</summary>
public readonly struct Txid : IEquatable<Txid>, IComparable<Txid>
{
    private readonly byte[]? _wire;

    private Txid(byte[] wire) => _wire = wire;

    /// <summary>Natural (wire) order, 32 bytes. The default value is all zeros, as in a coinbase input.</summary>
    public ReadOnlySpan<byte> Wire => _wire ?? new byte[32];

    /// <summary>From the 32 bytes as they are hashed.</summary>
    public static Txid FromWire(ReadOnlySpan<byte> bytes32) => bytes32.Length == 32
        ? new(bytes32.ToArray())
        : throw new ArgumentException("a txid is 32 bytes", nameof(bytes32));

    /// <summary>From the reversed hexadecimal text that explorers show; null for anything else.</summary>
    public static Txid? TryParseDisplay(string? text)
    {
        if (!Hex.TryDecode(text, 32, out var bytes))
        {
            return null;
        }

        Array.Reverse(bytes);
        return new Txid(bytes);
    }

    /// <exception cref="BitcoinFormatException">Not 64 hexadecimal digits.</exception>
    public static Txid ParseDisplay(string text) => TryParseDisplay(text) ?? throw new BitcoinFormatException("not a txid of 64 hex digits");

    public bool Equals(Txid other) => Wire.SequenceEqual(other.Wire);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Txid other && Equals(other);

    public override int GetHashCode() => BitConverter.ToInt32(Wire);

    public static bool operator ==(Txid left, Txid right) => left.Equals(right);

    public static bool operator !=(Txid left, Txid right) => !left.Equals(right);

    /// <summary>Order of the wire bytes.</summary>
    public int CompareTo(Txid other) => Wire.SequenceCompareTo(other.Wire);

    /// <summary>The reversed hexadecimal text.</summary>
    public override string ToString()
    {
        Span<byte> reversed = stackalloc byte[32];
        Wire.CopyTo(reversed);
        reversed.Reverse();
        return Hex.Encode(reversed);
    }
}
