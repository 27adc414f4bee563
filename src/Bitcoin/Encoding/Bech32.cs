using System.Text;

namespace Coordinator.Bitcoin;

/// <summary>Which constant the checksum ends in.</summary>
public enum Bech32Checksum : uint
{
    /// <summary>BIP-173.</summary>
    Bech32 = 1,

    /// <summary>BIP-350.</summary>
    Bech32m = 0x2bc8_30a3,
}

/// <summary>What a bech32 text holds.</summary>
/// <param name="HumanReadablePart">Before the last 1, in lower case.</param>
/// <param name="Values">Groups of five bits, one a byte, without the checksum.</param>
/// <param name="Checksum">Which of the two checksums it carries.</param>
public sealed record Bech32Text(string HumanReadablePart, byte[] Values, Bech32Checksum Checksum);

/// <summary>Bech32 (BIP-173) and bech32m (BIP-350). Written in lower case; read in either, never mixed.</summary>
public static class Bech32
{
    /// <summary>The longest text that the checksum is made for.</summary>
    public const int MaxLength = 90;

    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    /// <exception cref="ArgumentException">An empty or unprintable human-readable part, or a value of 32 or more.</exception>
    public static string Encode(string humanReadablePart, ReadOnlySpan<byte> values, Bech32Checksum checksum)
    {
        if (humanReadablePart.Length == 0 || humanReadablePart.AsSpan().ContainsAnyExceptInRange('!', '~')
            || humanReadablePart.Any(char.IsAsciiLetterUpper))
        {
            throw new ArgumentException("a human-readable part is printable, in lower case and not empty", nameof(humanReadablePart));
        }

        var text = new StringBuilder(humanReadablePart).Append('1');
        foreach (var value in values)
        {
            text.Append(value < 32 ? Alphabet[value] : throw new ArgumentException("a value of five bits is below 32", nameof(values)));
        }

        var state = Feed(Start(humanReadablePart), values);
        var check = Feed(state, [0, 0, 0, 0, 0, 0]) ^ (uint)checksum;
        for (var i = 0; i < 6; i++)
        {
            text.Append(Alphabet[(int)((check >> (5 * (5 - i))) & 31)]);
        }

        return text.ToString();
    }

    /// <summary>Reads a text of at most <see cref="MaxLength"/> characters.</summary>
    /// <exception cref="BitcoinFormatException">Anything else; the message says what is wrong.</exception>
    public static Bech32Text Decode(string text) => text.Length <= MaxLength
        ? DecodeAnyLength(text)
        : throw new BitcoinFormatException($"a bech32 text of {text.Length} characters is longer than {MaxLength}");

    /// <summary>Reads a text of any length (BOLT-11, NIP-19). The caller bounds the length; time is linear in it.</summary>
    /// <exception cref="BitcoinFormatException">Not bech32; the message says what is wrong.</exception>
    public static Bech32Text DecodeAnyLength(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new BitcoinFormatException("a bech32 text holds a character that is not printable ASCII");
        }

        if (text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower))
        {
            throw new BitcoinFormatException("a bech32 text mixes upper and lower case");
        }

        var lower = text.ToLowerInvariant();
        var separator = lower.LastIndexOf('1');
        if (separator < 1)
        {
            throw new BitcoinFormatException($"a bech32 text has no {(separator < 0 ? "separator 1" : "human-readable part")}");
        }

        var values = ReadValues(lower.AsSpan(separator + 1));
        var prefix = lower[..separator];
        var check = Feed(Start(prefix), values);
        if (check is not ((uint)Bech32Checksum.Bech32 or (uint)Bech32Checksum.Bech32m))
        {
            throw new BitcoinFormatException("the checksum of a bech32 text is wrong");
        }

        return new Bech32Text(prefix, values[..^6], (Bech32Checksum)check);
    }

    /// <summary>Bytes as groups of five bits, the last one padded with zeros.</summary>
    public static byte[] ToValues(ReadOnlySpan<byte> bytes)
    {
        var values = new byte[((bytes.Length * 8) + 4) / 5];
        for (var i = 0; i < values.Length; i++)
        {
            for (var bit = 0; bit < 5; bit++)
            {
                var at = (i * 5) + bit;
                var set = at / 8 < bytes.Length && ((bytes[at / 8] >> (7 - (at % 8))) & 1) != 0;
                values[i] = (byte)((values[i] << 1) | (set ? 1 : 0));
            }
        }

        return values;
    }

    /// <summary>Groups of five bits as bytes.</summary>
    /// <exception cref="BitcoinFormatException">Five or more bits of padding, or padding that is not zero.</exception>
    public static byte[] ToBytes(ReadOnlySpan<byte> values)
    {
        var bytes = new byte[values.Length * 5 / 8];
        var (pending, bits, at) = (0, 0, 0);
        foreach (var value in values)
        {
            pending = ((pending << 5) | (value & 31)) & 0xfff;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[at++] = (byte)((pending >> bits) & 0xff);
            }
        }

        return bits < 5 && (pending & ((1 << bits) - 1)) == 0
            ? bytes
            : throw new BitcoinFormatException("the padding of a bech32 text is too long or not zero");
    }

    private static byte[] ReadValues(ReadOnlySpan<char> text)
    {
        if (text.Length < 6)
        {
            throw new BitcoinFormatException("a bech32 text has no room for its checksum");
        }

        var values = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            var value = Alphabet.IndexOf(text[i]);
            values[i] = value >= 0
                ? (byte)value
                : throw new BitcoinFormatException($"the character '{text[i]}' does not occur in bech32 data");
        }

        return values;
    }

    private static uint Start(string prefix)
    {
        var state = 1u;
        foreach (var character in prefix)
        {
            state = Feed(state, [(byte)(character >> 5)]);
        }

        state = Feed(state, [0]);
        foreach (var character in prefix)
        {
            state = Feed(state, [(byte)(character & 31)]);
        }

        return state;
    }

    private static uint Feed(uint state, ReadOnlySpan<byte> values)
    {
        foreach (var value in values)
        {
            var top = state >> 25;
            state = ((state & 0x1ff_ffff) << 5) ^ value;
            state ^= ((top & 1) != 0 ? 0x3b6a_57b2u : 0) ^ ((top & 2) != 0 ? 0x2650_8e6du : 0) ^ ((top & 4) != 0 ? 0x1ea1_19fau : 0)
                ^ ((top & 8) != 0 ? 0x3d42_33ddu : 0) ^ ((top & 16) != 0 ? 0x2a14_62b3u : 0);
        }

        return state;
    }
}
