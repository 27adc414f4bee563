using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulators.Chain;

/// <summary>An unspent output.</summary>
/// <param name="Output">Amount and script.</param>
/// <param name="Height">Height of its block, or of the next block while in the mempool.</param>
/// <param name="IsCoinbase">Spendable only a hundred blocks later.</param>
internal sealed record Coin(TxOut Output, int Height, bool IsCoinbase);

/// <summary>The best chain and what follows from it: coins, places of transactions, spenders, histories of scripts.</summary>
internal sealed class ChainState
{
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<OutPoint, Coin> _coins = [];
    private readonly Dictionary<Txid, (Transaction Transaction, Block Block)> _transactions = [];
    private readonly Dictionary<OutPoint, (Transaction By, int Input)> _spenders = [];
    private readonly Dictionary<string, List<Txid>> _histories = new(StringComparer.Ordinal);

    public IReadOnlyList<Block> Blocks => _blocks;

    public Block Tip => _blocks[^1];

    public int Height => _blocks.Count - 1;

    public Coin? CoinAt(OutPoint outpoint) => _coins.GetValueOrDefault(outpoint);

    public (Transaction Transaction, Block Block)? Find(Txid txid) => _transactions.TryGetValue(txid, out var found) ? found : null;

    public (Transaction By, int Input)? SpenderOf(OutPoint outpoint) => _spenders.TryGetValue(outpoint, out var found) ? found : null;

    /// <summary>Txids that pay or spend the script, oldest first.</summary>
    public IReadOnlyList<Txid> HistoryOf(string scriptHash) => _histories.GetValueOrDefault(scriptHash) ?? [];

    /// <summary>Coins of a script with at least this value, oldest first, then in order of their names.</summary>
    public IEnumerable<(OutPoint OutPoint, Coin Coin)> CoinsOf(Script script, long least) => _coins
        .Where(pair => pair.Value.Output.Value.Value >= least && pair.Value.Output.ScriptPubKey.Equals(script))
        .Select(pair => (pair.Key, pair.Value))
        .OrderBy(pair => pair.Value.Height).ThenBy(pair => pair.Key);

    public IEnumerable<long> TimesBeforeNext() => _blocks.TakeLast(MedianTimePast.Span - 1).Select(block => block.Time);

    public void Connect(Block block)
    {
        _blocks.Add(block);
        foreach (var transaction in block.Transactions)
        {
            var coinbase = transaction.Inputs[0].PreviousOutput.Txid == default;
            _transactions[transaction.Txid] = (transaction, block);
            for (var i = 0; i < transaction.Inputs.Length && !coinbase; i++)
            {
                var spent = transaction.Inputs[i].PreviousOutput;
                Remember(_coins[spent].Output.ScriptPubKey, transaction.Txid);
                _coins.Remove(spent);
                _spenders[spent] = (transaction, i);
            }

            for (var i = 0; i < transaction.Outputs.Length; i++)
            {
                if (!TransactionRules.IsUnspendable(transaction.Outputs[i].ScriptPubKey))
                {
                    _coins[transaction.OutPoint((uint)i)] = new Coin(transaction.Outputs[i], block.Height, coinbase);
                }

                Remember(transaction.Outputs[i].ScriptPubKey, transaction.Txid);
            }
        }
    }

    /// <summary>Drops the newest blocks and returns them, oldest first.</summary>
    public IReadOnlyList<Block> Disconnect(int depth)
    {
        var dropped = _blocks.TakeLast(depth).ToArray();
        var kept = _blocks.Take(_blocks.Count - depth).ToArray();
        _blocks.Clear();
        _coins.Clear();
        _transactions.Clear();
        _spenders.Clear();
        _histories.Clear();
        foreach (var block in kept)
        {
            Connect(block);
        }

        return dropped;
    }

    public static string ScriptHash(Script script) => Hex.Encode(Hashes.Sha256(script.Bytes));

    private void Remember(Script script, Txid txid)
    {
        var hash = ScriptHash(script);
        if (!_histories.TryGetValue(hash, out var history))
        {
            _histories[hash] = history = [];
        }

        if (!history.Contains(txid))
        {
            history.Add(txid);
        }
    }
}
