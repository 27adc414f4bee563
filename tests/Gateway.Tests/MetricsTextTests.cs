using System.Diagnostics.Metrics;
using Coordinator.Gateway.Metering;

namespace Coordinator.Gateway.Tests;

/// <summary>The scrapers' page.</summary>
public sealed class MetricsTextTests
{
    [Fact]
    public void An_instrument_that_cannot_be_read_costs_only_itself()
    {
        using var meter = new Meter("Coordinator.Unread");
        using var text = new MetricsText();
        meter.CreateObservableGauge("coordinator_test_unread", (Func<long>)(() => throw new ObjectDisposedException("whatever it reads")));
        meter.CreateObservableGauge("coordinator_test_read", () => 7L);
        var page = text.Render();
        Assert.Contains("coordinator_test_read 7\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("coordinator_metrics_unread_total 0\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_gauges_and_histograms_of_our_meters_are_written_and_others_not()
    {
        using var page = new MetricsText();
        using var ours = new Meter("Coordinator.Sample");
        using var theirs = new Meter("Sample");
        var counter = ours.CreateCounter<long>("sample.things", description: "Things\nseen");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a\"b\\c\nd"));
        ours.CreateHistogram<double>("sample_seconds").Record(0.5);
        ours.CreateObservableGauge("sample_depth", () => 7);
        ours.CreateUpDownCounter<int>("sample_open").Add(-1);
        theirs.CreateCounter<long>("other_things").Add(1);
        var text = page.Render();
        Assert.Contains("# HELP sample_things_total Things seen\n# TYPE sample_things_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("""sample_things_total{kind="a\"b\\c\nd"} 5""", text, StringComparison.Ordinal);
        Assert.Contains("sample_seconds_count 1\nsample_seconds_sum 0.5\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE sample_depth gauge\nsample_depth 7\n", text, StringComparison.Ordinal);
        Assert.Contains("sample_open -1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("other_things", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_is_shown_before_its_first_value_and_what_is_gone_is_shown_no_more()
    {
        using var page = new MetricsText();
        using var meter = new Meter("Coordinator.Gone");
        var kinds = new List<string> { "a", "b" };
        meter.CreateCounter<long>("gone_events", description: "Never yet");
        meter.CreateObservableGauge("gone_kinds", () => kinds.Select(kind => new Measurement<int>(1, new KeyValuePair<string, object?>("kind", kind))));
        Assert.Contains("# HELP gone_events_total Never yet\n# TYPE gone_events_total counter\n", page.Render(), StringComparison.Ordinal);
        Assert.Contains("gone_kinds{kind=\"b\"} 1\n", page.Render(), StringComparison.Ordinal);
        kinds.Remove("b");
        var text = page.Render();
        Assert.Contains("gone_kinds{kind=\"a\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("gone_kinds{kind=\"b\"}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_with_advised_bounds_have_buckets_that_add_up()
    {
        using var page = new MetricsText();
        using var meter = new Meter("Coordinator.Buckets");
        var times = meter.CreateHistogram("bucket_seconds", "s", null, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 })
        {
            times.Record(value, new KeyValuePair<string, object?>("route", "/a"));
        }

        Assert.Contains(
            "bucket_seconds_bucket{route=\"/a\",le=\"0.1\"} 2\nbucket_seconds_bucket{route=\"/a\",le=\"1\"} 3\nbucket_seconds_bucket{route=\"/a\",le=\"+Inf\"} 4\n"
            + "bucket_seconds_count{route=\"/a\"} 4\nbucket_seconds_sum{route=\"/a\"} 7.65",
            page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_have_a_bound_and_what_is_dropped_is_counted()
    {
        using var page = new MetricsText();
        using var meter = new Meter("Coordinator.Bounded");
        var counter = meter.CreateCounter<long>("bounded_things");
        for (var series = 0; series < MetricsText.MostSeries + 5; series++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", series));
        }

        var lines = page.Render().Split('\n');
        Assert.True(lines.Count(line => line.StartsWith("bounded_things_total{", StringComparison.Ordinal)) <= MetricsText.MostSeries);
        var dropped = lines.Single(line => line.StartsWith("coordinator_metrics_dropped_total ", StringComparison.Ordinal));
        Assert.True(long.Parse(dropped.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) >= 5, dropped);
    }
}
