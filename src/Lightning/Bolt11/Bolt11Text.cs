using System.Diagnostics.CodeAnalysis;

namespace Coordinator.Lightning;

/// <summary>The outer form of a payment request: bech32 (constant 1) without the 90-character limit, as groups of five bits.</summary>
internal static class Bolt11Text
{
    /// <summary>Longest text read, as LND does.</summary>
    public const int MostCharacters = 7089;

    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumGroups = 6;
    private static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Splits a text into its human-readable part (lower case) and its groups without the checksum.</summary>
    public static bool TryRead(
        string text, [NotNullWhen(true)] out string? prefix, [NotNullWhen(true)] out byte[]? groups, out Bolt11Problem problem)
    {
        prefix = null;
        groups = null;
        if (text.Length > MostCharacters)
        {
            problem = Bolt11Problem.TooLong;
            return false;
        }

        if (text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower))
        {
            problem = Bolt11Problem.MixedCase;
            return false;
        }

        var lower = text.ToLowerInvariant();
        var separator = lower.LastIndexOf('1');
        problem = Bolt11Problem.NoSeparator;
        if (separator < 1)
        {
            return false;
        }

        problem = Bolt11Problem.TooShort;
        if (lower.Length - separator - 1 < ChecksumGroups)
        {
            return false;
        }

        var all = new byte[lower.Length - separator - 1];
        problem = Bolt11Problem.BadCharacter;
        for (var i = 0; i < all.Length; i++)
        {
            var value = Alphabet.IndexOf(lower[separator + 1 + i], StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            all[i] = (byte)value;
        }

        if (lower[..separator].Any(c => c is < '!' or > '~'))
        {
            return false;
        }

        problem = Bolt11Problem.BadChecksum;
        if (Checksum(lower[..separator], all) != 1)
        {
            return false;
        }

        prefix = lower[..separator];
        groups = all[..^ChecksumGroups];
        problem = Bolt11Problem.None;
        return true;
    }

    /// <summary>The text of a human-readable part (lower case) and groups.</summary>
    public static string Write(string prefix, ReadOnlySpan<byte> groups)
    {
        var all = new byte[groups.Length + ChecksumGroups];
        groups.CopyTo(all);
        var checksum = Checksum(prefix, all) ^ 1;
        for (var i = 0; i < ChecksumGroups; i++)
        {
            all[groups.Length + i] = (byte)((checksum >> (5 * (ChecksumGroups - 1 - i))) & 31);
        }

        return prefix + "1" + string.Create(all.Length, all, static (chars, values) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = Alphabet[values[i]];
            }
        });
    }

    /// <summary>The character of a field type.</summary>
    public static char CharacterOf(byte group) => Alphabet[group];

    /// <summary>Bytes as groups, padded with zero bits.</summary>
    public static byte[] ToGroups(ReadOnlySpan<byte> bytes)
    {
        var groups = new byte[((bytes.Length * 8) + 4) / 5];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            if ((bytes[bit / 8] >> (7 - (bit % 8)) & 1) != 0)
            {
                groups[bit / 5] |= (byte)(1 << (4 - (bit % 5)));
            }
        }

        return groups;
    }

    /// <summary>Groups as bytes, padded with zero bits at the end: what a signature covers.</summary>
    public static byte[] ToPaddedBytes(ReadOnlySpan<byte> groups)
    {
        var bytes = new byte[((groups.Length * 5) + 7) / 8];
        for (var bit = 0; bit < groups.Length * 5; bit++)
        {
            if ((groups[bit / 5] >> (4 - (bit % 5)) & 1) != 0)
            {
                bytes[bit / 8] |= (byte)(1 << (7 - (bit % 8)));
            }
        }

        return bytes;
    }

    /// <summary>Groups as bytes; the left-over bits must be fewer than five and zero.</summary>
    public static bool TryToBytes(ReadOnlySpan<byte> groups, [NotNullWhen(true)] out byte[]? bytes)
    {
        var whole = groups.Length * 5 / 8;
        var padded = ToPaddedBytes(groups);
        bytes = padded[..whole];
        var good = (groups.Length * 5) - (whole * 8) < 5 && (padded.Length == whole || padded[whole] == 0);
        bytes = good ? bytes : null;
        return good;
    }

    private static uint Checksum(string prefix, ReadOnlySpan<byte> groups)
    {
        var state = 1u;
        foreach (var c in prefix)
        {
            state = Step(state, (uint)(c >> 5));
        }

        state = Step(state, 0);
        foreach (var c in prefix)
        {
            state = Step(state, (uint)(c & 31));
        }

        foreach (var group in groups)
        {
            state = Step(state, group);
        }

        return state;
    }

    private static uint Step(uint state, uint value)
    {
        var top = state >> 25;
        state = ((state & 0x1ffffff) << 5) ^ value;
        for (var i = 0; i < Generator.Length; i++)
        {
            if (((top >> i) & 1) != 0)
            {
                state ^= Generator[i];
            }
        }

        return state;
    }
}
