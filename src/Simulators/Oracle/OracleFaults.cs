using System.Text.Json.Serialization;

namespace Coordinator.Simulators.Oracle;

/// <summary>What goes wrong with a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OracleFaultKind>))]
public enum OracleFaultKind
{
    /// <summary>The answer comes late by <see cref="OracleFault.DelayMilliseconds"/>.</summary>
    Delay,

    /// <summary>Nothing is done; the answer is <see cref="OracleFault.StatusCode"/>.</summary>
    Status,

    /// <summary>Nothing is done; the connection breaks.</summary>
    DropBefore,

    /// <summary>Everything is done, then the connection breaks.</summary>
    DropAfter,

    /// <summary>Everything is done; the answer is 500.</summary>
    FailAfter,

    /// <summary>Everything is done; the answer is 200 with half a JSON text.</summary>
    Garbage,

    /// <summary>Nothing is done; the answer is 200 and goes on for 70 MiB, or until the client has had enough.</summary>
    Endless,
}

/// <summary>One scripted fault.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Method">GET or POST; empty: both.</param>
/// <param name="Path">Part of the path; empty: all.</param>
/// <param name="Times">How many requests it hits, in order.</param>
/// <param name="StatusCode">For <see cref="OracleFaultKind.Status"/>.</param>
/// <param name="DelayMilliseconds">For <see cref="OracleFaultKind.Delay"/>.</param>
public sealed record OracleFault(
    OracleFaultKind Kind, string Method = "", string Path = "", int Times = 1, int StatusCode = 503, int DelayMilliseconds = 0);

/// <summary>Scripted faults of the server. Control routes are never hit.</summary>
public sealed class OracleFaults
{
    private readonly Lock _gate = new();
    private readonly List<(OracleFault Fault, int Left)> _faults = [];

    /// <summary>Adds a fault behind those that are there; the first that matches a request hits it.</summary>
    public void Add(OracleFault fault)
    {
        lock (_gate)
        {
            _faults.Add((fault, fault.Times));
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

    private static bool Matches(OracleFault fault, string method, string path)
        => (fault.Method.Length == 0 || fault.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && path.Contains(fault.Path, StringComparison.Ordinal);

    internal OracleFault? Take(string method, string path)
    {
        lock (_gate)
        {
            var at = _faults.FindIndex(entry => Matches(entry.Fault, method, path));
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
