using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Bitcoin;

/// <summary>Hexadecimal text: written in lower case, read in either case.</summary>
public static class Hex
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <exception cref="BitcoinFormatException">An odd length or a character that is not hexadecimal.</exception>
    public static byte[] Decode(string text)
        => TryDecode(text, out var bytes) ? bytes : throw new BitcoinFormatException("not hexadecimal text of even length");

    public static bool TryDecode(string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length % 2 != 0)
        {
            return false;
        }

        var buffer = new byte[text.Length / 2];
        if (Convert.FromHexString(text, buffer, out _, out var written) != System.Buffers.OperationStatus.Done || written != buffer.Length)
        {
            return false;
        }

        bytes = buffer;
        return true;
    }

    /// <summary>Reads exactly <paramref name="length"/> bytes of hexadecimal text.</summary>
    public static bool TryDecode(string? text, int length, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        return text?.Length == length * 2 && TryDecode(text, out bytes);
    }
}
