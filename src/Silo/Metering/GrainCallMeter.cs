using System.Diagnostics.Metrics;

namespace Coordinator.Silo;

/// <summary>Calls into grains and their time, by type of grain. Types are the code's, so there are as many series as types.</summary>
internal sealed class GrainCallMeter : IDisposable
{
    private static readonly KeyValuePair<string, object?> Ok = new("result", "ok");
    private static readonly KeyValuePair<string, object?> Failed = new("result", "failed");

    private readonly Meter _meter = new("Coordinator.Calls");
    private readonly Counter<long> _number;
    private readonly Histogram<double> _seconds;

    public GrainCallMeter()
    {
        _number = _meter.CreateCounter<long>("coordinator_grain_calls", description: "Calls into grains, by type of grain; failed: by an exception, not by a refusal");
        _seconds = _meter.CreateHistogram(
            "coordinator_grain_call_seconds", "s", "Time of a call inside of its grain, by type",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30] });
    }

    public void Count(string type, bool failed, TimeSpan took)
    {
        var grain = new KeyValuePair<string, object?>("grain", type);
        _number.Add(1, grain, failed ? Failed : Ok);
        _seconds.Record(took.TotalSeconds, grain);
    }

    public void Dispose() => _meter.Dispose();
}
