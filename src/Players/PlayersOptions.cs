using System.Collections.Immutable;
using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Players.Lnd;

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
/// <param name="Wallet">Control address of the simulated Lightning network; null where <see cref="PlayersOptions.Lnd"/> pays.</param>
/// <param name="Chain">An esplora server, or a Bitcoin node's RPC where <see cref="ChainCookie"/> is given.</param>
/// <param name="Oracle">The oracle.</param>
/// <param name="Competition">Which competition to play; as an argument one, or several separated by commas (<see cref="Further"/>).</param>
/// <param name="Count">How many players.</param>
/// <param name="Seed">Fixes keys, picks and choices; never preimages.</param>
/// <param name="Payout">What winners do.</param>
public sealed record PlayersOptions(
    string Data, Uri Public, Uri? Wallet, Uri Chain, Uri Oracle, Guid Competition, int Count, ulong Seed, PayoutChoice Payout)
{
    private const int DefaultBreath = 150;

    /// <summary>The first so many players ask the coordinator nothing between their entry and the end of the event (<c>--away</c>); 0 where left out.</summary>
    public int Away { get; init; }

    /// <summary>A file with a Bitcoin node's credentials (<c>--chain-cookie</c>); null: the chain is an esplora server.</summary>
    public string? ChainCookie { get; init; }

    /// <summary>The enclaves' keys as they are known out of band (<c>--enclaves 0=02…,1=03…</c>); empty: the gateway is believed.</summary>
    public ImmutableDictionary<int, PublicKey> Enclaves { get; init; } = ImmutableDictionary<int, PublicKey>.Empty;

    /// <summary>Between two questions of one player (<c>--breath</c>, milliseconds); 150 ms where left out.</summary>
    public TimeSpan Breath { get; init; } = TimeSpan.FromMilliseconds(DefaultBreath);

    /// <summary>The node that pays for all players and is paid for them (<c>--lnd-address</c>, <c>--lnd-cert</c>, <c>--lnd-macaroon</c>); null: simulated ones.</summary>
    public LndAccess? Lnd { get; init; }

    /// <summary>Which network tickets are paid and claims are made on (<c>--network</c>); regtest where left out.</summary>
    public Network Network { get; init; } = Network.Regtest;

    /// <summary>A file with 64 hex digits from which all keys are derived (<c>--seed-file</c>); null: from <see cref="Seed"/>, which is no secret.</summary>
    public string? SeedFile { get; init; }

    /// <summary>Where claims on chain go (<c>--claim-to</c>); null: to every player's own key.</summary>
    public Address? ClaimTo { get; init; }

    /// <summary>Players see to it that they have an account (<c>--register true</c>).</summary>
    public bool Registers { get; init; }

    /// <summary>Competitions that are played at the same time, each by players of its own.</summary>
    public ImmutableArray<Guid> Further { get; init; } = [];

    /// <summary>These options for each competition: where there are several, each has a seed of its own, counted up, and a folder of its own.</summary>
    public IEnumerable<PlayersOptions> Each()
        => Further.IsEmpty
            ? [this]
            : Further.Prepend(Competition).Select((competition, index) => this with
            {
                Competition = competition,
                Further = [],
                Seed = Seed + (ulong)index,
                Data = Path.Combine(Data, competition.ToString()),
            });

    /// <summary>Reads the arguments; needed are those of the constructor, the wallet's or LND's.</summary>
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
            return (Read(values), null);
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return (null, malformed.Message);
        }
    }

    private static PlayersOptions Read(Dictionary<string, string> values)
    {
        var network = Networks.TryParse(values.GetValueOrDefault("--network", "regtest")) ?? throw new FormatException("--network is none");
        var competitions = values["--competition"].Split(',').Select(Guid.Parse).ToImmutableArray();
        return new PlayersOptions(
            values["--data"], new Uri(values["--public"]), ReadWallet(values), new Uri(values["--chain"]), new Uri(values["--oracle"]),
            competitions[0], int.Parse(values["--players"], CultureInfo.InvariantCulture),
            ulong.Parse(values["--seed"], CultureInfo.InvariantCulture), Enum.Parse<PayoutChoice>(values["--payout"], ignoreCase: true))
        {
            Away = int.Parse(values.GetValueOrDefault("--away", "0"), CultureInfo.InvariantCulture),
            Further = competitions[1..],
            ChainCookie = values.GetValueOrDefault("--chain-cookie"),
            Breath = TimeSpan.FromMilliseconds(int.Parse(values.GetValueOrDefault("--breath", $"{DefaultBreath}"), CultureInfo.InvariantCulture)),
            Lnd = ReadLnd(values),
            Network = network,
            ClaimTo = values.TryGetValue("--claim-to", out var address) ? Address.Parse(address, network) : null,
            SeedFile = values.GetValueOrDefault("--seed-file"),
            Registers = bool.Parse(values.GetValueOrDefault("--register", "false")),
            Enclaves = ReadPins(values.GetValueOrDefault("--enclaves", string.Empty)),
        };
    }

    private static Uri? ReadWallet(Dictionary<string, string> values) => values.ContainsKey("--lnd-address") ? null : new Uri(values["--wallet"]);

    private static LndAccess? ReadLnd(Dictionary<string, string> values)
        => values.TryGetValue("--lnd-address", out var address) ? new LndAccess(new Uri(address), values["--lnd-cert"], values["--lnd-macaroon"]) : null;

    private static ImmutableDictionary<int, PublicKey> ReadPins(string text)
        => text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pin => pin.Split('='))
            .ToImmutableDictionary(pin => int.Parse(pin[0], CultureInfo.InvariantCulture), pin => PublicKey.Parse(pin.Length == 2 ? pin[1] : string.Empty));
}
