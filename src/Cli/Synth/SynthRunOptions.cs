using System.CommandLine;
using Coordinator.Bitcoin;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;
using Coordinator.Players;
using Coordinator.Players.Lnd;

namespace Coordinator.Cli.Synth;

/// <summary>The options that say where and what is played; everything that can be judged without asking anybody is judged here.</summary>
internal sealed class SynthRunOptions
{
    private readonly OperatorCall _call = new();
    private readonly PublicAddress _public = new();
    private readonly Option<string> _oracle = new("--oracle") { Description = "the oracle's address", Required = true };
    private readonly Option<string> _chain = new("--chain") { Description = "an esplora server, without the network part of its path; or a node's RPC with --chain-cookie", Required = true };
    private readonly Option<string?> _cookie = new("--chain-cookie") { Description = "file with a Bitcoin node's credentials" };
    private readonly Option<string> _network = new("--network") { Description = "mainnet, testnet, signet or regtest", DefaultValueFactory = _ => "regtest" };
    private readonly Option<string> _lnd = new("--lnd-address") { Description = "https address of the gRPC listener of the node that pays and is paid for all players", Required = true };
    private readonly Option<string> _certificate = new("--lnd-cert") { Description = "file with that node's certificate", Required = true };
    private readonly Option<string> _macaroon = new("--lnd-macaroon") { Description = "file with that node's macaroon, readable by its owner only", Required = true };
    private readonly Option<string> _enclaves = new("--enclaves")
    {
        Description = "the Keymeld enclaves' keys as they are known out of band, 0=02…,1=03…; the gateway is believed where left out", DefaultValueFactory = _ => string.Empty,
    };

