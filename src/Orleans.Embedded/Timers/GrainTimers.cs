using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A timer of one activation; ends with it. Disposing twice is safe.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets a new due time and period, from now on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative (other than infinite) or above about 49.7 days.</exception>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>How a grain timer ticks.</summary>
/// <remarks>The period counts from the end of one callback to the start of the next.</remarks>
public readonly struct GrainTimerCreationOptions
{
    /// <summary>All defaults; the required members must be set.</summary>
    public GrainTimerCreationOptions()
    {
    }

    /// <summary>Sets both times.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Time until the first tick; zero is at once, infinite is never.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time between ticks; infinite for a single one.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether a tick may run beside requests and other ticks; false by default.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a tick counts as use, so that the activation is not collected; false by default.</summary>
    public bool KeepAlive { get; init; }
}
