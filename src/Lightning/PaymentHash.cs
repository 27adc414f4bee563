using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coordinator.Lightning;

/// <summary>SHA-256 of a 32-byte preimage: the name of one invoice and of one payment. Natural byte order, as SHA-256 gives it.</summary>
/// <remarks>A value; equal when all 32 bytes are equal. <c>default</c> is 32 zero bytes and names nothing: see
/// <see cref="IsDefault"/>.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PaymentHash
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private PaymentHash(ReadOnlySpan<byte> bytes)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>True for 32 zero bytes, which no preimage that anyone knows hashes to.</summary>
    public bool IsDefault => _high == 0 && _low == 0;

    /// <summary>Takes exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">Another length: a programmer error; outside input goes through
    /// <see cref="TryFromBytes"/>.</exception>
    public static PaymentHash FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new PaymentHash(bytes)
        : throw new ArgumentException($"a payment hash has {Size} bytes, not {bytes.Length}", nameof(bytes));

    /// <summary>Takes 32 bytes from outside; false for any other length.</summary>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, out PaymentHash hash)
    {
        hash = bytes.Length == Size ? new PaymentHash(bytes) : default;
        return bytes.Length == Size;
    }

    /// <summary>Reads 64 hex digits, either case; false for anything else.</summary>
    public static bool TryParse(string? hex, out PaymentHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (hex is null || hex.Length != Size * 2
            || Convert.FromHexString(hex, bytes, out _, out var written) != System.Buffers.OperationStatus.Done || written != Size)
        {
            return false;
        }

        hash = new PaymentHash(bytes);
        return true;
    }

    /// <summary>The hash of a preimage.</summary>
    public static PaymentHash Of(ReadOnlySpan<byte> preimage)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(preimage, hash);
        return new PaymentHash(hash);
    }

    /// <summary>A fresh array of the 32 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), _low);
        return bytes;
    }

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToBytes());
}
