using System.Diagnostics.Metrics;
using System.Globalization;

namespace Coordinator.Gateway.Metering;

/// <summary>What the gateway counts: requests by method, route pattern and status, and their time.</summary>
internal sealed class GatewayMeter : IDisposable
{
    private readonly Meter _meter = new("Coordinator.Gateway");
    private readonly Counter<long> _requests;
    private readonly Counter<long> _throttled;
    private readonly Histogram<double> _seconds;

    public GatewayMeter()
    {
        _requests = _meter.CreateCounter<long>("coordinator_gateway_requests", description: "Answered requests");
        _meter.CreateObservableGauge("coordinator_process_resident_bytes", () => Environment.WorkingSet, description: "Memory of the process");
        _meter.CreateObservableGauge("coordinator_process_heap_bytes", () => GC.GetTotalMemory(false), description: "Of it, objects");
        _throttled = _meter.CreateCounter<long>("coordinator_gateway_throttled", description: "Requests and connections refused by a limit");
        _seconds = _meter.CreateHistogram(
            "coordinator_gateway_request_seconds", "s", "Time to answer",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
    }

    internal void Count(string method, string route, int status, TimeSpan took)
    {
        var verb = method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" ? method : "other";
        _requests.Add(1, new("method", verb), new("route", route), new("status", status.ToString(CultureInfo.InvariantCulture)));
        _seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("route", route));
    }

    /// <param name="limit">Which limit: one of a few words.</param>
    internal void Throttle(string limit) => _throttled.Add(1, new KeyValuePair<string, object?>("limit", limit));

    public void Dispose() => _meter.Dispose();
}
