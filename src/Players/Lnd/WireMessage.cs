using System.Text;

namespace Coordinator.Players.Lnd;

/// <summary>Protocol buffers as far as seven calls need them: whole numbers, text and bytes, by field number.</summary>
internal sealed class WireMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Length = 2;
    private const int Fixed32 = 5;

    private readonly Dictionary<int, ulong> _numbers = [];
    private readonly Dictionary<int, byte[]> _bytes = [];

    /// <summary>Reads a message. A field that comes again replaces the one before; unknown kinds of fields are passed over.</summary>
    /// <exception cref="LndException">It does not read.</exception>
    public static WireMessage Parse(ReadOnlySpan<byte> message)
    {
        var read = new WireMessage();
        while (!message.IsEmpty)
        {
            var tag = ReadVarint(ref message);
            var field = (int)(tag >> 3 & 0x1fff_ffff);
            switch ((int)(tag & 7))
            {
                case Varint:
                    read._numbers[field] = ReadVarint(ref message);
                    break;
                case Length:
                    var length = ReadVarint(ref message);
                    read._bytes[field] = Take(ref message, length).ToArray();
                    break;
                case Fixed64:
                    Take(ref message, 8);
                    break;
                case Fixed32:
                    Take(ref message, 4);
                    break;
                default:
                    throw Unreadable();
            }
        }

        return read;
    }

    /// <summary>0 where it is absent.</summary>
    public long Number(int field) => _numbers.TryGetValue(field, out var value) ? unchecked((long)value) : 0;

    /// <summary>Empty where it is absent.</summary>
    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    /// <summary>Empty where it is absent.</summary>
    public byte[] Bytes(int field) => _bytes.TryGetValue(field, out var value) ? value : [];

    /// <summary>A message within; empty where it is absent.</summary>
    public WireMessage Inner(int field) => Parse(Bytes(field));

    public WireMessage With(int field, long value)
    {
        _numbers[field] = unchecked((ulong)value);
        return this;
    }

    public WireMessage With(int field, byte[] value)
    {
        _bytes[field] = value;
        return this;
    }

    public WireMessage With(int field, string value) => With(field, Encoding.UTF8.GetBytes(value));

    public byte[] ToBytes()
    {
        using var written = new MemoryStream();
        foreach (var (field, value) in _numbers)
        {
            WriteVarint(written, (ulong)field << 3 | Varint);
            WriteVarint(written, value);
        }

        foreach (var (field, value) in _bytes)
        {
            WriteVarint(written, (ulong)field << 3 | Length);
            WriteVarint(written, (ulong)value.Length);
            written.Write(value);
        }

        return written.ToArray();
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> from)
    {
        var value = 0UL;
        for (var index = 0; index < 10 && index < from.Length; index++)
        {
            value |= (ulong)(from[index] & 0x7f) << (7 * index);
            if (from[index] < 0x80)
            {
                from = from[(index + 1)..];
                return value;
            }
        }

        throw Unreadable();
    }

    private static void WriteVarint(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.WriteByte((byte)(value & 0x7f | 0x80));
        }

        to.WriteByte((byte)value);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, ulong length)
    {
        if (length > (ulong)from.Length)
        {
            throw Unreadable();
        }

        var taken = from[..(int)length];
        from = from[(int)length..];
        return taken;
    }

    private static LndException Unreadable() => new(LndException.UnavailableCode, "the node's answer does not read");
}
