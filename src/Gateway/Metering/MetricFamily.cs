using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Coordinator.Gateway.Metering;

/// <summary>All series of one name. Not safe for several threads at once: its owner sees to that.</summary>
internal sealed class MetricFamily
{
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly string _kind;
    private readonly bool _adds;
    private readonly bool _isObserved;
    private readonly string? _help;
    private readonly double[] _bounds;

    private MetricFamily(string name, string kind, bool adds, bool isObserved, string? help, double[] bounds)
        => (Name, _kind, _adds, _isObserved, _help, _bounds) = (name, kind, adds, isObserved, help, bounds);

    internal string Name { get; }

    internal static MetricFamily Of(Instrument instrument)
    {
        var bounds = BoundsOf(instrument);
        var type = instrument.GetType().GetGenericTypeDefinition();
        var (kind, adds) = type == typeof(Counter<>) ? ("counter", true)
            : type == typeof(ObservableCounter<>) ? ("counter", false)
            : type == typeof(UpDownCounter<>) ? ("gauge", true)
            : type == typeof(Histogram<>) ? (bounds.Length > 0 ? "histogram" : "summary", true)
            : ("gauge", false);
        return new MetricFamily(NameOf(instrument.Name, kind), kind, adds, instrument.IsObservable, instrument.Description, bounds);
    }

    /// <summary>What tells series of this family apart.</summary>
    internal static string KeyOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return string.Empty;
        }

        if (tags.Length == 1)
        {
            return ValueOf(tags[0]);
        }

        var key = new StringBuilder();
        foreach (var tag in tags)
        {
            key.Append(tag.Key).Append('\u001f').Append(ValueOf(tag)).Append('\u001e');
        }

        return key.ToString();
    }

    /// <summary>The labels as they are written.</summary>
    internal static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var parts = new List<string>(tags.Length);
        foreach (var tag in tags)
        {
            parts.Add($"{NameOf(tag.Key, string.Empty)}=\"{ValueOf(tag).Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"");
        }

        return string.Join(',', parts);
    }

    internal bool Has(string key) => _series.ContainsKey(key);

    internal void Add(string key, string labels) => _series[key] = new Series(labels, new long[_bounds.Length]);

    internal void Take(string key, double value)
    {
        var series = _series[key];
        series.Value = _adds ? series.Value + value : value;
        series.Count++;
        for (var bound = 0; bound < _bounds.Length; bound++)
        {
            series.Buckets[bound] += value <= _bounds[bound] ? 1 : 0;
        }
    }

    /// <summary>Drops what is read anew each time.</summary>
    /// <returns>How many series that was.</returns>
    internal int Forget()
    {
        var count = _isObserved ? _series.Count : 0;
        if (_isObserved)
        {
            _series.Clear();
        }

        return count;
    }

    internal void Render(StringBuilder text)
    {
        if (!string.IsNullOrEmpty(_help))
        {
            text.Append("# HELP ").Append(Name).Append(' ').Append(_help.ReplaceLineEndings(" ")).Append('\n');
        }

        text.Append("# TYPE ").Append(Name).Append(' ').Append(_kind).Append('\n');
        foreach (var series in _series.Values)
        {
            var labels = series.Labels.Length == 0 ? string.Empty : $"{{{series.Labels}}}";
            var number = series.Value.ToString("R", CultureInfo.InvariantCulture);
            if (_kind is not ("summary" or "histogram"))
            {
                text.Append(CultureInfo.InvariantCulture, $"{Name}{labels} {number}\n");
                continue;
            }

            if (_kind == "histogram")
            {
                RenderBuckets(text, series);
            }

            text.Append(CultureInfo.InvariantCulture, $"{Name}_count{labels} {series.Count}\n{Name}_sum{labels} {number}\n");
        }
    }

    private void RenderBuckets(StringBuilder text, Series series)
    {
        var others = series.Labels.Length == 0 ? string.Empty : $"{series.Labels},";
        for (var bound = 0; bound < _bounds.Length; bound++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{others}le=\"{_bounds[bound]:R}\"}} {series.Buckets[bound]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{others}le=\"+Inf\"}} {series.Count}\n");
    }

    private static double[] BoundsOf(Instrument instrument)
        => instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } ? [.. bounds] : [];

    private static string ValueOf(KeyValuePair<string, object?> tag)
        => tag.Value as string ?? Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? string.Empty;

    private static string NameOf(string name, string kind)
    {
        var clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return kind == "counter" && !clean.EndsWith("_total", StringComparison.Ordinal) ? clean + "_total" : clean;
    }

    private sealed class Series(string labels, long[] buckets)
    {
        internal string Labels { get; } = labels;

        internal long[] Buckets { get; } = buckets;

        internal double Value { get; set; }

        internal long Count { get; set; }
    }
}
