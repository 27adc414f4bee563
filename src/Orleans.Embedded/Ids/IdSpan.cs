using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Orleans.Runtime;

/// <summary>A sequence of UTF-8 bytes that names something. The default value is "nothing" (<see cref="IsDefault"/>).</summary>
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    private readonly byte[]? _value;
    private readonly int _hash;

    internal IdSpan(byte[] value)
    {
        _value = value;
        _hash = unchecked((int)StableHash.Compute(value));
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>True for the default value and for an empty one.</summary>
    public bool IsDefault => _value is null || _value.Length == 0;

    /// <summary>Encodes a text as UTF-8; nothing is changed or trimmed.</summary>
    public static IdSpan Create(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(Encoding.UTF8.GetBytes(id));
    }

    /// <summary>The bytes, without copying.</summary>
    public ReadOnlySpan<byte> AsSpan() => _value;

    /// <summary>A hash of the bytes (xxHash32) that is the same in every process.</summary>
    public uint GetUniformHashCode() => unchecked((uint)_hash);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IdSpan other && Equals(other);

    /// <inheritdoc/>
    public bool Equals(IdSpan other) => ReferenceEquals(_value, other._value) || AsSpan().SequenceEqual(other.AsSpan());

    /// <summary>Byte order, which is ordinal order of the text.</summary>
    public int CompareTo(IdSpan other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>The text; empty for the default value.</summary>
    public override string ToString() => Encoding.UTF8.GetString(AsSpan());

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
}
