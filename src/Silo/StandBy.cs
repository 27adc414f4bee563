using System.Net;
using Coordinator.Gateway;

namespace Coordinator.Silo;

/// <summary>
/// What a process does that waits until the active one ends: it answers on the players' listener that it lives and that nobody may be sent to it, and on the
/// scrapers' that it stands by. Nothing else is open: no key, no grain, no connection to anybody but the database. Where somebody else on this machine listens
/// on these addresses (the active process, say) it answers nobody and waits all the same.
/// </summary>
internal sealed partial class StandBy(GatewayOptions gateway, TelemetrySection telemetry, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>The query with which probes ask the health route whether the process lives, and not whether it may be sent players.</summary>
    public const string Alive = "alive";

    public const string Gauge = "coordinator_standing_by";

    public const string GaugeHelp = "1: waits until the active process ends";

    private readonly Lock _gate = new();
    private readonly ILoggerFactory _loggers = LoggerFactory.Create(logging => logging
        .AddProvider(new LineLoggerProvider(clock, telemetry.LogFormat == "json")).SetMinimumLevel(telemetry.LeastLevel));

    private Task<WebApplication?>? _listening;
    private bool _ended;

    private ILogger Logger => _loggers.CreateLogger<StandBy>();

    /// <summary>Begins to answer. Safe to repeat; returns at once.</summary>
    /// <param name="why">One sentence for the log.</param>
    public void Begin(string why)
    {
        lock (_gate)
        {
            if (_listening is null && !_ended)
            {
                LogStandingBy(Logger, why);
                _listening = ListenAsync();
            }
        }
    }

    /// <summary>Leaves the addresses to the service, which listens next. Safe to repeat.</summary>
    public async Task EndAsync()
    {
        Task<WebApplication?>? listening;
        lock (_gate)
        {
            (listening, _listening, _ended) = (_listening, null, true);
        }

        if (listening is not null && await listening is { } app)
        {
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _loggers.Dispose();
    }

    /// <summary>Told when this process has become the active one.</summary>
    public void TellTakenOver()
    {
        if (_listening is not null)
        {
            LogTakenOver(Logger);
        }
    }

    private async Task<WebApplication?> ListenAsync()
    {
        await Task.Yield();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Listen(new IPEndPoint(IPAddress.Parse(gateway.PublicAddress), gateway.PublicPort), listen => listen.Use(next => connection =>
            {
                connection.Items[typeof(StandBy)] = ListenerKind.Public;
                return next(connection);
            }));
            kestrel.Listen(new IPEndPoint(IPAddress.Parse(gateway.MetricsAddress), gateway.MetricsPort));
        });
        builder.Services.AddSingleton<IHostLifetime, Silent>();
        var app = builder.Build();
        app.Run(Answer);
        try
        {
            await app.StartAsync();
            return app;
        }
        catch (IOException failure)
        {
            LogDeaf(Logger, failure.Message);
            await app.DisposeAsync();
            return null;
        }
    }

    private static Task Answer(HttpContext context)
    {
        var isPublic = context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionItemsFeature>()?.Items.ContainsKey(typeof(StandBy)) == true;
        var path = context.Request.Path.Value;
        if (!isPublic && path == "/metrics")
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync($"# HELP {Gauge} {GaugeHelp}\n# TYPE {Gauge} gauge\n{Gauge} 1\n");
        }

        var isAlive = isPublic && path == "/api/v1/health_check" && context.Request.QueryString.Value == $"?{Alive}";
        context.Response.StatusCode = isAlive ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = isAlive ? default : new("5");
        return Task.CompletedTask;
    }

    [LoggerMessage(49, LogLevel.Information, "{Why}")]
    private static partial void LogStandingBy(ILogger logger, string why);

    [LoggerMessage(50, LogLevel.Warning, "stands by without listening: {Why}")]
    private static partial void LogDeaf(ILogger logger, string why);

    [LoggerMessage(51, LogLevel.Warning, "the process that was active is gone: this one takes over")]
    private static partial void LogTakenOver(ILogger logger);

    /// <summary>Signals are the program's own.</summary>
    private sealed class Silent : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Last before the listeners open: whoever stood by leaves them.</summary>
internal sealed class StandByEnd(StandBy standBy) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => standBy.EndAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
