using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;

namespace Coordinator.Silo;

/// <summary>Counts what could not be sent: a collector that is away must be seen on <c>/metrics</c>, since it cannot be told to the collector.</summary>
internal sealed class SendMeter : IDisposable
{
    private readonly Meter _meter = new("Coordinator.Telemetry");
    private readonly Counter<long> _failures;

    public SendMeter()
        => _failures = _meter.CreateCounter<long>("coordinator_telemetry_send_failures", description: "Batches that the collector did not take, of traces, metrics or the log; they are dropped");

    public ExportResult Count(string signal, ExportResult result)
    {
        if (result != ExportResult.Success)
        {
            _failures.Add(1, new KeyValuePair<string, object?>("signal", signal));
        }

        return result;
    }

    public void Dispose() => _meter.Dispose();
}

internal sealed class TraceSender(OtlpExporterOptions options, SendMeter meter) : OtlpTraceExporter(options)
{
    public override ExportResult Export(in Batch<Activity> activityBatch) => meter.Count("traces", base.Export(activityBatch));
}

internal sealed class MetricSender(OtlpExporterOptions options, SendMeter meter) : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics) => meter.Count("metrics", base.Export(metrics));
}

/// <summary>The exporter of log records is sealed: this one stands in front of it. It leaves the end of <paramref name="inner"/> to
/// <see cref="LogSource"/>, which ends it after the last batch.</summary>
internal sealed class LogSender(OtlpLogExporter inner, SendMeter meter) : BaseExporter<LogRecord>
{
    public override ExportResult Export(in Batch<LogRecord> batch) => meter.Count("logs", inner.Export(batch));
}

/// <summary>Sends nothing. The exporter reads what describes this service from the provider it belongs to, and only a processor of its own makes it belong
/// to one. Add it after the processor that sends: processors end in their order.</summary>
internal sealed class LogSource(OtlpLogExporter exporter) : BaseExportProcessor<LogRecord>(exporter)
{
    protected override void OnExport(LogRecord data)
    {
    }
}
