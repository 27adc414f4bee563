using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Demo;

/// <summary>
/// Plays one competition: starts the three processes, opens the competition as its operator, and moves the world (blocks, the oracle's
/// clock) until every satoshi is decided. What the service does it does by itself.
/// </summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly DemoOptions _options;
    private readonly DataFolder _folder;
    private readonly TimeProvider _clock;
    private readonly DemoLog _log;
    private readonly KillSchedule _kills;
    private readonly PlayerFacts _players;
    private readonly HttpClient _client = WorldHttp.CreateClient();
    private readonly CancellationTokenSource _ended = new();
    private LocalWorld? _world;
    private ChildProcess? _playersProcess;
    private KeymeldWatch? _watch;
    private Task _watching = Task.CompletedTask;

    public DemoRun(DemoOptions options, DataFolder folder, DemoLog log, TimeProvider clock)
    {
        (_options, _folder, _log, _clock) = (options, folder, log, clock);
        (_kills, _players) = (new KillSchedule(options.Kills), new PlayerFacts(options.Players));
    }

    /// <summary>True where the competition completed and the books balance.</summary>
    /// <exception cref="CommandFailedException">Something did not start, refused, or took too long.</exception>
    public async Task<bool> PlayAsync(CancellationToken cancellation)
    {
        var seconds = Limit + TimeSpan.FromMinutes(_options.Kills.Length);
        using var late = new CancellationTokenSource(seconds, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await PlayWithinAsync(both.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new CommandFailedException($"the demo did not end within {seconds}; the service's last words:\n{_world?.ServiceWords()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAny(_watching);
        if (_playersProcess is { } players)
        {
            await players.DisposeAsync();
        }

        if (_world is { } world)
        {
            await world.DisposeAsync();
        }

        _client.Dispose();
        _ended.Dispose();
    }

    private async Task<bool> PlayWithinAsync(CancellationToken cancellation)
    {
        _world = await LocalWorld.StartAsync(
            _folder, ServicePorts.Free,
            new LocalWorldOptions(_options.Seed, IsHurried: true, _options.Signing, _options.Service, _options.Chain)
            {
                ConnectionStringFile = _options.ConnectionStringFile,
                StandsBy = _options.StandsBy,
            },
            _clock, cancellation);
        _log.Tell(
            "started", $"service at {_world.Addresses.Public}, operator at {_world.Addresses.Operator}; "
                + (_options.Chain == ChainChoice.Sim ? "simulators for chain, Lightning, oracle and Keymeld" : "a Bitcoin node; simulators for Lightning, oracle and Keymeld"),
            ("public", _world.Addresses.Public.ToString()), ("operator", _world.Addresses.Operator.ToString()), ("data", _folder.Root));
        var http = new WorldHttp(_client);
        var chain = _world.OpenChain(http);
        var lightning = new LightningWorld(http, new Uri(_world.Simulators["lnd_control"]));
        var api = new OperatorApi(http, _world, await File.ReadAllTextAsync(_folder.TokenFile, cancellation), _clock);
        Watch(http);
        var opening = new DemoOpening(_options, _folder, api, chain, lightning, _log, _clock);
        var story = await opening.StoryAsync(cancellation);
        var book = new TransactionBook(chain, story.StartHeight, _log) { Expires = _options.End == DemoEnd.Expire };
        opening.Faucets.ForEach(book.AddFaucet);
        StartPlayers(story.Competition);
        var oracle = new OracleWorld(http, new Uri(_world.Simulators["oracle_control"]));
        var reorganisations = new Reorganisations(_options.Reorganise, chain, book, _players, _log, _clock);
        var course = new DemoCourse(_options, story, _world, api, chain, oracle, _players, book, reorganisations, _log, Reached, _clock);
        var last = await course.RunAsync(() => _playersProcess!.HasExited, cancellation);
        return await FinishAsync(last, story, api, lightning, book, cancellation);
    }

    /// <summary>Looks at the Keymeld gateway all the time only where something is to happen at one of its moments.</summary>
    private void Watch(WorldHttp http)
    {
        if (_options.Signing == SigningChoice.Keymeld)
        {
            _watch = new KeymeldWatch(new KeymeldWorld(http, new Uri(_world!.Simulators["keymeld_control"])), _options.Players, Reached, _clock);
            _watching = _options.Kills.IsEmpty ? Task.CompletedTask : _watch.RunAsync(_ended.Token);
        }
    }

    private void StartPlayers(Guid competition)
    {
        var world = _world!;
        _playersProcess = ChildProcess.Start(
            Binaries.Players,
            [
                "--away", _options.Away.ToString(CultureInfo.InvariantCulture), "--enclaves", string.Join(',', world.EnclaveKeys.Select(pin => $"{pin.Key}={pin.Value}")),
                "--data", _folder.Players, "--public", world.Addresses.Public.ToString(), "--wallet", world.Simulators["lnd_control"],
                .. world.ChainArguments, "--oracle", world.Simulators["oracle"], "--competition", competition.ToString(),
                "--players", _options.Players.ToString(CultureInfo.InvariantCulture), "--seed", _options.Seed.ToString(CultureInfo.InvariantCulture),
                "--payout", _options.Payout.ToString(),
            ],
            _folder.Log(Binaries.Players),
            Hear,
            _clock);
    }

    /// <summary>A line of the players' process.</summary>
    private void Hear(JsonElement line)
    {
        _players.Take(line);
        var step = line.GetProperty("step").GetString()!;
        var members = line.EnumerateObject().Where(member => member.Name is not ("event" or "at"))
            .Select(member => (member.Name, JsonNode.Parse(member.Value.GetRawText()))).ToArray();
        _log.Tell("player", $"player {line.GetProperty("player").GetInt32()}: {Words(step, line)}", members);
        Reached(step);
    }

    private static string Words(string step, JsonElement line)
        => step.Replace('_', ' ') + string.Concat(line.EnumerateObject().Where(member => member.Name is "sats" or "how" or "outcome" or "reason" or "wins")
            .Select(member => $" {member.Name} {member.Value}"));

    /// <summary>Something happened; where it is a moment to kill the service at, that happens before anything else.</summary>
    private void Reached(string moment)
    {
        if (_kills.Strikes(moment))
        {
            _world!.KillService();
            _log.Tell("killed", $"the service is killed (-9) at '{moment}'", ("moment", moment));
        }
    }

    private async Task<bool> FinishAsync(
        JsonElement last, DemoStory story, OperatorApi api, LightningWorld lightning, TransactionBook book, CancellationToken cancellation)
    {
        var state = last.GetProperty("state").GetString()!;
        if (state == "completed")
        {
            await _playersProcess!.WaitAsync(cancellation);
        }

        await book.ReadAsync(cancellation);
        var played = new PlayedCompetition(last.GetProperty("ticket_price_sats").GetInt64(), _players.Ends);
        Ledger ledger;
        for (var attempt = 0; ; attempt++)
        {
            ledger = await new LedgerMaker(lightning, book, story.BalancesMsat).MakeAsync([played], await api.WalletOutputsAsync(cancellation), cancellation);
            if (ledger.IsBalanced || attempt == 20)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), _clock, cancellation); // the wallet may not have seen the last block yet
        }

        if (_watch is { } watch)
        {
            await watch.TellAsync(_log, cancellation);
        }

        Summarise(state, ledger, book);
        return state == "completed" && ledger.IsBalanced && ledger.Held == 0;
    }

    private void Summarise(string state, Ledger ledger, TransactionBook book)
    {
        string? Of(params string[] kinds) => book.All.FirstOrDefault(booked => kinds.Contains(booked.Kind))?.Transaction.Txid.ToString();
        foreach (var complaint in ledger.Complaints)
        {
            _log.Tell("complaint", $"the books: {complaint}", ("detail", complaint));
        }

        _log.Tell("ledger", ledger.ToString(), ("ledger", ledger.ToJson()));
        foreach (var (entry, sats) in ledger.Paid)
        {
            _log.Tell("paid", $"entry {entry} received {sats} sat", ("entry_id", entry), ("sats", sats));
        }

        _log.Tell(
            "summary",
            $"{state}; invoices: {ledger.Settled} settled, {ledger.Canceled} canceled, {ledger.Held} held; {book.All.Count} transactions verified; "
                + (ledger.IsBalanced ? "the books balance to the satoshi" : "the books DO NOT BALANCE"),
            ("state", state),
            ("funding_txid", Of("funding")),
            ("outcome_txid", Of("outcome", "expiry")),
            ("paid", new JsonArray([.. ledger.Paid.Select(paid => (JsonNode)new JsonObject { ["entry_id"] = paid.Entry, ["sats"] = paid.Sats })])),
            ("invoices", new JsonObject { ["settled"] = ledger.Settled, ["canceled"] = ledger.Canceled, ["held"] = ledger.Held }),
            ("ledger", ledger.ToJson()),
            ("balanced", ledger.IsBalanced));
    }
}
