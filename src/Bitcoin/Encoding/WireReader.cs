using System.Buffers.Binary;

namespace Coordinator.Bitcoin;

/// <summary>Reads Bitcoin's consensus encoding from a span. Every overrun is a <see cref="BitcoinFormatException"/> naming the offset.</summary>
public ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Offset of the next byte.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Remaining)
        {
            throw new BitcoinFormatException($"{count} bytes expected at offset {Position}, {Remaining} left");
        }

        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public readonly byte Peek(int ahead = 0) => ahead < Remaining
        ? _bytes[Position + ahead]
        : throw new BitcoinFormatException($"a byte expected at offset {Position + ahead}, none left");

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>CompactSize in its shortest form only.</summary>
    public ulong ReadCompactSize()
    {
        var start = Position;
        var first = ReadByte();
        var (value, least) = first switch
        {
            0xfd => (ReadUInt16(), 0xfdUL),
            0xfe => (ReadUInt32(), 0x1_0000UL),
            0xff => (ReadUInt64(), 0x1_0000_0000UL),
            _ => ((ulong)first, 0UL),
        };
        return value >= least ? value : throw new BitcoinFormatException($"compact size at offset {start} is not in its shortest form");
    }

    /// <summary>A count of elements, each at least <paramref name="leastBytesEach"/> bytes long: refused when they cannot all be there.</summary>
    public int ReadCount(int leastBytesEach)
    {
        var start = Position;
        var count = ReadCompactSize();
        return count <= (ulong)(Remaining / Math.Max(1, leastBytesEach))
            ? (int)count
            : throw new BitcoinFormatException($"a count of {count} at offset {start} is more than the bytes that follow can hold");
    }

    public ReadOnlySpan<byte> ReadVarBytes()
    {
        var start = Position;
        var length = ReadCompactSize();
        return length <= (ulong)Remaining
            ? Take((int)length)
            : throw new BitcoinFormatException($"a length of {length} at offset {start} is more than the {Remaining} bytes left");
    }

    public readonly void ExpectEnd(string what)
    {
        if (Remaining != 0)
        {
            throw new BitcoinFormatException($"{Remaining} bytes left over after {what} at offset {Position}");
        }
    }
}
