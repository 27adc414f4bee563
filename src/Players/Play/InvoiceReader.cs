using Coordinator.Bitcoin;

namespace Coordinator.Players.Play;

/// <summary>The two things a player compares before it pays: amount and payment hash of a BOLT-11 invoice. The wallet checks the rest.</summary>
internal static class InvoiceReader
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int TimestampWords = 7;
    private const int SignatureWords = 104;
    private const int ChecksumWords = 6;
    private const int HashTag = 1;
    private const int HashWords = 52;

    /// <summary>Amount in satoshis and payment hash in hex, or null where it is no such invoice of this network.</summary>
    public static (long Sats, string Hash)? TryRead(string invoice, Network network)
    {
        var prefix = PrefixOf(network);
        var separator = invoice.LastIndexOf('1');
        if (!invoice.StartsWith(prefix, StringComparison.Ordinal) || separator < prefix.Length
            || TrySatoshis(invoice[prefix.Length..separator]) is not { } sats)
        {
            return null;
        }

        var words = invoice[(separator + 1)..].Select(character => Alphabet.IndexOf(character, StringComparison.Ordinal)).ToArray();
        return words.Contains(-1) || words.Length < TimestampWords + SignatureWords + ChecksumWords
            || FindHash(words.AsSpan(TimestampWords..^(SignatureWords + ChecksumWords))) is not { } hash
            ? null
            : (sats, hash);
    }

    /// <summary>What is left after a shorter prefix of another network is no amount: such an invoice is not taken.</summary>
    private static string PrefixOf(Network network) => network switch
    {
        Network.Mainnet => "lnbc",
        Network.Testnet => "lntb",
        Network.Signet => "lntbs",
        Network.Regtest => "lnbcrt",
    };

    private static long? TrySatoshis(string amount)
    {
        var (digits, perUnit, divisor) = amount.Length == 0 ? (string.Empty, 0L, 1L) : amount[^1] switch
        {
            'm' => (amount[..^1], 100_000L, 1L),
            'u' => (amount[..^1], 100L, 1L),
            'n' => (amount[..^1], 1L, 10L),
            'p' => (amount[..^1], 1L, 10_000L),
            _ => (amount, 100_000_000L, 1L),
        };
        return digits.Length is > 0 and < 12 && digits.All(char.IsAsciiDigit) && long.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) is var value
            && value * perUnit % divisor == 0
            ? value * perUnit / divisor
            : null;
    }

    private static string? FindHash(ReadOnlySpan<int> fields)
    {
        while (fields.Length >= 3)
        {
            var length = (fields[1] * 32) + fields[2];
            if (length + 3 > fields.Length)
            {
                return null;
            }

            if (fields[0] == HashTag && length == HashWords)
            {
                return Hex.Encode(Bytes(fields.Slice(3, length)));
            }

            fields = fields[(3 + length)..];
        }

        return null;
    }

    private static byte[] Bytes(ReadOnlySpan<int> words)
    {
        var bytes = new byte[words.Length * 5 / 8];
        var (buffer, bits, next) = (0, 0, 0);
        foreach (var word in words)
        {
            buffer = ((buffer << 5) | word) & 0xfff;
            bits += 5;
            if (bits >= 8 && next < bytes.Length)
            {
                bits -= 8;
                bytes[next++] = (byte)((buffer >> bits) & 0xff);
            }
        }

        return bytes;
    }
}
