using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Node;

namespace Coordinator.Cli.Processes;

/// <summary>On which ports the service listens; 0 is any free one.</summary>
internal sealed record ServicePorts(int Public, int Operator, int Metrics)
{
    public static ServicePorts Standard => new(9990, 9991, 9992);

    public static ServicePorts Free => new(0, 0, 0);
}

/// <summary>Where the service listens.</summary>
internal sealed record ServiceAddresses(Uri Public, Uri Operator, Uri Metrics);

/// <summary>How the two processes run.</summary>
/// <param name="Seed">Fixes the simulators' oracle and weather.</param>
/// <param name="IsHurried">Short intervals between looks, for a demo that nobody wants to wait for.</param>
/// <param name="Signing">How the service has contracts signed.</param>
/// <param name="Service">The service's program; null is the one built beside this program.</param>
/// <param name="Chain">Which chain the service sees.</param>
internal sealed record LocalWorldOptions(ulong Seed, bool IsHurried, SigningChoice Signing, string? Service = null, ChainChoice Chain = ChainChoice.Sim)
{
    /// <summary>A file with the connection string of a PostgreSQL database for the service's state; null keeps it in the data folder.</summary>
    public string? ConnectionStringFile { get; init; }

    /// <summary>Whether a second service stands by, with its own folder and the same database, key and addresses.</summary>
    public bool StandsBy { get; init; }
}

