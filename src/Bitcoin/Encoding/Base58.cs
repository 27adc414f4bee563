using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>Base58 with a four-byte checksum: legacy addresses and extended keys. Not constant time.</summary>
public static class Base58
{
    /// <summary>The longest text that is read: twice an extended key, and little enough for the quadratic conversion.</summary>
    public const int MaxLength = 256;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>The text of the payload and its checksum.</summary>
    public static string EncodeCheck(ReadOnlySpan<byte> payload)
    {
        byte[] bytes = [.. payload, .. Hashes.Hash256(payload).AsSpan(0, 4)];
        var zeros = bytes.AsSpan().IndexOfAnyExcept((byte)0) is var first and >= 0 ? first : bytes.Length;
        var digits = new List<int>();
        for (var i = zeros; i < bytes.Length; i++)
        {
            var carry = (int)bytes[i];
            for (var j = 0; j < digits.Count; j++)
            {
                carry += digits[j] << 8;
                digits[j] = carry % 58;
                carry /= 58;
            }

            for (; carry > 0; carry /= 58)
            {
                digits.Add(carry % 58);
            }
        }

        digits.Reverse();
        var text = new string('1', zeros) + string.Concat(digits.Select(digit => Alphabet[digit]));
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    /// <summary>The payload of a text, without its checksum.</summary>
    /// <exception cref="BitcoinFormatException">
    /// A character outside the alphabet, a wrong checksum, too long or too short. The message never quotes the text.
    /// </exception>
    public static byte[] DecodeCheck(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new BitcoinFormatException($"a base58 text of {text.Length} characters is longer than {MaxLength}");
        }

        var decoded = Decode(text);
        if (decoded.Length < 4)
        {
            throw new BitcoinFormatException("a base58 text is too short for its checksum");
        }

        var payload = decoded[..^4];
        return Hashes.Hash256(payload).AsSpan(0, 4).SequenceEqual(decoded.AsSpan(payload.Length))
            ? payload
            : throw new BitcoinFormatException("the checksum of a base58 text is wrong");
    }

    private static byte[] Decode(string text)
    {
        var bytes = new List<int>();
        foreach (var character in text)
        {
            var carry = Alphabet.IndexOf(character);
            if (carry < 0)
            {
                throw new BitcoinFormatException("a base58 text holds a character outside the alphabet");
            }

            for (var j = 0; j < bytes.Count; j++)
            {
                carry += bytes[j] * 58;
                bytes[j] = carry & 0xff;
                carry >>= 8;
            }

            for (; carry > 0; carry >>= 8)
            {
                bytes.Add(carry & 0xff);
            }
        }

        var zeros = text.AsSpan().IndexOfAnyExcept('1') is var first and >= 0 ? first : text.Length;
        bytes.Reverse();
        return [.. new byte[zeros], .. bytes.Select(value => (byte)value)];
    }
}
