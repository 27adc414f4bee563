using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning;

/// <summary>The outer form of a payment request: bech32 (constant 1) without the 90-character limit, as groups of five bits.</summary>
internal static class Bolt11Text
{
    /// <summary>Longest text read, as LND does.</summary>
    public const int MostCharacters = 7089;

    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumGroups = 6;
    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    /// <summary>Splits a text into its human-readable part (lower case) and its groups without the checksum.</summary>
    public static bool TryRead(
        string text, [NotNullWhen(true)] out string? prefix, [NotNullWhen(true)] out byte[]? groups, out Bolt11Problem problem)
    {
        prefix = null;
        groups = null;
        problem = ShapeOf(text);
        if (problem != Bolt11Problem.None)
        {
            return false;
        }

        problem = Bolt11Problem.BadChecksum;
        try
        {
            var read = Bech32.DecodeAnyLength(text);
            if (read.Checksum != Bech32Checksum.Bech32)
            {
                return false;
            }

            prefix = read.HumanReadablePart;
            groups = read.Values;
        }
        catch (BitcoinFormatException)
        {
            return false;
        }

        problem = Bolt11Problem.None;
        return true;
    }

    /// <summary>What is wrong before the checksum is looked at.</summary>
    private static Bolt11Problem ShapeOf(string text)
    {
        if (text.Length > MostCharacters)
        {
            return Bolt11Problem.TooLong;
        }

        if (text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower))
        {
            return Bolt11Problem.MixedCase;
        }

        var lower = text.ToLowerInvariant();
        var separator = lower.LastIndexOf('1');
        return separator < 1 ? Bolt11Problem.NoSeparator
            : lower.Length - separator - 1 < ChecksumGroups ? Bolt11Problem.TooShort
            : lower.AsSpan(separator + 1).ContainsAnyExcept(AlphabetSet) || lower.AsSpan(0, separator).ContainsAnyExceptInRange('!', '~')
                ? Bolt11Problem.BadCharacter
            : Bolt11Problem.None;
    }

    /// <summary>The text of a human-readable part (lower case) and groups.</summary>
    public static string Write(string prefix, ReadOnlySpan<byte> groups) => Bech32.Encode(prefix, groups, Bech32Checksum.Bech32);

    /// <summary>The character of a field type.</summary>
    public static char CharacterOf(byte group) => Alphabet[group];

    /// <summary>Bytes as groups, padded with zero bits.</summary>
    public static byte[] ToGroups(ReadOnlySpan<byte> bytes) => Bech32.ToValues(bytes);

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
}
