using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>A block id: 32 bytes, in natural order on the wire and reversed in text. The default value is all zeros and no block's id.</summary>
public readonly struct BlockHash : IEquatable<BlockHash>
{
    private readonly Txid _value;

    private BlockHash(Txid value) => _value = value;

    /// <summary>Natural (wire) order, 32 bytes.</summary>
    public ReadOnlySpan<byte> Wire => _value.Wire;

    /// <summary>From the 32 bytes as they are hashed.</summary>
    public static BlockHash FromWire(ReadOnlySpan<byte> bytes32) => new(Txid.FromWire(bytes32));

    /// <summary>From the reversed hexadecimal text that explorers show; null for anything else.</summary>
    public static BlockHash? TryParseDisplay(string? text) => Txid.TryParseDisplay(text) is { } value ? new BlockHash(value) : null;

    public bool Equals(BlockHash other) => _value == other._value;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is BlockHash other && Equals(other);

    public override int GetHashCode() => _value.GetHashCode();

    public static bool operator ==(BlockHash left, BlockHash right) => left.Equals(right);

    public static bool operator !=(BlockHash left, BlockHash right) => !left.Equals(right);

    /// <summary>The reversed hexadecimal text.</summary>
    public override string ToString() => _value.ToString();
}
