using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>What a miner takes from the mempool: a transaction together with what it waits for, where both together pay enough.</summary>
internal sealed class BlockTemplate(IReadOnlyList<MempoolEntry> entries, Func<Txid, bool> isHeld, FeeRate least)
{
    private const long MostWeight = 3_900_000;
    private readonly Dictionary<Txid, MempoolEntry> _waiting = entries.ToDictionary(entry => entry.Transaction.Txid);
    private readonly HashSet<Txid> _taken = [];

    /// <summary>Parents first, in the order in which they came.</summary>
    /// <param name="weight">What the block holds already.</param>
    public List<Transaction> Choose(long weight)
    {
        for (var again = true; again;)
        {
            again = false;
            foreach (var entry in entries.Where(entry => !_taken.Contains(entry.Transaction.Txid)))
            {
                var package = WithAncestors(entry);
                var size = package.Sum(member => member.Transaction.Weight.Units);
                if (weight + size <= MostWeight && Pays(package) && !package.Exists(member => isHeld(member.Transaction.Txid)))
                {
                    _taken.UnionWith(package.Select(member => member.Transaction.Txid));
                    weight += size;
                    again = true;
                }
            }
        }

        return [.. entries.Select(entry => entry.Transaction).Where(transaction => _taken.Contains(transaction.Txid))];
    }

    private bool Pays(List<MempoolEntry> package)
        => (Int128)package.Sum(member => member.Fee.Value) * 1_000 >= (Int128)least.SatPerKwu * 4 * package.Sum(member => member.VirtualBytes);

    private List<MempoolEntry> WithAncestors(MempoolEntry entry)
    {
        var package = new List<MempoolEntry> { entry };
        var seen = new HashSet<Txid> { entry.Transaction.Txid };
        for (var next = 0; next < package.Count; next++)
        {
            foreach (var input in package[next].Transaction.Inputs)
            {
                var txid = input.PreviousOutput.Txid;
                if (_waiting.TryGetValue(txid, out var parent) && !_taken.Contains(txid) && seen.Add(txid))
                {
                    package.Add(parent);
                }
            }
        }

        return package;
    }
}
