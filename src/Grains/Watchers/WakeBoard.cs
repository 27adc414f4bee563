using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>Who waits for what, in memory: competitions write, watchers read.</summary>
public sealed class WakeBoard : IWakes
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<Guid, Waiting> _waiting = [];
    private readonly SortedSet<Guid> _changed = [];

    /// <summary>Raised after any change, outside the lock.</summary>
    public event Action? Changed;

    public void Wait(Guid competition, Waiting waiting)
    {
        lock (_gate)
        {
            if (waiting is { Invoices.IsEmpty: true, Chain: false })
            {
                _waiting.Remove(competition);
            }
            else
            {
                _waiting[competition] = waiting;
            }

            _changed.Add(competition);
        }

        Changed?.Invoke();
    }

    /// <summary>Competitions for which every block matters.</summary>
    public ImmutableArray<Guid> ForBlocks()
    {
        lock (_gate)
        {
            return [.. _waiting.Where(entry => entry.Value.Chain).Select(entry => entry.Key)];
        }
    }

    /// <summary>Which competitions said something since the last call, and what they wait for now. For one reader.</summary>
    public ImmutableArray<(Guid Competition, Waiting Waiting)> TakeChanged()
    {
        lock (_gate)
        {
            ImmutableArray<(Guid, Waiting)> changed = [.. _changed.Select(id => (id, _waiting.GetValueOrDefault(id, Waiting.ForNothing)))];
            _changed.Clear();
            return changed;
        }
    }

    /// <summary>Payment hashes that LND may still change, each with who waits for it.</summary>
    public ImmutableArray<(Hash32 Hash, Guid Competition)> ForInvoices()
    {
        lock (_gate)
        {
            return [.. _waiting.SelectMany(entry => entry.Value.Invoices.Select(hash => (hash, entry.Key)))];
        }
    }
}