/// <summary>The service and the simulators, two processes over one data folder; the Bitcoin node, where there is one, is a third.</summary>
internal sealed class LocalWorld : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly DataFolder _folder;
    private readonly LocalWorldOptions _options;
    private readonly TimeProvider _clock;
    private readonly ChildProcess _simulators;
    private readonly LocalNode? _node;
    private readonly SemaphoreSlim _starting = new(1);
    private readonly ServiceProcesses _service;
    private ServicePorts _ports;
    private string? _settings;

    private LocalWorld(
        DataFolder folder, ServicePorts ports, LocalWorldOptions options, TimeProvider clock, ChildProcess simulators, LocalNode? node,
        IReadOnlyDictionary<string, string> addresses)
    {
        (_folder, _ports, _options, _clock, _simulators, _node) = (folder, ports, options, clock, simulators, node);
        _service = new ServiceProcesses(StartProcess, folder.Service, name => Path.Combine(folder.Root, name), options.StandsBy);
        Simulators = node is null ? addresses : node.InsteadOfSimulator(addresses);
    }

    /// <summary>Addresses and files of the simulators by name: chain, lnd, oracle, keymeld, each with its _control, and more; with a node, bitcoind and
    /// bitcoind_cookie instead of chain.</summary>
    public IReadOnlyDictionary<string, string> Simulators { get; }

    /// <summary>The Keymeld enclaves' public keys by number, taken from the enclaves themselves and not from the gateway.</summary>
    public ImmutableSortedDictionary<int, string> EnclaveKeys { get; private set; } = ImmutableSortedDictionary<int, string>.Empty;

    public ServiceAddresses Addresses { get; private set; } = new(new("http://127.0.0.1"), new("http://127.0.0.1"), new("http://127.0.0.1"));

    /// <summary>False while it is not started, was stopped, or has ended by itself.</summary>
    public bool ServiceRuns => _service.Runs;

    /// <summary>The service's process; 0 while there is none.</summary>
    public int ServiceId => _service.Id;

    public bool SimulatorsRun => !_simulators.HasExited && _node is null or { Runs: true };

    /// <summary>What players are told of the chain.</summary>
    public IReadOnlyList<string> ChainArguments
        => _node is null ? ["--chain", Simulators["chain"]] : ["--chain", Simulators["bitcoind"], "--chain-cookie", Simulators["bitcoind_cookie"]];

    /// <summary>The chain for the world's hand.</summary>
    public ChainWorld OpenChain(WorldHttp http) => _node is null ? new SimulatedChain(http, new Uri(Simulators["chain"])) : _node.OpenChain();

    /// <summary>Starts the simulators, the node where there is one, and then the service.</summary>
    public static async Task<LocalWorld> StartAsync(
        DataFolder folder, ServicePorts ports, LocalWorldOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var simulators = ChildProcess.Start(
            Binaries.Simulators,
            ["--data", folder.Simulators, "--seed", options.Seed.ToString(CultureInfo.InvariantCulture), "--stop-with-input"],
            folder.Log(Binaries.Simulators), static _ => { }, clock);
        LocalNode? node = null;
        LocalWorld? world = null;
        try
        {
            var addresses = (await simulators.ReadyAsync(cancellation)).EnumerateObject().Where(member => member.Name != "event")
                .ToDictionary(member => member.Name, member => member.Value.GetString()!, StringComparer.Ordinal);
            node = options.Chain == ChainChoice.Sim ? null : await LocalNode.StartAsync(folder.Node, new Uri(addresses["lnd_control"]), clock, cancellation);
            world = new LocalWorld(folder, ports, options, clock, simulators, node, addresses);
            await world.ReadEnclavesAsync(cancellation);
            await world.StartServiceAsync(cancellation);
            return world;
        }
        catch
        {
            await (world?.DisposeAsync() ?? simulators.DisposeAsync());
            await (world is null && node is not null ? node.DisposeAsync() : ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>Starts the service unless it runs, whoever else wants that too.</summary>
    /// <returns>Whether it was started here.</returns>
    public async Task<bool> KeepServiceAsync(CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            if (ServiceRuns)
            {
                return false;
            }

            await StartServiceAsync(cancellation);
            return true;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Starts the service, again on the ports it had before; where one stands by, waits until that one has taken over.</summary>
    public async Task StartServiceAsync(CancellationToken cancellation)
    {
        await WriteSettingsAsync(cancellation);
        var ready = await _service.StartAsync(cancellation);
        Addresses = new ServiceAddresses(At(ready, "public"), At(ready, "operator"), At(ready, "metrics"));
        _ports = new ServicePorts(Addresses.Public.Port, Addresses.Operator.Port, Addresses.Metrics.Port);
        await WriteSettingsAsync(cancellation); // the ports are known by now
        await _service.StandByAsync();
    }

    /// <summary>kill −9. The service works before it listens, so a moment to kill it at may come while it starts: then it is started once more.</summary>
    public void KillService() => _service.Kill();

    /// <summary>Only where they are others than before: one that is to stand by may be reading them.</summary>
    private async Task WriteSettingsAsync(CancellationToken cancellation)
    {
        if (Text() is var text && text != _settings)
        {
            await File.WriteAllTextAsync(_folder.ServiceSettings, text, cancellation);
            _settings = text;
        }
    }

    private ChildProcess StartProcess(string folder, string log) => ChildProcess.Start(
        Binaries.Service, _options.Service ?? Binaries.Find(Binaries.Service), ["--config", _folder.ServiceSettings, "--data", folder, "--stop-with-input"],
        _folder.Log(log), static _ => { }, _clock);

    /// <summary>Stops the service as Ctrl-C does; whoever stands by first, so that nobody takes over.</summary>
    public Task StopServiceAsync() => _service.StopAsync();

    /// <summary>The last lines of the service's log.</summary>
    public string ServiceWords() => _service.LastWords();

    public async ValueTask DisposeAsync()
    {
        await StopServiceAsync();
        await _simulators.DisposeAsync();
        await (_node?.DisposeAsync() ?? ValueTask.CompletedTask);
        _starting.Dispose();
    }

    private async Task ReadEnclavesAsync(CancellationToken cancellation)
    {
        using var client = WorldHttp.CreateClient();
        EnclaveKeys = await new KeymeldWorld(new WorldHttp(client), new Uri(Simulators["keymeld_control"])).EnclavesAsync(cancellation);
    }

    private static Uri At(JsonElement ready, string name) => new(ready.GetProperty(name).GetString()!);

    private string Text()
    {
        var settings = Settings();
        if (_options.ConnectionStringFile is { } file)
        {
            settings["Storage"] = new JsonObject { ["Kind"] = "postgres", ["ConnectionStringFile"] = Path.GetFullPath(file) };
            settings["Data"] = new JsonObject { ["KeyFile"] = _folder.KeyFile };
        }

        return settings.ToJsonString(Indented);
    }

    private JsonObject Settings() => new()
    {
        ["Network"] = "regtest",
        ["Gateway"] = new JsonObject
        {
            ["PublicPort"] = _ports.Public,
            ["OperatorPort"] = _ports.Operator,
            ["MetricsPort"] = _ports.Metrics,
            ["OperatorTokenFile"] = _folder.TokenFile,
        },
        ["Chain"] = Chain(),
        ["Lightning"] = new JsonObject
        {
            ["Address"] = Simulators["lnd"],
            ["TlsCertificatePath"] = Simulators["lnd_certificate"],
            ["MacaroonPath"] = Simulators["lnd_macaroon"],
            ["InvoicePoll"] = Interval(2_000, 10_000),
        },
        ["Oracle"] = new JsonObject { ["Address"] = Simulators["oracle"], ["Poll"] = Interval(500, 5_000) },
        ["Keymeld"] = Keymeld(),
        ["Competitions"] = new JsonObject
        {
            ["Signing"] = _options.Signing == SigningChoice.Keymeld ? "keymeld" : "local",
            ["SignatureGrace"] = Interval(2_000, 60_000),
            ["SigningWindow"] = "00:05:00",
            ["MaxFeeRateSatPerVbyte"] = 20,
        },
    };

    /// <summary>A node tells of its blocks itself.</summary>
    private JsonObject Chain() => _node is null
        ? new() { ["Address"] = Simulators["chain"], ["BlockPoll"] = Interval(200, 2_000), ["Poll"] = Interval(1_000, 10_000) }
        : new()
        {
            ["Source"] = "bitcoind",
            ["Address"] = Simulators["bitcoind"],
            ["CookieFile"] = Simulators["bitcoind_cookie"],
            ["BlockPoll"] = Interval(1_000, 5_000),
            ["Poll"] = Interval(1_000, 10_000),
        };

    /// <summary>Off regtest enclaves' keys must be known out of band; here they are, so that the demo goes the same way.</summary>
    private JsonObject Keymeld() => new()
    {
        ["Address"] = Simulators["keymeld"],
        ["ProbeTime"] = Interval(400, 2_000),
        ["Enclaves"] = new JsonObject(EnclaveKeys.Select(enclave =>
            KeyValuePair.Create(enclave.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)JsonValue.Create(enclave.Value)))),
    };

    private string Interval(int hurried, int usual) => TimeSpan.FromMilliseconds(_options.IsHurried ? hurried : usual).ToString("c");
}
