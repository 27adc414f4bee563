using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Coordinator.Silo;

/// <summary>Counts what could not be sent: a collector that is away must be seen on <c>/metrics</c>, since it cannot be told to the collector. The exporter of
/// log records cannot be watched so: where only the log is sent, its loss is not counted.</summary>
internal sealed class SendMeter : IDisposable
{
    private readonly Meter _meter = new("Coordinator.Telemetry");
    private readonly Counter<long> _failures;

    public SendMeter()
        => _failures = _meter.CreateCounter<long>("coordinator_telemetry_send_failures", description: "Batches that the collector did not take, traces or metrics; they are dropped");

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
