using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Coordinator.Gateway.Metering;

/// <summary>
/// Collects every instrument of meters named <c>Coordinator.*</c>, and those of the grains' engine that <see cref="OfEngine"/> names, and writes them
/// in the Prometheus text format. Counters end in <c>_total</c>; histograms with advised bounds are written as histograms, others as count and sum. A
/// family is written from the moment its instrument exists. At most <see cref="MostSeries"/> series: what comes later is counted as dropped.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    internal const int MostSeries = 2_000;
    private const string Prefix = "Coordinator.";
    private const string Engine = "Microsoft.Orleans";
    private const string Dropped = "coordinator_metrics_dropped_total";
    private const string Unread = "coordinator_metrics_unread_total";

    /// <summary>Of the engine's own instruments only these: they exist under every engine.</summary>
    private static readonly string[] OfEngine = ["orleans-grains", "orleans-reminders-active"];

    private readonly Lock _gate = new();
    private readonly Lock _rendering = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private int _series;
    private long _dropped;
    private long _unread;

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsShown(instrument))
            {
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Take(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Take(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Take(family, value, tags));
        _listener.Start();
    }

    /// <summary>The page, with observable instruments read now.</summary>
    internal string Render()
    {
        lock (_rendering)
        {
            lock (_gate)
            {
                // What is read now replaces what was read before: a series that is gone must not stay.
                _series -= _families.Values.Sum(family => family.Forget());
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException unread)
            {
                _unread += unread.InnerExceptions.Count; // all others were read: one that cannot be must not cost the page
            }

            var text = new StringBuilder();
            lock (_gate)
            {
                foreach (var family in _families.Values)
                {
                    family.Render(text);
                }

                text.Append("# HELP ").Append(Dropped).Append(" Measurements of series beyond the limit\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {Dropped} counter\n{Dropped} {_dropped}\n");
                text.Append("# HELP ").Append(Unread).Append(" Instruments that could not be read when the page was asked for\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {Unread} counter\n{Unread} {_unread}\n");
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsShown(Instrument instrument)
        => instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal)
            || (instrument.Meter.Name == Engine && OfEngine.Contains(instrument.Name, StringComparer.Ordinal));

    private MetricFamily FamilyOf(Instrument instrument)
    {
        var family = MetricFamily.Of(instrument);
        lock (_gate)
        {
            if (_families.TryGetValue(family.Name, out var known))
            {
                return known;
            }

            _families[family.Name] = family;
            return family;
        }
    }

    private void Take(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var family = (MetricFamily)state!;
        var key = MetricFamily.KeyOf(tags);
        lock (_gate)
        {
            if (!family.Has(key))
            {
                if (_series >= MostSeries)
                {
                    _dropped++;
                    return;
                }

                _series++;
                family.Add(key, MetricFamily.LabelsOf(tags));
            }

            family.Take(key, value);
        }
    }
}
