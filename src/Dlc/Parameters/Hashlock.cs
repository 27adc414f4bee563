using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>The SHA-256 of a 32-byte preimage, 32 bytes in natural order: a ticket hash or a payout hash. Equal by content.</summary>
public sealed class Hashlock : IEquatable<Hashlock>
{
    private readonly byte[] _bytes;

    private Hashlock(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Hashlock FromHash(ReadOnlySpan<byte> hash32) => hash32.Length == 32
        ? new(hash32.ToArray())
        : throw new ArgumentException("a hashlock is 32 bytes", nameof(hash32));

    /// <summary>The lock that this preimage opens.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes. The message does not contain it.</exception>
    public static Hashlock OfPreimage(ReadOnlySpan<byte> preimage32) => preimage32.Length == 32
        ? new(Hashes.Sha256(preimage32))
        : throw new ArgumentException("a preimage is 32 bytes", nameof(preimage32));

    /// <summary>Reads 64 hexadecimal digits; null for anything else.</summary>
    public static Hashlock? TryParse(string? hex) => Hex.TryDecode(hex, 32, out var bytes) ? new(bytes) : null;

    /// <exception cref="DlcFormatException">Not 64 hexadecimal digits.</exception>
    public static Hashlock Parse(string hex) => TryParse(hex) ?? throw new DlcFormatException("not a hash of 64 hex digits");

    /// <summary>True where these 32 bytes open the lock.</summary>
    public bool IsOpenedBy(ReadOnlySpan<byte> preimage) => preimage.Length == 32 && Hashes.Sha256(preimage).AsSpan().SequenceEqual(_bytes);

    public string ToHex() => Hex.Encode(_bytes);

    public override string ToString() => ToHex();

    public bool Equals([NotNullWhen(true)] Hashlock? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as Hashlock);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes, 0);
}
