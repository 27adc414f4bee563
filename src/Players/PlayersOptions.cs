using System.Globalization;

namespace Coordinator.Players;

/// <summary>What the players of one process do about their winnings.</summary>
public enum PayoutChoice
{
    /// <summary>Every winner is paid over Lightning and hands its key over.</summary>
    Lightning,

    /// <summary>Every winner claims on chain with nothing but its own data.</summary>
    Onchain,

    /// <summary>Some are paid over Lightning, with or without their key; some claim on chain.</summary>
    Mixed,

    /// <summary>Nobody does anything.</summary>
    None,
}

/// <summary>How the process of demo players runs; every value is an argument of the same name.</summary>
/// <param name="Data">Folder of their state; made where it is missing.</param>
/// <param name="Public">The coordinator's public listener.</param>
/// <param name="Wallet">Control address of the simulated Lightning network.</param>
/// <param name="Chain">An esplora server.</param>
/// <param name="Oracle">The oracle.</param>
/// <param name="Competition">Which competition to play.</param>
/// <param name="Count">How many players.</param>
/// <param name="Seed">Fixes keys, picks and choices; never preimages.</param>
/// <param name="Payout">What winners do.</param>
public sealed record PlayersOptions(
    string Data, Uri Public, Uri Wallet, Uri Chain, Uri Oracle, Guid Competition, int Count, ulong Seed, PayoutChoice Payout)
{
    /// <summary>Reads the arguments; every one is needed.</summary>
    /// <returns>The options, or what is wrong.</returns>
    public static (PlayersOptions? Options, string? Complaint) Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            values[arguments[i]] = arguments[i + 1];
        }

        if (arguments.Count % 2 != 0)
        {
            return (null, $"'{arguments[^1]}' has no value");
        }

        try
        {
            return (
                new PlayersOptions(
                    values["--data"], new Uri(values["--public"]), new Uri(values["--wallet"]), new Uri(values["--chain"]), new Uri(values["--oracle"]),
                    Guid.Parse(values["--competition"]), int.Parse(values["--players"], CultureInfo.InvariantCulture),
                    ulong.Parse(values["--seed"], CultureInfo.InvariantCulture), Enum.Parse<PayoutChoice>(values["--payout"], ignoreCase: true)),
                null);
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return (null, malformed.Message);
        }
    }
}
