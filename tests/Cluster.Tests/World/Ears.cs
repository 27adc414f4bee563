using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Coordinator.Cluster.Tests;

/// <summary>Hears every span and every measurement of the process while it lives, those of tests beside it, too.</summary>
internal sealed class Ears : IDisposable
{
    private readonly ConcurrentQueue<string> _labels = [];
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public Ears()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Coordinator.", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _meters.Start();
    }

    public IReadOnlyCollection<Activity> Spans => _spans;

    /// <summary>Spans with all that hangs on them, and measurements with their labels.</summary>
    public string Everything => string.Join('\n', _spans.Select(Text).Concat(_labels));

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    private static string Text(Activity span)
        => $"{span.Source.Name} {span.DisplayName} {span.StatusDescription} {span.TraceStateString} {Tags(span.TagObjects)} "
            + string.Join(' ', span.Events.Select(one => $"{one.Name} {Tags(one.Tags)}")) + string.Join(' ', span.Baggage);

    private static string Tags(IEnumerable<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.Select(tag => $"{tag.Key}={tag.Value}"));

    private void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => _labels.Enqueue($"{instrument.Name} {value} {Tags(tags.ToArray())}");
}
