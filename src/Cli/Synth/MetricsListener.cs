using System.Net;
using System.Net.Sockets;
using Coordinator.Cli.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coordinator.Cli.Synth;

/// <summary>Answers <c>GET /metrics</c> on one address, and nothing else.</summary>
internal sealed class MetricsListener : IAsyncDisposable
{
    private const string TextType = "text/plain; version=0.0.4; charset=utf-8";
    private const int MostConnections = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication _server;

    private MetricsListener(WebApplication server, IPEndPoint address) => (_server, Address) = (server, address);

    /// <summary>Where it listens, with the port that was taken.</summary>
    public IPEndPoint Address { get; }

    /// <param name="address"><c>127.0.0.1:PORT</c>; port 0 takes a free one.</param>
    /// <param name="text">The metrics as they are now. Where it throws <see cref="CommandFailedException"/>, the scraper gets 500.</param>
    /// <exception cref="CommandFailedException">It is no address (exit code 2), or taken.</exception>
    public static async Task<MetricsListener> StartAsync(string address, Func<string> text, CancellationToken cancellation)
    {
        if (!IPEndPoint.TryParse(address, out var at) || !address.Contains(':', StringComparison.Ordinal))
        {
            throw new CommandFailedException($"--metrics-listen '{address}' is no address and port, such as 127.0.0.1:9980", 2);
        }

        var server = Build(at, text);
        try
        {
            await server.StartAsync(cancellation);
            return new MetricsListener(server, new IPEndPoint(at.Address, new Uri(server.Urls.First()).Port));
        }
        catch (Exception failure)
        {
            await server.DisposeAsync();
            throw failure is IOException or SocketException ? new CommandFailedException($"--metrics-listen '{address}' cannot be listened on: {failure.Message}") : failure;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static WebApplication Build(IPEndPoint at, Func<string> text)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, at));
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, CommandLifetime>();
        var server = builder.Build();
        server.UseRouting();
        server.MapGet("/metrics", context => AnswerAsync(context, text));
        return server;
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint at)
    {
        kestrel.Listen(at, listener => listener.Protocols = HttpProtocols.Http1);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = Patience;
        kestrel.Limits.KeepAliveTimeout = Patience;
    }

    private static async Task AnswerAsync(HttpContext context, Func<string> text)
    {
        try
        {
            var metrics = text();
            context.Response.ContentType = TextType;
            await context.Response.WriteAsync(metrics, context.RequestAborted);
        }
        catch (CommandFailedException)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>Signals are the command's: the server lives as long as its owner wants.</summary>
    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
