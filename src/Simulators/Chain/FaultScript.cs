using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>What goes wrong with a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChainFaultKind>))]
public enum ChainFaultKind
{
    /// <summary>The answer comes late by <see cref="ChainRequestFault.DelayMilliseconds"/>.</summary>
    Delay,

    /// <summary>Nothing is done; the answer is <see cref="ChainRequestFault.StatusCode"/>.</summary>
    Status,

    /// <summary>Nothing is done; the connection breaks.</summary>
    DropBefore,

    /// <summary>Everything is done (a transaction is accepted), then the connection breaks.</summary>
    DropAfter,

    /// <summary>Everything is done; the answer is 200 with text that means nothing.</summary>
    Garbage,

    /// <summary>Nothing is done; the answer is 200 and goes on for 70 MiB, or until the client has had enough.</summary>
    Endless,
}

/// <summary>One scripted fault.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Method">GET or POST; empty: both.</param>
/// <param name="Path">Part of the path after <c>/api</c>, for example <c>/tx</c>; empty: all.</param>
/// <param name="Times">How many requests it hits, in order.</param>
/// <param name="StatusCode">For <see cref="ChainFaultKind.Status"/>.</param>
/// <param name="DelayMilliseconds">For <see cref="ChainFaultKind.Delay"/>.</param>
public sealed record ChainRequestFault(
    ChainFaultKind Kind, string Method = "", string Path = "", int Times = 1, int StatusCode = 503, int DelayMilliseconds = 0);

/// <summary>Scripted faults of the server: requests that fail, and transactions that it does not show. Control routes are never hit.</summary>
public sealed class FaultScript
{
    private readonly Lock _gate = new();
    private readonly List<(ChainRequestFault Fault, int Left)> _faults = [];
    private readonly HashSet<Txid> _hidden = [];

    /// <summary>False: the server answers 404 to package submissions, as older ones do.</summary>
    public bool OffersPackages { get; set; } = true;

    /// <summary>Adds a fault behind those that are there; the first that matches a request hits it.</summary>
    public void Add(ChainRequestFault fault)
    {
        lock (_gate)
        {
            _faults.Add((fault, fault.Times));
        }
    }

    /// <summary>The server no longer shows this transaction, though the model has it.</summary>
    public void Hide(Txid txid)
    {
        lock (_gate)
        {
            _hidden.Add(txid);
        }
    }

    public void Show(Txid txid)
    {
        lock (_gate)
        {
            _hidden.Remove(txid);
        }
    }

    public bool IsHidden(Txid txid)
    {
        lock (_gate)
        {
            return _hidden.Contains(txid);
        }
    }

    /// <summary>Forgets all faults and shows everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
            _hidden.Clear();
            OffersPackages = true;
        }
    }

    internal ChainRequestFault? Take(string method, string path)
    {
        lock (_gate)
        {
            var at = _faults.FindIndex(entry => (entry.Fault.Method.Length == 0 || entry.Fault.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
                && path.Contains(entry.Fault.Path, StringComparison.Ordinal));
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
