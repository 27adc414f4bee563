namespace Coordinator.Simulators.Lnd;

/// <summary>What goes wrong with a call.</summary>
public enum LndFaultKind
{
    /// <summary>Waits before the work.</summary>
    DelayBefore,

    /// <summary>Waits after the work, before the answer.</summary>
    DelayAfter,

    /// <summary>Answers a status and text without doing the work.</summary>
    Refuse,

    /// <summary>Breaks the connection without doing the work.</summary>
    BreakBefore,

    /// <summary>Does the work, then breaks the connection: the caller cannot know.</summary>
    DropAnswer,

    /// <summary>Breaks a stream after some messages.</summary>
    CutStream,

    /// <summary>Ends a stream with OK after some messages, as a stopping node does.</summary>
    EndStream,

    /// <summary>Sends a stream's first message twice.</summary>
    DuplicateFirst,
}

/// <summary>One scripted fault.</summary>
/// <param name="Method">The method's name without its service (<c>SettleInvoice</c>), or <c>*</c>.</param>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Count">How many calls it hits, from the next one on.</param>
/// <param name="Delay">For the delays.</param>
/// <param name="Status">gRPC status number for <see cref="LndFaultKind.Refuse"/>.</param>
/// <param name="Text">Its text.</param>
/// <param name="After">Messages let through for the stream faults.</param>
public sealed record LndFault(
    string Method, LndFaultKind Kind, int Count = 1, TimeSpan Delay = default, int Status = 14, string Text = "scripted", int After = 0);

/// <summary>The faults still to come, in the order they were scripted. Thread-safe.</summary>
public sealed class LndFaults
{
    private readonly Lock _gate = new();
    private readonly List<LndFault> _script = [];

    /// <summary>Adds a fault.</summary>
    public void Script(LndFault fault)
    {
        lock (_gate)
        {
            _script.Add(fault);
        }
    }

    /// <summary>Forgets every fault that has not happened.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _script.Clear();
        }
    }

    /// <summary>The first fault for this method, counted down; null when none.</summary>
    internal LndFault? Take(string method)
    {
        lock (_gate)
        {
            var at = _script.FindIndex(fault => fault.Method is "*" || string.Equals(fault.Method, method, StringComparison.Ordinal));
            if (at < 0)
            {
                return null;
            }

            var fault = _script[at];
            if (fault.Count > 1)
            {
                _script[at] = fault with { Count = fault.Count - 1 };
            }
            else
            {
                _script.RemoveAt(at);
            }

            return fault;
        }
    }
}
