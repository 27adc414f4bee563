using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Coordinator.Simulators.Keymeld;

/// <summary>How a simulator runs.</summary>
public sealed record KeymeldSimulatorOptions
{
    /// <summary>On 127.0.0.1; 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>Keeps everything here after every change and goes on from it; null: keeps nothing.</summary>
    public string? Folder { get; init; }

    /// <summary>The behaviour to begin with; null: what is kept, or strict.</summary>
    public KeymeldBehaviour? Behaviour { get; init; }

    /// <summary>Gateway and enclaves.</summary>
    public KeymeldModelOptions Model { get; init; } = new();
}

/// <summary>A Keymeld gateway with its enclaves as a real server on loopback. Behaviour and faults are set by code or over the control
/// routes. Heavy work is done off the requests, on two threads at most.</summary>
public sealed class KeymeldSimulator : IAsyncDisposable
{
    private const int Workers = 2;

    private readonly KeymeldSimulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly KeymeldStore? _store;
    private readonly CancellationTokenSource _stop = new();
    private WebApplication? _server;
    private Task _ticking = Task.CompletedTask;

    /// <exception cref="InvalidDataException">The folder holds something else.</exception>
    public KeymeldSimulator(KeymeldSimulatorOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _time) = (options, time);
        _store = options.Folder is { } folder ? new KeymeldStore(folder) : null;
        Model = new KeymeldModel(_store?.Load(), options.Model, time.GetUtcNow());
        if (options.Behaviour is { } behaviour)
        {
            Model.Behaviour = behaviour;
        }

        Save();
        Model.Changed += Save;
    }

    /// <summary>Gateway and enclaves; change them directly or through the control routes.</summary>
    public KeymeldModel Model { get; }

    /// <summary>What goes wrong with requests.</summary>
    public KeymeldFaults Faults { get; } = new();

    /// <summary>What went over the wire.</summary>
    public KeymeldCounters Counters { get; } = new();

    /// <summary>What a client takes as the gateway's address, without <c>/api/v1</c>.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public Uri Address => _server is { } server ? new Uri(server.Urls.First())
        : throw new InvalidOperationException("the simulator is not started");

    /// <summary>Base of the control routes.</summary>
    public Uri ControlAddress => new(Address, "/control/");

    /// <summary>Starts to listen and to tick. Once for each instance.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        var server = builder.Build();
        server.UseRouting();
        server.Use(new KeymeldMiddleware(Model, Faults, Counters, _time).InvokeAsync);
        new KeymeldControl(this, _time).Map(server.MapGroup("/control"));
        await server.StartAsync(cancellation);
        _server = server;
        _ticking = Task.Run(TickAsync, CancellationToken.None);
    }

    /// <summary>Stops to listen; what is kept stays in the folder. Secret nonces are gone.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _ticking;
        if (_server is { } server)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
            await server.StopAsync(patience.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Model.Changed -= Save;
        Model.Restart();
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        _stop.Dispose();
    }

    private void Save() => _store?.Save(Model.Export);

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.Listen(IPAddress.Loopback, _options.Port);
        kestrel.Limits.MaxRequestBodySize = 2L * KeymeldBody.MostBytes;
        kestrel.AddServerHeader = false;
    }

    /// <summary>A tick does not begin before the one before it is done.</summary>
    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(_options.Model.Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (Model.TakeSteps(_time.GetUtcNow()) is { Count: > 0 } steps)
                {
                    await RunAsync(steps);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>On threads of their own, so that requests always find one.</summary>
    private static Task RunAsync(IReadOnlyList<Action> steps)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Math.Min(Workers, steps.Count)).Select(_ => Task.Factory.StartNew(
            Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        void Work()
        {
            for (var step = Interlocked.Increment(ref next); step < steps.Count; step = Interlocked.Increment(ref next))
            {
                steps[step]();
            }
        }
    }
}
