using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>A transaction that waits for a block.</summary>
internal sealed record MempoolEntry(Transaction Transaction, Satoshis Fee, long VirtualBytes);

/// <summary>Transactions that wait, parents before children, in the order they came.</summary>
internal sealed class Mempool
{
    private readonly List<MempoolEntry> _entries = [];
    private readonly Dictionary<Txid, MempoolEntry> _byId = [];
    private readonly Dictionary<OutPoint, (Transaction By, int Input)> _spenders = [];

    public IReadOnlyList<MempoolEntry> Entries => _entries;

    public MempoolEntry? Find(Txid txid) => _byId.GetValueOrDefault(txid);

    public (Transaction By, int Input)? SpenderOf(OutPoint outpoint) => _spenders.TryGetValue(outpoint, out var found) ? found : null;

    public TxOut? OutputAt(OutPoint outpoint) => Find(outpoint.Txid) is { } parent && outpoint.Vout < parent.Transaction.Outputs.Length
        ? parent.Transaction.Outputs[(int)outpoint.Vout]
        : null;

    public void Add(MempoolEntry entry)
    {
        _entries.Add(entry);
        _byId.Add(entry.Transaction.Txid, entry);
        for (var i = 0; i < entry.Transaction.Inputs.Length; i++)
        {
            _spenders.Add(entry.Transaction.Inputs[i].PreviousOutput, (entry.Transaction, i));
        }
    }

    public void Remove(Txid txid)
    {
        if (_byId.Remove(txid, out var entry))
        {
            _entries.Remove(entry);
            foreach (var input in entry.Transaction.Inputs)
            {
                _spenders.Remove(input.PreviousOutput);
            }
        }
    }

    /// <summary>The transaction and everything that spends it, directly or not, parents first. Empty when it is not here.</summary>
    public IReadOnlyList<MempoolEntry> WithDescendants(Txid txid)
    {
        var family = new HashSet<Txid> { txid };
        var found = new List<MempoolEntry>();
        foreach (var entry in _entries)
        {
            if (entry.Transaction.Txid == txid || entry.Transaction.Inputs.Any(input => family.Contains(input.PreviousOutput.Txid)))
            {
                family.Add(entry.Transaction.Txid);
                found.Add(entry);
            }
        }

        return Find(txid) is null ? [] : found;
    }

    /// <summary>The transactions here that the inputs depend on, directly or not.</summary>
    public IReadOnlyList<MempoolEntry> AncestorsOf(Transaction transaction)
    {
        var ancestors = new Dictionary<Txid, MempoolEntry>();
        var open = new Stack<Transaction>([transaction]);
        while (open.TryPop(out var next))
        {
            foreach (var input in next.Inputs)
            {
                if (Find(input.PreviousOutput.Txid) is { } parent && ancestors.TryAdd(parent.Transaction.Txid, parent))
                {
                    open.Push(parent.Transaction);
                }
            }
        }

        return [.. ancestors.Values];
    }

    public IReadOnlyList<MempoolEntry> Clear()
    {
        MempoolEntry[] all = [.. _entries];
        _entries.Clear();
        _byId.Clear();
        _spenders.Clear();
        return all;
    }
}
