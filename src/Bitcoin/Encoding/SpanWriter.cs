using System.Buffers.Binary;

namespace Coordinator.Bitcoin;

/// <summary>Writes Bitcoin's consensus encoding into a span the caller sized: for hot paths that must not allocate.</summary>
internal ref struct SpanWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>The next bytes, for the caller to fill.</summary>
    public Span<byte> Reserve(int count)
    {
        var slot = _buffer.Slice(Length, count);
        Length += count;
        return slot;
    }

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bytes(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), value);

    public void CompactSize(ulong value)
    {
        switch (value)
        {
            case < 0xfd:
                Byte((byte)value);
                break;
            case <= 0xffff:
                Byte(0xfd);
                BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), (ushort)value);
                break;
            case <= 0xffff_ffff:
                Byte(0xfe);
                UInt32((uint)value);
                break;
            default:
                Byte(0xff);
                BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);
                break;
        }
    }
}
