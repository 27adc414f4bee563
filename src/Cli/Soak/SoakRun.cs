using System.Globalization;
using System.Text.Json.Nodes;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Soak;

/// <summary>
/// Warms the service up with one competition and measures it; keeps so many competitions going while something goes wrong every second; lets all
/// end, adds up the books over all of them, and measures again.
/// </summary>
internal sealed class SoakRun(SoakOptions options, DataFolder folder, DemoLog log, TimeProvider clock) : IAsyncDisposable
{
    private const int GroupSize = 5;
    private const int MostPlayers = 3;
    private const long NodeSats = 500_000_000;
    private const long CoinSats = 2_000_000;
    private const int CoinsPerCompetition = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Report = TimeSpan.FromSeconds(15);

    private readonly HttpClient _client = WorldHttp.CreateClient();
    private readonly List<SoakEnd> _ends = [];
    private readonly List<SoakGroup> _groups = [];
    private readonly Dictionary<string, long> _balances = new(StringComparer.Ordinal);
    private readonly List<string> _faucets = [];
    private readonly long _begun = clock.GetTimestamp();
    private LocalWorld? _local;
    private int _number;

    /// <summary>True where everything ended, the books balance, and memory and descriptors are as they were.</summary>
    /// <exception cref="CommandFailedException">A player could not go on, or competitions did not end although nothing went wrong any more.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        LiftLimits();
        _local = await LocalWorld.StartAsync(folder, ServicePorts.Free, new LocalWorldOptions(options.Seed, IsHurried: true, options.Signing), clock, cancellation);
        var http = new WorldHttp(_client);
        var api = new OperatorApi(http, _local, await File.ReadAllTextAsync(folder.TokenFile, cancellation), clock);
        var (chain, lightning) = (_local.OpenChain(http), new LightningWorld(http, new Uri(_local.Simulators["lnd_control"])));
        var world = new SoakWorld(_local, folder, api, new OracleWorld(http, new Uri(_local.Simulators["oracle_control"])), log, clock);
        var start = (await chain.TipAsync(cancellation)).Height;
        await OpenAsync(api, chain, lightning, cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hand = new SoakHand(_local, chain, log, clock).RunAsync(over.Token);
        var faults = new FaultStream(http, _local, options.Seed);
        var (before, after) = await SoakAsync(world, faults, hand, cancellation);
        await over.CancelAsync();
        await Task.WhenAny(hand);
        var book = new TransactionBook(chain, start, DemoLog.Silent);
        var ledger = await LedgerAsync(book, api, lightning, cancellation);
        return Summarise(ledger, book, faults, before, after);
    }

    public async ValueTask DisposeAsync()
    {
        if (_local is { } local)
        {
            await local.DisposeAsync();
        }

        _client.Dispose();
    }

    /// <summary>All players come from one address here, and nothing else than the faults is to slow them down.</summary>
    private static void LiftLimits()
    {
        foreach (var limit in new[] { "AddressPerSecond", "UserPerSecond", "AuthenticationPerSecond" })
        {
            Environment.SetEnvironmentVariable($"COORDINATOR__Gateway__Limits__{limit}", "0");
        }

        Environment.SetEnvironmentVariable("COORDINATOR__Gateway__Limits__ConnectionsPerAddress", "4096");
    }

    private async Task OpenAsync(OperatorApi api, ChainWorld chain, LightningWorld lightning, CancellationToken cancellation)
    {
        _balances[LightningWorld.CoordinatorNode] = (await lightning.NodeAsync(LightningWorld.CoordinatorNode, cancellation)).BalanceMsat;
        for (var player = 0; player < MostPlayers; player++)
        {
            _balances[LightningWorld.PlayerNode(player)] = await lightning.OpenAsync(LightningWorld.PlayerNode(player), NodeSats, cancellation);
        }

        var address = await api.WalletAddressAsync(cancellation);
        for (var coin = 0; coin < options.Competitions * CoinsPerCompetition; coin++)
        {
            _faucets.Add(await chain.FaucetAsync(address, CoinSats, cancellation));
        }

        await chain.MineAsync(6, null, cancellation);
    }

    /// <summary>What the service had after the warm-up, and what it has after everything.</summary>
    private async Task<(Footprint Before, Footprint After)> SoakAsync(SoakWorld world, FaultStream faults, Task hand, CancellationToken cancellation)
    {
        await Within(PlayAsync(world, 1, cancellation), hand);
        await Task.Delay(Quiet, clock, cancellation);
        var before = Measure(world);
        log.Tell("warm", $"after one competition the service has {before}", ("resident", before.Resident), ("descriptors", before.Descriptors));
        var until = clock.GetUtcNow() + options.Time;
        var lanes = Enumerable.Range(0, (options.Competitions + GroupSize - 1) / GroupSize)
            .Select(lane => LaneAsync(world, Math.Min(GroupSize, options.Competitions - (lane * GroupSize)), until, cancellation)).ToList();
        var all = Task.WhenAll(lanes);
        await DisturbAsync(world, faults, until, Task.WhenAny(all, hand), cancellation);
        await faults.EndAsync(cancellation);
        log.Tell("calm", "nothing goes wrong any more");
        await Within(all, hand);
        return (before, await SettledAsync(world, before, cancellation));
    }

    private async Task LaneAsync(SoakWorld world, int count, DateTimeOffset until, CancellationToken cancellation)
    {
        while (clock.GetUtcNow() < until)
        {
            await PlayAsync(world, count, cancellation);
        }
    }

