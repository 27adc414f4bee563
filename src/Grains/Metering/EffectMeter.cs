using System.Diagnostics.Metrics;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Counts attempts at effects by kind and by what became of them. Kinds are the code's, so there are as many series as kinds and outcomes.</summary>
public sealed class EffectMeter : IDisposable
{
    /// <summary>Done as far as the effect can tell; facts follow.</summary>
    public const string Done = "done";

    /// <summary>Not done or unknown: tried again.</summary>
    public const string Later = "later";

    /// <summary>Not allowed at the moment.</summary>
    public const string Waits = "waits";

    /// <summary>No answer in time: the outcome is unknown.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>An exception: a bug, or storage that does not answer.</summary>
    public const string Failed = "failed";

    private readonly Meter _meter = new("Coordinator.Grains");
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _seconds;

    public EffectMeter()
    {
        _attempts = _meter.CreateCounter<long>("coordinator_effect_attempts", description: "Attempts at effects, by kind and by what became of them");
        _seconds = _meter.CreateHistogram<double>("coordinator_effect_seconds", description: "Time of an attempt at an effect, by kind");
    }

    /// <summary>The verb of an effect.</summary>
    public static string KindOf(Effect effect)
    {
        var key = effect.Key;
        var end = key.IndexOf('/', StringComparison.Ordinal);
        return end < 0 ? key : key[..end];
    }

    internal void Count(Effect effect, string outcome, TimeSpan took)
    {
        var kind = KindOf(effect);
        _attempts.Add(1, new("kind", kind), new("outcome", outcome));
        _seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    public void Dispose() => _meter.Dispose();
}
