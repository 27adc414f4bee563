using System.Reflection;
using Coordinator.Chain;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Coordinator.Silo;

/// <summary>Puts log, traces and metrics into the host as the section <c>Telemetry</c> wants them. Without an address nothing is sent, nothing is
/// traced and no filter is in the way of a call.</summary>
internal static class TelemetryHosting
{
    /// <summary>What one sending may take: a collector that hangs costs a batch.</summary>
    private static readonly TimeSpan SendTime = TimeSpan.FromSeconds(5);

    public static void AddTelemetry(this WebApplicationBuilder builder, TelemetrySection section, TimeProvider clock)
    {
        var level = section.LeastLevel;
        builder.Logging.ClearProviders().AddProvider(new LineLoggerProvider(clock, section.LogFormat == "json")).SetMinimumLevel(level)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning)
            .AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        builder.Services.AddSingleton<SendMeter>();
        builder.Services.AddHostedService(provider => new TelemetrySending(section, provider.GetRequiredService<SendMeter>()));
        if (section is { IsSent: true, Logs: true })
        {
            builder.Services.AddSingleton(_ => new OtlpLogExporter(Options(section, "logs")));
            builder.Services.AddSingleton<LogSender>().AddSingleton<LogSource>();
            builder.Services.AddSingleton(provider => LogProcessor(provider.GetRequiredService<LogSender>()));
            builder.Logging.AddOpenTelemetry();
            builder.Services.AddOptions<OpenTelemetryLoggerOptions>().Configure<BatchLogRecordExportProcessor, LogSource>((options, processor, source) =>
            {
                options.IncludeFormattedMessage = true;
                options.SetResourceBuilder(Described()).AddProcessor(processor).AddProcessor(source);
            });
        }
    }

    /// <summary>Adds the filters of grain calls where traces are sent.</summary>
    public static ISiloBuilder AddTraces(this ISiloBuilder silo, TelemetrySection section)
    {
        if (section is { IsSent: true, Traces: true })
        {
            var trace = new GrainTrace();
            silo.AddOutgoingGrainCallFilter(trace).AddIncomingGrainCallFilter(trace);
        }

        return silo;
    }

    /// <summary>With spans for what is sent, where traces are.</summary>
    public static IChain Traced(this IChain chain, TelemetrySection section) => section is { IsSent: true, Traces: true } ? new TracedChain(chain) : chain;

    public static TracerProvider? Tracer(TelemetrySection section, SendMeter meter) => section is { IsSent: true, Traces: true }
        ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Described()).SetSampler(new WorkSampler(section.TracePercent / 100.0))
            .AddSource("Coordinator.*", "System.Net.Http")
            .AddProcessor(new BatchActivityExportProcessor(new TraceSender(Options(section, "traces"), meter), exporterTimeoutMilliseconds: (int)SendTime.TotalMilliseconds))
            .Build()
        : null;

    public static MeterProvider? Meters(TelemetrySection section, SendMeter meter) => section is { IsSent: true, Metrics: true }
        ? Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Described()).AddMeter("Coordinator.*", "Microsoft.Orleans")
            .AddReader(new PeriodicExportingMetricReader(
                new MetricSender(Options(section, "metrics"), meter), (int)section.MetricsPeriod.TotalMilliseconds, (int)SendTime.TotalMilliseconds))
            .Build()
        : null;

    private static BatchLogRecordExportProcessor LogProcessor(LogSender sender) => new(sender, exporterTimeoutMilliseconds: (int)SendTime.TotalMilliseconds);

    private static OtlpExporterOptions Options(TelemetrySection section, string signal) => new()
    {
        Endpoint = section.Protocol == "http" ? new Uri(section.OtlpAddress!, $"/v1/{signal}") : section.OtlpAddress!,
        Protocol = section.Protocol == "http" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
        Headers = OtlpHeaders.Read(section.HeadersFile),
        TimeoutMilliseconds = (int)SendTime.TotalMilliseconds,
    };

    private static ResourceBuilder Described() => ResourceBuilder.CreateDefault().AddService(
        "coordinator", serviceVersion: Version(), autoGenerateServiceInstanceId: false, serviceInstanceId: Environment.MachineName);

    private static string? Version() => typeof(TelemetryHosting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}
