using System.Globalization;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning;

/// <summary>Network and amount in the human-readable part.</summary>
internal static class Bolt11Amount
{
    private const long MsatPerBitcoin = 100_000_000_000;
    private const long MostMsat = Satoshis.MaxValue * 1_000;

    /// <summary>Longest first, so that one prefix never hides another.</summary>
    private static readonly (string Text, LightningNetwork Network)[] Networks =
    [
        ("bcrt", LightningNetwork.Regtest),
        ("tbs", LightningNetwork.Signet),
        ("bc", LightningNetwork.Mainnet),
        ("tb", LightningNetwork.Testnet),
        ("sb", LightningNetwork.Simnet),
    ];

    /// <summary>Reads "ln" + network + amount; strict: no leading zeros, nothing below a millisatoshi.</summary>
    public static Bolt11Problem Read(string prefix, out LightningNetwork network, out Millisatoshis? amount)
    {
        network = default;
        amount = null;
        if (!prefix.StartsWith("ln", StringComparison.Ordinal))
        {
            return Bolt11Problem.UnknownNetwork;
        }

        foreach (var (text, candidate) in Networks)
        {
            if (prefix.AsSpan(2).StartsWith(text, StringComparison.Ordinal))
            {
                network = candidate;
                var rest = prefix[(2 + text.Length)..];
                return rest.Length == 0 || TryAmount(rest, out amount) ? Bolt11Problem.None
                    : char.IsAsciiDigit(rest[0]) ? Bolt11Problem.BadAmount : Bolt11Problem.UnknownNetwork;
            }
        }

        return Bolt11Problem.UnknownNetwork;
    }

    /// <summary>The human-readable part in its shortest form, as LND writes it.</summary>
    public static string Write(LightningNetwork network, Millisatoshis? amount)
    {
        var prefix = "ln" + Networks.First(known => known.Network == network).Text;
        return amount is { } value ? prefix + Shortest(value.Value) : prefix;
    }

    private static bool TryAmount(string text, out Millisatoshis? amount)
    {
        amount = null;
        var letter = char.IsAsciiDigit(text[^1]) ? '\0' : text[^1];
        var digits = letter == '\0' ? text : text[..^1];
        if (digits.Length is 0 or > 18 || digits[0] == '0'
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        if (letter == 'p')
        {
            amount = number % 10 == 0 && number / 10 <= MostMsat ? Millisatoshis.Of(number / 10) : null;
            return amount is not null;
        }

        var unit = letter switch { '\0' => MsatPerBitcoin, 'm' => MsatPerBitcoin / 1_000, 'u' => 100_000L, 'n' => 100L, _ => 0L };
        amount = unit != 0 && number <= MostMsat / unit ? Millisatoshis.Of(number * unit) : null;
        return amount is not null;
    }

    private static string Shortest(long msat)
    {
        var (number, letter) =
            msat % MsatPerBitcoin == 0 ? (msat / MsatPerBitcoin, "")
            : msat % (MsatPerBitcoin / 1_000) == 0 ? (msat / (MsatPerBitcoin / 1_000), "m")
            : msat % 100_000 == 0 ? (msat / 100_000, "u")
            : msat % 100 == 0 ? (msat / 100, "n")
            : (checked(msat * 10), "p");
        return number.ToString(CultureInfo.InvariantCulture) + letter;
    }
}