    private async Task PlayAsync(SoakWorld world, int count, CancellationToken cancellation)
    {
        SoakGroup group;
        lock (_groups)
        {
            group = new SoakGroup(world, options, _number++, count);
            _groups.Add(group);
        }

        var ends = await group.PlayAsync(cancellation);
        lock (_groups)
        {
            _groups.Remove(group);
            _ends.AddRange(ends);
        }
    }

    /// <summary>One fault a second; a few of them are kills, all in the first two thirds, so that the last life has a burden of its own.</summary>
    private async Task DisturbAsync(SoakWorld world, FaultStream faults, DateTimeOffset until, Task ended, CancellationToken cancellation)
    {
        var seconds = (int)options.Time.TotalSeconds;
        var kills = Enumerable.Range(1, 2 + (seconds / 120)).Select(kill => kill * seconds * 2 / 3 / (3 + (seconds / 120))).ToHashSet();
        var reported = clock.GetTimestamp();
        for (var second = 1; clock.GetUtcNow() < until && !ended.IsCompleted; second++)
        {
            if (kills.Contains(second))
            {
                faults.Kill();
            }
            else
            {
                await faults.ScriptAsync(second, cancellation);
            }

            if (clock.GetElapsedTime(reported) >= Report)
            {
                Progress(world, faults);
                reported = clock.GetTimestamp();
            }

            await Task.Delay(Second, clock, cancellation);
        }
    }

    /// <summary>Waits for competitions, but not for ever, and not where the world's hand failed.</summary>
    private async Task Within(Task competitions, Task hand)
    {
        var late = Task.Delay(Patience, clock);
        var first = await Task.WhenAny(competitions, hand, late);
        if (first != late)
        {
            await first;
        }

        if (!competitions.IsCompleted)
        {
            throw new CommandFailedException(
                $"{Patience} after the last fault these have not ended: {OpenText()}\nthe service's last words:\n{_local!.ServiceWords()}");
        }
    }

    /// <summary>Measured until it is as before, or for so long that idle connections are closed.</summary>
    private async Task<Footprint> SettledAsync(SoakWorld world, Footprint before, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            await Task.Delay(Quiet, clock, cancellation);
            var now = Measure(world);
            if (now.Excess(before, _ends.Count) is null || clock.GetElapsedTime(since) > LongestQuiet)
            {
                return now;
            }
        }
    }

    private static Footprint Measure(SoakWorld world)
        => Footprint.Of(world.Local.ServiceId) ?? throw new CommandFailedException("the service does not run where it should");

    private async Task<Ledger> LedgerAsync(TransactionBook book, OperatorApi api, LightningWorld lightning, CancellationToken cancellation)
    {
        _faucets.ForEach(book.AddFaucet);
        _ends.ForEach(end => book.AddFunding(end.Funding));
        await book.ReadAsync(cancellation);
        return await new LedgerMaker(lightning, book, _balances).MakeAsync(
            [.. _ends.Select(end => end.Played)], await api.WalletOutputsAsync(cancellation), cancellation);
    }

    private string OpenText()
    {
        lock (_groups)
        {
            return string.Join("; ", _groups.Select(group => group.Open).Where(open => open.Length > 0));
        }
    }

    private void Progress(SoakWorld world, FaultStream faults)
    {
        int open, ended;
        lock (_groups)
        {
            (open, ended) = (_groups.Sum(group => group.OpenCount), _ends.Count);
        }

        var footprint = Footprint.Of(world.Local.ServiceId);
        log.Tell(
            "progress", $"{open} competitions go on, {ended} have ended; {faults.Counts.Values.Sum()} faults; the service has {footprint?.ToString() ?? "to start again"}",
            ("open", open), ("ended", ended), ("faults", faults.Counts.Values.Sum()), ("resident", footprint?.Resident), ("descriptors", footprint?.Descriptors));
    }

    private bool Summarise(Ledger ledger, TransactionBook book, FaultStream faults, Footprint before, Footprint after)
    {
        var minutes = clock.GetElapsedTime(_begun).TotalMinutes;
        var (completed, others) = (_ends.Count(end => end.State == "completed"), _ends.Where(end => end.State != "completed").ToList());
        var excess = after.Excess(before, _ends.Count);
        foreach (var complaint in ledger.Complaints.Take(20))
        {
            log.Tell("complaint", $"the books: {complaint}", ("detail", complaint));
        }

        log.Tell("ledger", ledger.ToString(), ("ledger", ledger.ToJson()));
        log.Tell("faults", string.Join(", ", faults.Counts.Select(fault => $"{fault.Value} {fault.Key}")), [.. faults.Counts.Select(fault => (fault.Key, (JsonNode?)fault.Value))]);
        log.Tell(
            "summary",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_ends.Count} competitions in {minutes:F1} min, {_ends.Count / minutes:F1} a minute: {completed} completed, {others.Count} called off; "
                    + $"{book.All.Count} transactions verified; {ledger.Settled} invoices settled, {ledger.Canceled} canceled, {ledger.Held} held; "
                    + $"{(ledger.IsBalanced ? "the books balance to the satoshi" : "the books DO NOT BALANCE")}; the service had {before}, has {after}"
                    + $"{(excess is null ? string.Empty : $": {excess}")}"),
            ("competitions", _ends.Count),
            ("completed", completed),
            ("called_off", others.Count),
            ("faults", faults.Counts.Values.Sum()),
            ("held", ledger.Held),
            ("balanced", ledger.IsBalanced),
            ("resident_before", before.Resident),
            ("resident_after", after.Resident),
            ("descriptors_before", before.Descriptors),
            ("descriptors_after", after.Descriptors),
            ("excess", excess));
        return others.Count == 0 && ledger.IsBalanced && ledger.Held == 0 && excess is null;
    }
}
