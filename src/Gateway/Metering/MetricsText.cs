using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Coordinator.Gateway.Metering;

/// <summary>
/// Collects every instrument of meters named <c>Coordinator.*</c> and writes them in the Prometheus text format. Counters end in
/// <c>_total</c>; histograms are written as count and sum. At most <see cref="MostSeries"/> series: what comes later is counted as dropped.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    internal const int MostSeries = 2_000;
    private const string Prefix = "Coordinator.";
    private const string Dropped = "coordinator_metrics_dropped_total";
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private int _series;
    private long _dropped;

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The page, with observable instruments read now.</summary>
    internal string Render()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
        {
            foreach (var (name, family) in _families)
            {
                family.Render(text, name);
            }

            text.Append(CultureInfo.InvariantCulture, $"# TYPE {Dropped} counter\n{Dropped} {_dropped}\n");
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (kind, adds) = KindOf(instrument);
        var name = NameOf(instrument.Name, kind);
        var labels = Labels(tags);
        lock (_gate)
        {
            if (!_families.TryGetValue(name, out var family))
            {
                _families[name] = family = new Family(kind, instrument.Description);
            }

            if (!family.Has(labels) && ++_series > MostSeries)
            {
                (_series, _dropped) = (MostSeries, _dropped + 1);
                return;
            }

            family.Take(labels, value, adds);
        }
    }

    private static (string Kind, bool Adds) KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) ? ("counter", true)
            : type == typeof(ObservableCounter<>) ? ("counter", false)
            : type == typeof(UpDownCounter<>) ? ("gauge", true)
            : type == typeof(Histogram<>) ? ("summary", true)
            : ("gauge", false);
    }

    private static string NameOf(string name, string kind)
    {
        var clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return kind == "counter" && !clean.EndsWith("_total", StringComparison.Ordinal) ? clean + "_total" : clean;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return string.Empty;
        }

        var parts = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
            parts.Add($"{NameOf(key, string.Empty)}=\"{text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"");
        }

        return $"{{{string.Join(',', parts)}}}";
    }

    /// <summary>All series of one name.</summary>
    private sealed class Family(string kind, string? help)
    {
        private readonly SortedDictionary<string, (double Value, long Count)> _series = new(StringComparer.Ordinal);

        internal bool Has(string labels) => _series.ContainsKey(labels);

        internal void Take(string labels, double value, bool adds)
        {
            var (sum, count) = _series.GetValueOrDefault(labels);
            _series[labels] = (adds ? sum + value : value, count + 1);
        }

        internal void Render(StringBuilder text, string name)
        {
            if (!string.IsNullOrEmpty(help))
            {
                text.Append("# HELP ").Append(name).Append(' ').Append(help.ReplaceLineEndings(" ")).Append('\n');
            }

            text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
            foreach (var (labels, (value, count)) in _series)
            {
                var number = value.ToString("R", CultureInfo.InvariantCulture);
                if (kind == "summary")
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}_count{labels} {count}\n{name}_sum{labels} {number}\n");
                }
                else
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {number}\n");
                }
            }
        }
    }
}
