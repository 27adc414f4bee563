using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Coordinator.Simulators.Lnd;

/// <summary>How to start the simulator.</summary>
public sealed record LndSimulatorOptions
{
    /// <summary>Keeps certificate, macaroons and the node database; created when missing. A second start resumes from it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Port of the gRPC listener on 127.0.0.1; 0 takes a free one.</summary>
    public int GrpcPort { get; init; }

    /// <summary>Port of the control listener (HTTP and JSON) on 127.0.0.1; 0 takes a free one.</summary>
    public int ControlPort { get; init; }

    /// <summary>The world.</summary>
    public LndModelOptions Model { get; init; } = new();

    /// <summary>Name of the coordinator's node, which exists from the start.</summary>
    public string CoordinatorNode { get; init; } = "coordinator";

    /// <summary>Its own money in satoshis.</summary>
    public long CoordinatorSats { get; init; } = 50_000_000;

    /// <summary>Its room to receive in satoshis.</summary>
    public long CoordinatorInboundSats { get; init; } = 500_000_000;

    /// <summary>How often open invoices are looked at for their expiry.</summary>
    public TimeSpan TickEvery { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>LND as a real server on loopback: gRPC with TLS and macaroons for the coordinator, HTTP and JSON for players and
/// scripts.</summary>
public sealed class LndSimulator : IAsyncDisposable
{
    private readonly LndSimulatorOptions _options;
    private readonly TimeProvider _clock;
    private readonly LndStore _store;
    private readonly LndGrpcServer _server;
    private WebApplication? _grpc;
    private WebApplication? _control;
    private X509Certificate2? _certificate;
    private ITimer? _ticker;

    private LndSimulator(LndSimulatorOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _store = new LndStore(options.DataFolder);
        Model = new LndModel(options.Model, clock);
        _server = new LndGrpcServer(Model, Faults, clock);
    }

    /// <summary>The nodes themselves; usable from the same process beside the wire.</summary>
    public LndModel Model { get; }

    /// <summary>Faults on the wire.</summary>
    public LndFaults Faults { get; } = new();

    /// <summary>Whether the server is up, starting or locked.</summary>
    public LndServerState ServerState
    {
        get => _server.State;
        set => _server.State = value;
    }

    /// <summary>https address of the gRPC listener.</summary>
    public Uri GrpcAddress { get; private set; } = new("https://127.0.0.1");

    /// <summary>http address of the control listener.</summary>
    public Uri ControlAddress { get; private set; } = new("http://127.0.0.1");

    /// <summary>The certificate to pin (PEM).</summary>
    public string CertificatePath => Path.Combine(_options.DataFolder, "tls.cert");

    /// <summary>The macaroon of the coordinator's node.</summary>
    public string MacaroonPath => MacaroonPathOf(_options.CoordinatorNode);

    /// <summary>The macaroon of a node; the file exists once the node does.</summary>
    public string MacaroonPathOf(string node) => Path.Combine(_options.DataFolder, node + ".macaroon");

    /// <summary>Starts both listeners on a new or a resumed world.</summary>
    /// <exception cref="InvalidDataException">The stored world is damaged.</exception>
    /// <exception cref="IOException">A port is taken or the folder cannot be written.</exception>
    public static async Task<LndSimulator> StartAsync(
        LndSimulatorOptions options, TimeProvider clock, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(options.DataFolder);
        var simulator = new LndSimulator(options, clock);
        try
        {
            await simulator.StartAsync(cancellation);
            return simulator;
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a node (or returns it) and writes its macaroon.</summary>
    /// <exception cref="ArgumentException">A name or an amount out of range.</exception>
    public LndNodeView EnsureNode(string name, long localSats, long inboundSats)
    {
        if (localSats is < 0 or > 2_100_000_000_000 || inboundSats is < 0 or > 2_100_000_000_000)
        {
            throw new ArgumentException("amounts are 0 to 21 000 BTC", nameof(localSats));
        }

        var view = Model.EnsureNode(name, localSats * 1_000, inboundSats * 1_000);
        OwnerFile.Replace(MacaroonPathOf(name), Model.MacaroonOf(name));
        return view;
    }

    /// <summary>Ends every open stream: with OK, as a node that stops does, or by breaking it.</summary>
    public void DisconnectStreams(bool withOk) => _server.DisconnectStreams(withOk);

    /// <summary>Stops both listeners; the world stays in the folder.</summary>
    public async Task StopAsync()
    {
        if (_ticker is not null)
        {
            await _ticker.DisposeAsync();
        }

        _server.DisconnectStreams(withOk: true);
        foreach (var application in new[] { _grpc, _control })
        {
            if (application is not null)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
                await application.StopAsync(patience.Token);
                await application.DisposeAsync();
            }
        }

        (_grpc, _control) = (null, null);
        await _store.DisposeAsync();
        _certificate?.Dispose();
        _certificate = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StartAsync(CancellationToken cancellation)
    {
        var stored = _store.Load();
        if (stored is not null)
        {
            Model.Import(stored);
        }

        _store.Begin(Model.Export() with { Journal = stored?.Journal ?? 0 });
        var changes = new List<LndEvent>();
        Model.Subscribe(changes.Add);
        Model.Changed = () =>
        {
            _store.Add(Model.ExportHeads(), changes);
            changes.Clear();
        };
        EnsureNode(_options.CoordinatorNode, _options.CoordinatorSats, _options.CoordinatorInboundSats);
        _certificate = LndCertificate.LoadOrCreate(CertificatePath, Path.Combine(_options.DataFolder, "tls.key"), _clock);
        _grpc = Build(_store, _options.GrpcPort, HttpProtocols.Http2, _certificate);
        _server.Map(_grpc);
        _control = Build(_store, _options.ControlPort, HttpProtocols.Http1, certificate: null);
        new LndControl(this, _clock).Map(_control);
        await _grpc.StartAsync(cancellation);
        await _control.StartAsync(cancellation);
        GrpcAddress = new Uri(_grpc.Urls.First());
        ControlAddress = new Uri(_control.Urls.First());
        _ticker = _clock.CreateTimer(_ => Model.Tick(), null, _options.TickEvery, _options.TickEvery);
    }

    private static WebApplication Build(LndStore store, int port, HttpProtocols protocols, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.ConfigureHttpJsonOptions(json => LndControl.Configure(json.SerializerOptions));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 2_000;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        var application = builder.Build();
        application.Use((context, next) =>
        {
            // Nobody hears of what could still be lost.
            context.Response.OnStarting(store.SavedAsync);
            return next(context);
        });
        return application;
    }
}
