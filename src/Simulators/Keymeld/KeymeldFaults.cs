using System.Text.Json.Serialization;

namespace Coordinator.Simulators.Keymeld;

/// <summary>What goes wrong with a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeymeldFaultKind>))]
public enum KeymeldFaultKind
{
    /// <summary>The answer comes late by <see cref="KeymeldFault.DelayMilliseconds"/>.</summary>
    Delay,

    /// <summary>Nothing is done; the answer is <see cref="KeymeldFault.StatusCode"/>.</summary>
    Status,

    /// <summary>Nothing is done; the connection breaks.</summary>
    DropBefore,

    /// <summary>Everything is done, then the connection breaks.</summary>
    DropAfter,

    /// <summary>Everything is done; the answer is 500.</summary>
    FailAfter,

    /// <summary>Everything is done; the answer is 200 with half a JSON text.</summary>
    Garbage,

    /// <summary>Everything is done; the answer is 200 with JSON of another shape.</summary>
    Nonsense,
}

/// <summary>One scripted fault.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Method">GET or POST; empty: both.</param>
/// <param name="Path">Part of the path; empty: all.</param>
/// <param name="Times">How many requests it hits, in order.</param>
/// <param name="StatusCode">For <see cref="KeymeldFaultKind.Status"/>.</param>
/// <param name="DelayMilliseconds">For <see cref="KeymeldFaultKind.Delay"/>, at most ten minutes.</param>
public sealed record KeymeldFault(
    KeymeldFaultKind Kind, string Method = "", string Path = "", int Times = 1, int StatusCode = 503, int DelayMilliseconds = 0);

/// <summary>Scripted faults of the server. Control routes are never hit. Thread-safe.</summary>
public sealed class KeymeldFaults
{
    private const int MostDelay = 600_000;

    private readonly Lock _gate = new();
    private readonly List<(KeymeldFault Fault, int Left)> _faults = [];

    /// <summary>Adds a fault behind those that are there; the first that matches a request hits it.</summary>
    public void Add(KeymeldFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_gate)
        {
            _faults.Add((fault with { DelayMilliseconds = Math.Clamp(fault.DelayMilliseconds, 0, MostDelay) }, fault.Times));
        }
    }

    /// <summary>Forgets all faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    private static bool Matches(KeymeldFault fault, string method, string path)
        => (string.IsNullOrEmpty(fault.Method) || fault.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && path.Contains(fault.Path ?? "", StringComparison.Ordinal);

    /// <param name="delays">Only delays, or only what is none; null: whichever comes first.</param>
    internal KeymeldFault? Take(string method, string path, bool? delays = null)
    {
        lock (_gate)
        {
            var at = _faults.FindIndex(entry => Matches(entry.Fault, method, path)
                && (delays is null || delays == (entry.Fault.Kind == KeymeldFaultKind.Delay)));
            if (at < 0)
            {
                return null;
            }

            var (fault, left) = _faults[at];
            if (left <= 1)
            {
                _faults.RemoveAt(at);
            }
            else
            {
                _faults[at] = (fault, left - 1);
            }

            return fault;
        }
    }
}
