using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Simulation;

/// <summary>The chain and everything that ever waited for it.</summary>
internal sealed partial class Evidence
{
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<Txid, Transaction> _transactions = [];
    private readonly Dictionary<Txid, int> _deepest = [];
    private readonly Dictionary<OutPoint, List<Txid>> _spenders = [];

    /// <summary>Transactions that the coordinator handed to the chain, accepted or not.</summary>
    public Dictionary<Txid, Transaction> Sent { get; } = [];

    public int Height => _blocks.Count - 1;

    /// <summary>The best chain from its first block on.</summary>
    public IReadOnlyList<Block> Blocks => _blocks;

    /// <summary>Every confirmed output that nothing confirmed has spent.</summary>
    public IReadOnlyCollection<TxOut> Unspent
    {
        get
        {
            var outputs = new Dictionary<OutPoint, TxOut>();
            foreach (var transaction in _blocks.SelectMany(block => block.Transactions))
            {
                foreach (var input in transaction.Inputs)
                {
                    outputs.Remove(input.PreviousOutput);
                }

                foreach (var (index, output) in transaction.Outputs.Index())
                {
                    outputs[transaction.OutPoint((uint)index)] = output;
                }
            }

            return outputs.Values;
        }
    }

    public Transaction? Find(Txid txid) => _transactions.GetValueOrDefault(txid) ?? Sent.GetValueOrDefault(txid);

    /// <summary>The most confirmations that the transaction ever had.</summary>
    public int Deepest(Txid txid) => _deepest.GetValueOrDefault(txid);

    /// <summary>Its confirmations now; 0 while it waits or is unknown.</summary>
    public int Depth(Txid txid) => World.Chain.Find(txid) is { Block: { } block } ? Height - block.Height + 1 : 0;

    /// <summary>Every transaction that was ever seen to spend the output.</summary>
    public IReadOnlyList<Txid> SpendersOf(OutPoint output) => _spenders.GetValueOrDefault(output) ?? [];

    /// <summary>The confirmed spender of the output, or null.</summary>
    public Transaction? ConfirmedSpenderOf(OutPoint output) => World.Chain.SpenderOf(output) is { By: { Block: not null } by } ? by.Transaction : null;

    public void NoteSent(Transaction transaction)
    {
        Sent.TryAdd(transaction.Txid, transaction);
        Tell(rule => rule.OnSent(transaction));
    }

    private void FollowChain()
    {
        var chain = World.Chain;
        var isNew = _blocks.Count == 0 || _blocks[^1].Hash != chain.Tip.Hash;
        if (isNew)
        {
            Rewind(chain);
            for (var height = _blocks.Count; height <= chain.Height; height++)
            {
                var block = chain.BlockAt(height)!;
                _blocks.Add(block);
                foreach (var transaction in block.Transactions)
                {
                    Note(transaction);
                }
            }
        }

        foreach (var (transaction, _) in chain.Waiting)
        {
            Note(transaction);
        }

        if (isNew)
        {
            Deepen();
            Tell(rule => rule.OnTip(_blocks[^1]));
        }
    }

    private void Rewind(ChainModel chain)
    {
        while (_blocks.Count > 0 && chain.BlockAt(_blocks.Count - 1)?.Hash != _blocks[^1].Hash)
        {
            _blocks.RemoveAt(_blocks.Count - 1);
        }
    }

    private void Note(Transaction transaction)
    {
        if (!_transactions.TryAdd(transaction.Txid, transaction))
        {
            return;
        }

        foreach (var input in transaction.Inputs)
        {
            if (!_spenders.TryGetValue(input.PreviousOutput, out var list))
            {
                _spenders[input.PreviousOutput] = list = [];
            }

            list.Add(transaction.Txid);
        }

        Tell(rule => rule.OnTransaction(transaction));
    }

    /// <summary>Only the newest blocks can make anything deeper than it was, and nothing needs to be known deeper than this.</summary>
    private void Deepen()
    {
        const int Enough = 12;
        for (var height = Math.Max(0, Height - Enough); height <= Height; height++)
        {
            foreach (var transaction in _blocks[height].Transactions)
            {
                var depth = Height - height + 1;
                if (depth > _deepest.GetValueOrDefault(transaction.Txid))
                {
                    _deepest[transaction.Txid] = depth;
                }
            }
        }
    }
}
