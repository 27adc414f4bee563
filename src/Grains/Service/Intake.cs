using System.Collections.Immutable;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>What may begin at the moment, in memory: the service grain says it, everybody who takes or moves money asks here.</summary>
public sealed class Intake
{
    private readonly Lock _gate = new();
    private readonly SortedSet<Guid> _waiting = [];

    // Before the start has told who has to be: a start that failed wakes everybody all the same, and nobody is compared twice.
    private readonly SortedSet<Guid> _early = [];
    private readonly SortedDictionary<Guid, int> _openHolds = [];
    private readonly SortedDictionary<string, string> _unreadable = new(StringComparer.Ordinal);
    private ImmutableArray<string> _settleOnly = [];
    private int _all;
    private int _otherHolds;
    private bool _begun;
    private bool _restoring;
    private bool _touched;

    /// <summary>Not every competition has been compared with chain and Lightning since the start.</summary>
    public bool IsStarting
    {
        get
        {
            lock (_gate)
            {
                return !_begun || _waiting.Count > 0;
            }
        }
    }

    /// <summary>The start has told who goes on; where it failed, it is tried again.</summary>
    public bool HasBegun
    {
        get
        {
            lock (_gate)
            {
                return _begun;
            }
        }
    }

    public bool IsRestoring
    {
        get
        {
            lock (_gate)
            {
                return _restoring;
            }
        }
    }

    public ServiceStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new ServiceStatus(
                    !_settleOnly.IsEmpty, _settleOnly, _all - _waiting.Count, _all, _restoring,
                    _openHolds.Values.Sum() + _otherHolds + _unreadable.Count);
            }
        }
    }

    /// <summary>Stored documents that cannot be read, by name, each with what is wrong.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Unreadable
    {
        get
        {
            lock (_gate)
            {
                return [.. _unreadable];
            }
        }
    }

    /// <summary>Why new money is not taken, or null where it is.</summary>
    public Problem? Refusal
    {
        get
        {
            var status = Status;
            return status.SettleOnly
                    ? Problems.Unavailable("settle_only", "no new competitions, tickets or payments are taken at the moment; everything begun goes on")
                : IsStarting
                    ? Problems.Unavailable("starting", $"the service is starting: {status.Reconciled} of {status.ToReconcile} competitions are compared with the chain and Lightning; try again shortly")
                : null;
        }
    }

    /// <summary>Why an effect has to wait, or null. Nothing new is begun while starting or settling only; after a restore nothing is sent of which nobody
    /// knows whether it was sent before (D43).</summary>
    public string? Forbids(Effect effect)
    {
        var (status, starting) = (Status, IsStarting);
        var isNew = effect is CheckBeforeFunding or CheckBeforeEscrow or PrepareEscrow or IssueInvoice;
        return isNew && status.SettleOnly ? "settle-only: nothing new is begun"
            : isNew && starting ? "starting: nothing new is begun"
            : status.Restoring && IsUncertain(effect) ? "after a restore: waiting for the checks"
            : null;
    }

    /// <summary>After a restore an ordinary payment waits as well; an atomic one can be made once only.</summary>
    public string? ForbidsPayout(bool atomic) => !atomic && IsRestoring ? "after a restore: waiting for the checks" : null;

    /// <summary>These competitions have to be compared before anything new begins.</summary>
    public void Begin(IEnumerable<Guid> competitions)
    {
        lock (_gate)
        {
            _waiting.Clear();
            _waiting.UnionWith(competitions);
            _all = _waiting.Count;
            _waiting.ExceptWith(_early);
            _early.Clear();
            _begun = true;
        }
    }

    /// <summary>One is compared. Safe to repeat.</summary>
    public void Reconciled(Guid competition)
    {
        lock (_gate)
        {
            _waiting.Remove(competition);
            if (!_begun)
            {
                _early.Add(competition);
            }
        }
    }

    public void SetMode(ImmutableArray<string> settleOnly, bool restoring)
    {
        lock (_gate)
        {
            (_settleOnly, _restoring) = (settleOnly, restoring);
        }
    }

    /// <summary>A stored document cannot be read: it is named and left alone.</summary>
    public void Report(string document, string what)
    {
        lock (_gate)
        {
            _unreadable[document] = what;
        }
    }

    /// <summary>It can be read again.</summary>
    public void Forget(string document)
    {
        lock (_gate)
        {
            _unreadable.Remove(document);
        }
    }

    public void CountHolds(Guid competition, int open)
    {
        lock (_gate)
        {
            if (open == 0)
            {
                _openHolds.Remove(competition);
            }
            else
            {
                _openHolds[competition] = open;
            }
        }
    }

    /// <summary>Open holds of wallet and service.</summary>
    public void CountOtherHolds(int open)
    {
        lock (_gate)
        {
            _otherHolds = open;
        }
    }

    /// <summary>Something about money was written.</summary>
    public void Touch()
    {
        lock (_gate)
        {
            _touched = true;
        }
    }

    /// <summary>Whether anything was written since the last time this was asked.</summary>
    public bool TakeTouched()
    {
        lock (_gate)
        {
            var touched = _touched;
            _touched = false;
            return touched;
        }
    }

    private static bool IsUncertain(Effect effect)
        => effect is CheckBeforeFunding or CheckBeforeEscrow or DoubleSpendEscrow or ReclaimEscrow or BroadcastFunding or ReclaimOutcome or SweepShare { Kind: ShareSweep.Reclaim };
}