    private readonly Option<int> _users = new("--users") { Description = "synthetic players, 2 to 25", DefaultValueFactory = _ => 3 };
    private readonly Option<int> _winners = new("--places") { Description = "winners, 1 to 5 and fewer than users", DefaultValueFactory = _ => 1 };
    private readonly Option<long> _fee = new("--entry-fee") { Description = "satoshis", DefaultValueFactory = _ => 50_000 };
    private readonly Option<int> _percent = new("--fee-percent") { Description = "for the coordinator", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _stations = new("--stations") { Description = "separated by commas", DefaultValueFactory = _ => "KDEN,KJFK,KORD" };
    private readonly Option<string> _window = Time("--entry-window", "from the creation until entries close", "10m");
    private readonly Option<string> _observation = Time("--observation-window", "from then until the observation ends", "5m");
    private readonly Option<string> _signing = Time("--signing-delay", "from then until the oracle attests", "1m");
    private readonly Option<string> _state = Time("--state-timeout", "without progress where only programs act", "15m");
    private readonly Option<string> _blocks = Time("--chain-timeout", "without progress where blocks are waited for", "3h");
    private readonly Option<string> _poll = Time("--poll", "between two looks at the competition", "2s");
    private readonly Option<PayoutChoice> _payout = new("--payout") { Description = "lightning; or onchain: winners claim with nothing but their own files", DefaultValueFactory = _ => PayoutChoice.Lightning };
    private readonly Option<string?> _claimTo = new("--claim-to") { Description = "with --payout onchain: the address that claims go to" };
    private readonly Option<string?> _oracleControl = new("--oracle-control") { Description = "only for the oracle simulator: lets it attest" };
    private readonly Option<string?> _chainControl = new("--chain-control") { Description = "only for the chain simulator: mines what waits" };

    public void AddTo(Command command)
    {
        _public.AddTo(command);
        _call.AddPlacesTo(command);
        foreach (var option in new Option[]
        {
            _oracle, _chain, _cookie, _network, _lnd, _certificate, _macaroon, _enclaves, _users, _winners, _fee, _percent, _stations, _window, _observation, _signing,
            _state, _blocks, _poll, _payout, _claimTo, _oracleControl, _chainControl,
        })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CommandFailedException">Something is malformed (exit code 2).</exception>
    public SynthOptions Read(ParseResult parsed)
    {
        if (parsed.GetValue(_payout) is not (PayoutChoice.Lightning or PayoutChoice.Onchain))
        {
            throw new CommandFailedException("--payout takes lightning or onchain", 2);
        }

        var places = Places(parsed);
        return new SynthOptions(
            places, Terms(parsed), Span(parsed, _state), Span(parsed, _blocks), Span(parsed, _poll), parsed.GetValue(_payout), ClaimTo(parsed, places.Network),
            Control(parsed, _oracleControl), Control(parsed, _chainControl));
    }

    /// <exception cref="CommandFailedException">It is none, or zero (exit code 2).</exception>
    public static TimeSpan Span(string option, string text)
        => Moments.Span(text) is { } span && span > TimeSpan.Zero ? span : throw new CommandFailedException($"{option} '{Wording.Clean(text)}' is no span: 90s, 30m, 4h or 2d", 2);

    private string? ClaimTo(ParseResult parsed, Network network)
    {
        var address = parsed.GetValue(_claimTo);
        if (parsed.GetValue(_payout) == PayoutChoice.Onchain != address is not null)
        {
            throw new CommandFailedException("--payout onchain needs --claim-to ADDRESS, and nothing else takes one", 2);
        }

        return address is null || Address.TryParse(address, network, out _, out _) ? address
            : throw new CommandFailedException($"--claim-to '{Wording.Clean(address)}' is no address of {network.Name()}", 2);
    }

    private SynthPlaces Places(ParseResult parsed)
    {
        var network = Networks.TryParse(parsed.GetValue(_network)) ?? throw new CommandFailedException($"--network '{Wording.Clean(parsed.GetValue(_network)!)}' is none", 2);
        var lnd = ServiceHttp.Address("--lnd-address", parsed.GetValue(_lnd)!);
        if (lnd.Scheme != "https")
        {
            throw new CommandFailedException("--lnd-address is https", 2);
        }

        if (!File.Exists(parsed.GetValue(_certificate)))
        {
            throw new CommandFailedException($"--lnd-cert '{parsed.GetValue(_certificate)}' does not exist", 2);
        }

        OptionSecret.Check("--lnd-macaroon", parsed.GetValue(_macaroon)!);
        return new SynthPlaces(
            _public.Server(parsed), _call.Server(parsed), _call.Token(parsed), ServiceHttp.Address("--oracle", parsed.GetValue(_oracle)!),
            ServiceHttp.Address("--chain", parsed.GetValue(_chain)!), parsed.GetValue(_cookie),
            new LndAccess(lnd, Path.GetFullPath(parsed.GetValue(_certificate)!), Path.GetFullPath(parsed.GetValue(_macaroon)!)), network, parsed.GetValue(_enclaves)!);
    }

    private SynthTerms Terms(ParseResult parsed)
    {
        var (users, places, fee) = (parsed.GetValue(_users), parsed.GetValue(_winners), parsed.GetValue(_fee));
        string[] stations = [.. parsed.GetValue(_stations)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        var complaint = Dlc.OutcomeRanking.TryOf(users, places) is null ? $"{users} users with {places} places cannot be played"
            : fee is < 1 or > 1_000_000_000 ? $"--entry-fee takes 1 to 1,000,000,000 sat, not {fee}"
            : stations.Length == 0 ? "--stations names none"
            : null;
        return complaint is null
            ? new SynthTerms(
                users, places, fee, parsed.GetValue(_percent), stations, Span(parsed, _window), Span(parsed, _observation), Span(parsed, _signing))
            : throw new CommandFailedException(complaint, 2);
    }

    private static TimeSpan Span(ParseResult parsed, Option<string> option) => Span(option.Name, parsed.GetValue(option)!);

    private static Uri? Control(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } address ? ServiceHttp.Address(option.Name, address) : null;

    private static Option<string> Time(string name, string what, string otherwise) => new(name) { Description = $"{what}: 90s, 30m, 4h, 2d", DefaultValueFactory = _ => otherwise };
}
