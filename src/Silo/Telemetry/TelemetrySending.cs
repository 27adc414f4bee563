using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Coordinator.Silo;

/// <summary>What is sent begins before anything else of the host and ends after it; the end waits a few seconds for the last batches, and no longer.</summary>
/// <remarks>Register it first: hosted services stop in reverse order.</remarks>
internal sealed class TelemetrySending(TelemetrySection section, SendMeter meter) : IHostedService, IDisposable
{
    private const int LastSeconds = 3;

    private readonly TracerProvider? _tracer = TelemetryHosting.Tracer(section, meter);
    private readonly MeterProvider? _meters = TelemetryHosting.Meters(section, meter);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Both at once, on threads of their own: the exporters wait without a token.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => _tracer?.Shutdown(LastSeconds * 1_000), CancellationToken.None),
        Task.Run(() => _meters?.Shutdown(LastSeconds * 1_000), CancellationToken.None));

    public void Dispose()
    {
        _tracer?.Dispose();
        _meters?.Dispose();
    }
}
