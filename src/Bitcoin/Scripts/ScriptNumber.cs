namespace Coordinator.Bitcoin;

/// <summary>Numbers as scripts hold them: little-endian, sign in the highest bit, as short as possible; zero is no bytes.</summary>
public static class ScriptNumber
{
    /// <summary>The minimal encoding, 0 to 8 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="long.MinValue"/>.</exception>
    public static byte[] Encode(long value)
    {
        if (value == 0)
        {
            return [];
        }

        ArgumentOutOfRangeException.ThrowIfEqual(value, long.MinValue);
        Span<byte> buffer = stackalloc byte[9];
        var length = 0;
        for (var rest = Math.Abs(value); rest > 0; rest >>= 8)
        {
            buffer[length++] = (byte)(rest & 0xff);
        }

        if ((buffer[length - 1] & 0x80) != 0)
        {
            buffer[length++] = 0;
        }

        if (value < 0)
        {
            buffer[length - 1] |= 0x80;
        }

        return buffer[..length].ToArray();
    }

    /// <summary>The number, or null when it is longer than <paramref name="maxBytes"/> (at most 8) or not in its shortest form.</summary>
    public static long? TryDecode(ReadOnlySpan<byte> bytes, int maxBytes = 4)
    {
        if (bytes.Length > Math.Min(maxBytes, 8))
        {
            return null;
        }

        if (bytes.IsEmpty)
        {
            return 0;
        }

        if ((bytes[^1] & 0x7f) == 0 && (bytes.Length == 1 || (bytes[^2] & 0x80) == 0))
        {
            return null;
        }

        var value = 0L;
        for (var i = 0; i < bytes.Length; i++)
        {
            var part = i == bytes.Length - 1 ? bytes[i] & 0x7f : bytes[i];
            value |= (long)part << (8 * i);
        }

        return (bytes[^1] & 0x80) != 0 ? -value : value;
    }
}
