using System.Net;
using System.Text.Json;
using Coordinator.Bitcoin;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Coordinator.Simulators.Chain;

/// <summary>How a simulator runs.</summary>
/// <param name="Port">On 127.0.0.1; 0: any free one.</param>
/// <param name="Folder">Keeps the chain here after every change and goes on from it; null: keeps nothing.</param>
/// <param name="Network">Decides addresses and the prefix of the routes.</param>
public sealed record ChainSimulatorOptions(int Port = 0, string? Folder = null, Network Network = Network.Regtest);

/// <summary>A chain with an esplora server on loopback. Faults and the world's course are set by code or over the control routes.</summary>
public sealed class ChainSimulator : IAsyncDisposable
{
    private readonly ChainSimulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _saving = new();
    private WebApplication? _server;

    /// <summary>A fresh chain, or the one in the folder; not listening yet.</summary>
    /// <exception cref="InvalidDataException">The folder holds something else.</exception>
    public ChainSimulator(ChainSimulatorOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var stored = options.Folder is null ? null : ChainSnapshot.Load(options.Folder);
        Model = stored is null ? new ChainModel(time.GetUtcNow()) : new ChainModel(stored);
        Save();
        Model.Changed += Save;
    }

    /// <summary>The node itself; change it directly or through the control routes.</summary>
    public ChainModel Model { get; }

    /// <summary>What goes wrong.</summary>
    public FaultScript Faults { get; } = new();

    /// <summary>What a client takes as esplora's address, without network and <c>/api</c>.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public Uri Address => _server is { } server ? new Uri(server.Urls.First()) : throw new InvalidOperationException("the simulator is not started");

    /// <summary>Base of the control routes.</summary>
    public Uri ControlAddress => new(Address, "/control/");

    /// <summary>Starts to listen. Once for each instance.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services.AddRoutingCore().ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        var server = builder.Build();
        server.UseRouting();
        server.Use(MisbehaveAsync);
        var prefix = _options.Network is Network.Regtest or Network.Testnet ? $"/{_options.Network.ToString().ToLowerInvariant()}/api" : "/api";
        new EsploraRoutes(Model, Faults, _options.Network).Map(server.MapGroup(prefix));
        new ControlRoutes(Model, Faults, _options.Network).Map(server.MapGroup("/control"));
        await server.StartAsync(cancellation);
        _server = server;
    }

    public async Task StopAsync(CancellationToken cancellation = default)
    {
        if (_server is { } server)
        {
            await server.StopAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Model.Changed -= Save;
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.Listen(IPAddress.Loopback, _options.Port);
        kestrel.Limits.MaxRequestBodySize = 32 * 1024 * 1024;
        kestrel.AddServerHeader = false;
    }

    private void Save()
    {
        if (_options.Folder is { } folder)
        {
            lock (_saving)
            {
                Model.Snapshot().Save(folder);
            }
        }
    }

    private async Task MisbehaveAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        var fault = path.StartsWith("/control", StringComparison.Ordinal) ? null : Faults.Take(context.Request.Method, path);
        switch (fault?.Kind)
        {
            case null:
                await next(context);
                break;
            case ChainFaultKind.Delay:
                await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMilliseconds), _time, context.RequestAborted);
                await next(context);
                break;
            case ChainFaultKind.Status:
                context.Response.StatusCode = fault.StatusCode;
                await context.Response.WriteAsync("scripted fault", context.RequestAborted);
                break;
            case ChainFaultKind.DropBefore:
                context.Abort();
                break;
            case ChainFaultKind.DropAfter:
                await UnheardAsync(context, next);
                context.Abort();
                break;
            case ChainFaultKind.Garbage:
                await UnheardAsync(context, next);
                context.Response.StatusCode = StatusCodes.Status200OK;
                await context.Response.WriteAsync("{\"half\": [", context.RequestAborted);
                break;
            case ChainFaultKind.Endless:
                await FloodAsync(context);
                break;
        }
    }

    /// <summary>Lets the request have its effect and throws the answer away.</summary>
    private static async Task UnheardAsync(HttpContext context, RequestDelegate next)
    {
        var real = context.Features.Get<IHttpResponseBodyFeature>()!;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        await next(context);
        context.Features.Set(real);
        context.Response.Headers.Clear();
    }

    private static async Task FloodAsync(HttpContext context)
    {
        var part = new byte[64 * 1024];
        part.AsSpan().Fill((byte)' ');
        for (var sent = 0; sent < 70 * 1024 * 1024 && !context.RequestAborted.IsCancellationRequested; sent += part.Length)
        {
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
        }
    }
}
