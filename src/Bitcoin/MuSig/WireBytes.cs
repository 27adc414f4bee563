using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>A value that travels as a fixed number of bytes, in JSON as lower-case hexadecimal text.</summary>
public interface IWireBytes<TSelf>
    where TSelf : class, IWireBytes<TSelf>
{
    /// <summary>The number of bytes.</summary>
    static abstract int Size { get; }

    /// <summary>What the value is, for error messages.</summary>
    static abstract string Name { get; }

    /// <summary>The value, or null where the bytes are not one.</summary>
    static abstract TSelf? TryFrom(ReadOnlySpan<byte> bytes);

    /// <summary>True where the bytes are a value; cheaper than making one.</summary>
    static abstract bool IsValid(ReadOnlySpan<byte> bytes);
}

/// <summary>The common part of the MuSig values: immutable bytes, compared by type and content.</summary>
public abstract class WireBytes : IEquatable<WireBytes>
{
    private readonly byte[] _bytes;

    private protected WireBytes(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>The bytes as they travel.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public byte[] ToBytes() => (byte[])_bytes.Clone();

    public string ToHex() => Hex.Encode(_bytes);

    public sealed override string ToString() => ToHex();

    public bool Equals([NotNullWhen(true)] WireBytes? other)
        => other is not null && other.GetType() == GetType() && _bytes.AsSpan().SequenceEqual(other._bytes);

    public sealed override bool Equals(object? obj) => Equals(obj as WireBytes);

    public sealed override int GetHashCode() => BitConverter.ToInt32(_bytes, 1);

    private protected static T Require<T>(string hex)
        where T : class, IWireBytes<T>
        => Hex.TryDecode(hex, T.Size, out var bytes) && T.TryFrom(bytes) is { } value
            ? value
            : throw new BitcoinFormatException($"not a {T.Name} of {T.Size} bytes");
}
