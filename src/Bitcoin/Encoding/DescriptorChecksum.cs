namespace Coordinator.Bitcoin;

/// <summary>The eight characters behind an output descriptor's # (BIP-380).</summary>
public static class DescriptorChecksum
{
    private const string Input = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    private const string Output = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static readonly ulong[] Generators = [0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd];

    /// <summary>The descriptor with # and its checksum.</summary>
    /// <exception cref="BitcoinFormatException">A character that no descriptor has.</exception>
    public static string Append(string descriptor) => $"{descriptor}#{Of(descriptor)}";

    /// <summary>True where the text ends in # and the right checksum.</summary>
    public static bool IsRight(string text)
        => text.Length > 9 && text[^9] == '#' && text[..^9].All(letter => Input.Contains(letter, StringComparison.Ordinal))
            && Of(text[..^9]) == text[^8..];

    /// <summary>Eight characters.</summary>
    /// <exception cref="BitcoinFormatException">A character that no descriptor has.</exception>
    public static string Of(string descriptor)
    {
        ulong checksum = 1;
        var (group, count) = (0, 0);
        foreach (var letter in descriptor)
        {
            var at = Input.IndexOf(letter, StringComparison.Ordinal);
            if (at < 0)
            {
                throw new BitcoinFormatException("a descriptor has a character that none may have");
            }

            checksum = Step(checksum, at & 31);
            group = (group * 3) + (at >> 5);
            if (++count == 3)
            {
                checksum = Step(checksum, group);
                (group, count) = (0, 0);
            }
        }

        checksum = count > 0 ? Step(checksum, group) : checksum;
        for (var i = 0; i < 8; i++)
        {
            checksum = Step(checksum, 0);
        }

        checksum ^= 1;
        return string.Create(8, checksum, (span, sum) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = Output[(int)((sum >> (5 * (7 - i))) & 31)];
            }
        });
    }

    private static ulong Step(ulong checksum, int value)
    {
        var top = checksum >> 35;
        checksum = ((checksum & 0x7_ffff_ffff) << 5) ^ (ulong)value;
        for (var i = 0; i < Generators.Length; i++)
        {
            checksum ^= ((top >> i) & 1) == 1 ? Generators[i] : 0;
        }

        return checksum;
    }
}
