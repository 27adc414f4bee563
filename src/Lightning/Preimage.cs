using System.Security.Cryptography;

namespace Coordinator.Lightning;

/// <summary>The 32-byte secret that settles a payment. Whoever shows it has the money, so it never prints itself.</summary>
public sealed class Preimage : IEquatable<Preimage>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly byte[] _bytes;

    private Preimage(byte[] bytes)
    {
        _bytes = bytes;
        Hash = PaymentHash.Of(bytes);
    }

    /// <summary>SHA-256 of the secret; public.</summary>
    public PaymentHash Hash { get; }

    /// <summary>Takes a copy of exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">Another length; the message does not repeat the bytes.</exception>
    public static Preimage FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new Preimage(bytes.ToArray())
        : throw new ArgumentException($"a preimage has {Size} bytes, not {bytes.Length}", nameof(bytes));

    /// <summary>Reads 64 hex digits, either case; null for anything else.</summary>
    public static Preimage? TryParse(string? hex)
    {
        var bytes = new byte[Size];
        return hex is not null && hex.Length == Size * 2
            && Convert.FromHexString(hex, bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == Size
            ? new Preimage(bytes)
            : null;
    }

    /// <summary>A new secret from the system's generator.</summary>
    public static Preimage Random() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>A fresh array of the 32 secret bytes. Never log it; hand it only to the call that settles or to a sealed store.</summary>
    public byte[] ToBytes() => (byte[])_bytes.Clone();

    /// <summary>64 lower-case hex digits of the secret: only for the wire, for a sealed store, and for proofs of a finished
    /// payment.</summary>
    public string RevealHex() => Convert.ToHexStringLower(_bytes);

    /// <inheritdoc/>
    public bool Equals(Preimage? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Preimage);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>By content, in constant time.</summary>
    public static bool operator ==(Preimage? left, Preimage? right) => left is null ? right is null : left.Equals(right);

    /// <summary>By content, in constant time.</summary>
    public static bool operator !=(Preimage? left, Preimage? right) => !(left == right);

    /// <summary>Names the secret by its hash, never by its bytes.</summary>
    public override string ToString() => $"preimage of {Hash}";
}
