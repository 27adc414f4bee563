using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulators.Chain;

/// <summary>A block or a faucet payment that the rules forbid.</summary>
public sealed class ChainRuleException(Rejection rejection) : Exception($"refused by the chain's rules: {rejection.Message}")
{
    public Rejection Rejection { get; } = rejection;
}

/// <summary>Where a transaction of the model stands.</summary>
/// <param name="Transaction">It.</param>
/// <param name="Block">Its block, or null while it waits.</param>
public sealed record Placed(Transaction Transaction, Block? Block);

/// <summary>What became of one transaction of a package: null where it is in.</summary>
public sealed record PackageMember(Transaction Transaction, Rejection? Refused);

/// <summary>A whole node without a network: one chain and one mempool that keep Bitcoin's rules, scripts included. Time moves only through
/// the times of blocks. Safe for any number of callers; the same calls give the same ids.</summary>
public sealed class ChainModel
{
    /// <summary>Blocks mined at the start, so that the faucet's coins are mature.</summary>
    public const int InitialBlocks = 110;

    private const long BlockSpacing = 600;
    private const int FaucetCoins = 50;
    private const long FaucetCoinValue = 10_000L * 100_000_000;
    private const long FaucetFee = 500;
    private static readonly int[] Targets = [1, 2, 3, 4, 5, 6, 10, 15, 20, 25, 144, 504, 1008];
    private readonly Lock _gate = new();
    private readonly ChainState _chain = new();
    private readonly Mempool _mempool = new();
    private readonly Admission _admission;
    private readonly HashSet<Txid> _held = [];
    private long _extra;

    /// <summary>A fresh chain of <see cref="InitialBlocks"/> + 1 blocks ten minutes apart, the last one at this time.</summary>
    public ChainModel(DateTimeOffset tipTime)
    {
        _admission = new Admission(_chain, _mempool);
        var first = tipTime.ToUnixTimeSeconds() - (InitialBlocks * BlockSpacing);
        var coins = Enumerable.Repeat(new TxOut(Satoshis.Of(FaucetCoinValue), Script.PayToAnchor), FaucetCoins);
        var genesis = Block.Coinbase(0, 0, new TxOut(Satoshis.Zero, Script.PayToAnchor));
        _chain.Connect(Block.Make(0, default, first, [], [new Transaction(2, genesis.Inputs, coins, 0)]));
        for (var height = 1; height <= InitialBlocks; height++)
        {
            ConnectNext(first + (height * BlockSpacing), []);
        }
    }

    internal ChainModel(ChainSnapshot snapshot)
    {
        _admission = new Admission(_chain, _mempool);
        foreach (var stored in snapshot.Blocks)
        {
            var previous = _chain.Blocks.Count == 0 ? default : _chain.Tip.Hash;
            _chain.Connect(Block.Make(_chain.Blocks.Count, previous, stored.Time, _chain.TimesBeforeNext(), stored.Transactions.Select(Transaction.Parse)));
        }

        foreach (var waiting in snapshot.Mempool)
        {
            _admission.TakeBack(Transaction.Parse(waiting));
        }

        _held.UnionWith(snapshot.Held.Select(Txid.ParseDisplay));
        _extra = snapshot.Extra;
        FeeEstimates = snapshot.FeeEstimates.ToImmutableSortedDictionary();
        MinimumRate = FeeRate.FromSatPerKwu(snapshot.MinimumRate);
        _admission.Least = FeeRate.FromSatPerKwu(snapshot.MempoolMinimum);
    }

    /// <summary>Raised after each block on top, with its height, outside any lock and in order. After a reorganisation: for the heights
    /// that are new.</summary>
    public event Action<int>? BlockMined;

    /// <summary>Raised after every change, outside any lock.</summary>
    public event Action? Changed;

    /// <summary>Satoshis per virtual byte by target, as the estimates route answers them.</summary>
    public ImmutableSortedDictionary<int, double> FeeEstimates { get; private set; } = ImmutableSortedDictionary.CreateRange(
        Targets.Select(target => KeyValuePair.Create(target, 1.0)));

    /// <summary>Blocks take in only what pays at least this, together with the waiting transactions that it spends. Zero: everything.</summary>
    public FeeRate MinimumRate { get; private set; }

    /// <summary>The mempool takes in only what pays at least this: alone, or as a package. Never less than 1 sat/vB.</summary>
    public FeeRate MempoolMinimum => Locked(() => _admission.Least);

    public Block Tip => Locked(() => _chain.Tip);

    public int Height => Locked(() => _chain.Height);

    /// <summary>Waiting transactions, parents first, with their fees.</summary>
    public IReadOnlyList<(Transaction Transaction, Satoshis Fee)> Waiting => Locked(() => _mempool.Entries.Select(entry => (entry.Transaction, entry.Fee)).ToList());

    /// <summary>The block at this height of the best chain, or null.</summary>
    public Block? BlockAt(int height) => Locked(() => height >= 0 && height <= _chain.Height ? _chain.Blocks[height] : null);

    /// <summary>The block of the best chain with this id, or null.</summary>
    public Block? BlockBy(BlockHash hash) => Locked(() => _chain.Blocks.FirstOrDefault(block => block.Hash == hash));

    public Placed? Find(Txid txid) => Locked(() => FindUnlocked(txid));

    /// <summary>The output, spent or not, or null where its transaction is not known.</summary>
    public TxOut? OutputAt(OutPoint outpoint) => Locked(() =>
        FindUnlocked(outpoint.Txid) is { } parent && outpoint.Vout < parent.Transaction.Outputs.Length ? parent.Transaction.Outputs[(int)outpoint.Vout] : null);

    /// <summary>The transaction that spends the output and the index of its input, or null.</summary>
    public (Placed By, int Input)? SpenderOf(OutPoint outpoint) => Locked<(Placed, int)?>(() =>
        (_chain.SpenderOf(outpoint) ?? _mempool.SpenderOf(outpoint)) is { } spender ? (FindUnlocked(spender.By.Txid)!, spender.Input) : null);

    /// <summary>All transactions that pay or spend the script whose SHA-256 this is (hex): waiting ones first, then confirmed, newest first.</summary>
    public IReadOnlyList<Placed> HistoryOf(string scriptHash) => Locked(() =>
    {
        var waiting = _mempool.Entries.Select(entry => entry.Transaction).Reverse().Where(transaction => Touches(transaction, scriptHash));
        var confirmed = _chain.HistoryOf(scriptHash).Reverse();
        return waiting.Select(transaction => new Placed(transaction, null)).Concat(confirmed.Select(txid => FindUnlocked(txid)!)).ToList();
    });

    /// <summary>Hands a transaction to the node. Handing it in again while it waits is accepted and changes nothing.</summary>
    public Acceptance Submit(Transaction transaction) => Changing(() => _admission.Admit(transaction));

    /// <summary>What the node would say of a transaction; takes nothing.</summary>
    public Rejection? Test(Transaction transaction) => Locked(() => _admission.Test(transaction));

    /// <summary>Hands in parents and children, child last: each alone where its own fee suffices, the rest together.</summary>
    public IReadOnlyList<PackageMember> SubmitPackage(IReadOnlyList<Transaction> transactions) => Changing(() => PackageAdmission.Submit(_admission, transactions));

    /// <summary>Mines one block with everything that waits, pays enough and is not held.</summary>
    /// <param name="time">Unix seconds; null: the time of the tip plus ten minutes. Raised where the median time past requires more.</param>
    /// <param name="also">Put in first, whatever the mempool thinks; what conflicts with them is dropped.</param>
    /// <exception cref="ChainRuleException">One of <paramref name="also"/> breaks a consensus rule; nothing was mined.</exception>
    public Block Mine(DateTimeOffset? time = null, IReadOnlyList<Transaction>? also = null)
    {
        var block = Changing(() => MineUnlocked(time?.ToUnixTimeSeconds(), also ?? [], withMempool: true));
        BlockMined?.Invoke(block.Height);
        return block;
    }

    /// <summary>Mines this many blocks, each <paramref name="step"/> after the one before.</summary>
    public Block Mine(int count, TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(count is >= 1 and <= 10_000, true, nameof(count));
        var seconds = (long)step.TotalSeconds;
        var mined = Changing(() => Enumerable.Range(0, count).Select(_ => MineUnlocked(_chain.Tip.Time + seconds, [], withMempool: true)).ToList());
        mined.ForEach(block => BlockMined?.Invoke(block.Height));
        return mined[^1];
    }

    /// <summary>Replaces the newest blocks by one more than they were. What they held waits again where it still can.</summary>
    /// <param name="depth">1 or more, and not into the initial blocks.</param>
    /// <param name="also">Put into the first new block: so a conflict wins.</param>
    /// <param name="confirmAgain">Whether the new blocks take in what waits; otherwise they are empty.</param>
    /// <exception cref="ChainRuleException">One of <paramref name="also"/> breaks a rule; the old blocks stay.</exception>
    public void Reorganise(int depth, IReadOnlyList<Transaction>? also = null, bool confirmAgain = false)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(depth >= 1 && depth <= Height - InitialBlocks, true, nameof(depth));
        var height = Changing(() =>
        {
            var dropped = _chain.Disconnect(depth);
            var waiting = _mempool.Clear();
            try
            {
                Fork(dropped, waiting, also ?? [], confirmAgain);
            }
            catch (ChainRuleException)
            {
                _ = _chain.Disconnect(_chain.Height + 1 - dropped[0].Height);
                dropped.ToList().ForEach(_chain.Connect);
                waiting.ToList().ForEach(entry => _admission.TakeBack(entry.Transaction));
                throw;
            }

            return _chain.Height;
        });
        BlockMined?.Invoke(height);
    }

    /// <summary>Pays a script from the faucet; the transaction waits for a block. Its fee is the faucet's.</summary>
    /// <exception cref="ChainRuleException">Dust, an unknown kind of script, or more than one faucet coin holds (10,000 BTC).</exception>
    public Transaction Faucet(Script script, Satoshis amount) => Changing(() =>
    {
        var needed = amount.Value + FaucetFee;
        var coin = _chain.CoinsOf(Script.PayToAnchor, needed + 240)
            .Where(pair => _mempool.SpenderOf(pair.OutPoint) is null)
            .FirstOrDefault(pair => !pair.Coin.IsCoinbase || _chain.Height + 1 - pair.Coin.Height >= TransactionRules.CoinbaseMaturity);
        if (coin.Coin is null)
        {
            throw new ChainRuleException(Rejection.Because("the faucet has no coin of that size"));
        }

        var change = new TxOut(Satoshis.Of(coin.Coin.Output.Value.Value - needed), Script.PayToAnchor);
        var payment = new Transaction(2, [new TxIn(coin.OutPoint, TxIn.SequenceReplaceable)], [new TxOut(amount, script), change], 0);
        var acceptance = _admission.Admit(payment);
        return acceptance.Refused is { } refused ? throw new ChainRuleException(refused) : payment;
    });

    /// <summary>Keeps a transaction, now or later in the mempool, out of every block until released.</summary>
    public void Hold(Txid txid) => Changing(() => _held.Add(txid));

    public void Release(Txid txid) => Changing(() => _held.Remove(txid));

    /// <summary>Forgets a waiting transaction and what spends it, as a node that was restarted or was full may.</summary>
    public void Evict(Txid txid) => Changing(() =>
    {
        foreach (var entry in _mempool.WithDescendants(txid).Reverse())
        {
            _mempool.Remove(entry.Transaction.Txid);
        }

        return true;
    });

    /// <summary>What the estimates route answers from now on; may be empty.</summary>
    public void SetFeeEstimates(IEnumerable<KeyValuePair<int, double>> satPerVbyteByTarget)
        => Changing(() => FeeEstimates = satPerVbyteByTarget.ToImmutableSortedDictionary());

    /// <summary>The world pays more, or less again: what blocks and mempool take from now on. What waits already stays.</summary>
    /// <param name="mined">See <see cref="MinimumRate"/>.</param>
    /// <param name="admitted">See <see cref="MempoolMinimum"/>; null leaves it at the least.</param>
    public void SetLeastRates(FeeRate mined, FeeRate? admitted = null) => Changing(() =>
    {
        _admission.Least = admitted ?? FeeRate.Zero;
        return MinimumRate = mined;
    });

    /// <summary>Every estimate becomes this, and blocks take nothing that pays less. <see cref="MempoolMinimum"/> stays as it is.</summary>
    /// <param name="satPerVbyte">1: as at the start.</param>
    public void Spike(long satPerVbyte)
    {
        SetFeeEstimates(Targets.Select(target => KeyValuePair.Create(target, (double)satPerVbyte)));
        SetLeastRates(satPerVbyte <= 1 ? FeeRate.Zero : FeeRate.FromSatPerVbyte(satPerVbyte), MempoolMinimum);
    }

    internal ChainSnapshot Snapshot() => Locked(() => new ChainSnapshot(
        [.. _chain.Blocks.Select(block => new StoredBlock(block.Time, [.. block.Transactions.Select(transaction => transaction.ToHex())]))],
        [.. _mempool.Entries.Select(entry => entry.Transaction.ToHex())],
        [.. _held.Select(txid => txid.ToString()).Order(StringComparer.Ordinal)],
        FeeEstimates.ToDictionary(),
        _extra,
        MinimumRate.SatPerKwu,
        _admission.Least.SatPerKwu));

    private void Fork(IReadOnlyList<Block> dropped, IReadOnlyList<MempoolEntry> waiting, IReadOnlyList<Transaction> also, bool confirmAgain)
    {
        var returned = dropped.SelectMany(block => block.Transactions.Skip(1)).Concat(waiting.Select(entry => entry.Transaction)).ToList();
        if (confirmAgain)
        {
            returned.ForEach(_admission.TakeBack);
        }

        for (var i = 0; i <= dropped.Count; i++)
        {
            var time = dropped[Math.Min(i, dropped.Count - 1)].Time + 1 + (i < dropped.Count ? 0 : BlockSpacing);
            MineUnlocked(time, i == 0 ? also : [], withMempool: confirmAgain);
        }

        if (!confirmAgain)
        {
            returned.ForEach(_admission.TakeBack);
        }
    }

    private Block MineUnlocked(long? time, IReadOnlyList<Transaction> also, bool withMempool)
    {
        var chosen = new Dictionary<Txid, Transaction>();
        foreach (var transaction in also)
        {
            var refused = chosen.Values.SelectMany(earlier => earlier.Inputs).Any(input => transaction.Inputs.Any(own => own.PreviousOutput == input.PreviousOutput))
                ? Rejection.MissingInputs
                : _admission.ForBlock(transaction, chosen);
            if (refused is not null)
            {
                throw new ChainRuleException(refused);
            }

            chosen.Add(transaction.Txid, transaction);
            foreach (var conflict in transaction.Inputs.Select(input => _mempool.SpenderOf(input.PreviousOutput)?.By.Txid).ToList())
            {
                DropConflict(conflict, transaction.Txid);
            }
        }

        return ConnectNext(time ?? _chain.Tip.Time + BlockSpacing, [.. chosen.Values, .. withMempool ? FromMempool(chosen) : []]);
    }

    private void DropConflict(Txid? conflict, Txid kept)
    {
        foreach (var entry in conflict is { } txid && txid != kept ? _mempool.WithDescendants(txid) : [])
        {
            _mempool.Remove(entry.Transaction.Txid);
        }
    }

    private List<Transaction> FromMempool(Dictionary<Txid, Transaction> already)
        => new BlockTemplate([.. _mempool.Entries.Where(entry => !already.ContainsKey(entry.Transaction.Txid))], _held.Contains, MinimumRate)
            .Choose(already.Values.Sum(transaction => transaction.Weight.Units));

    private Block ConnectNext(long time, List<Transaction> transactions)
    {
        var height = _chain.Height + 1;
        var least = _chain.Tip.MedianTimePast.UnixSeconds + 1;
        var subsidy = 5_000_000_000L >> Math.Min(height / 150, 63);
        var reward = new TxOut(Satoshis.Of(subsidy + transactions.Sum(FeeOf)), Script.PayToAnchor);
        var coinbase = Block.Coinbase(height, ++_extra, reward);
        var block = Block.Make(height, _chain.Tip.Hash, Math.Max(time, least), _chain.TimesBeforeNext(), [coinbase, .. transactions]);
        _chain.Connect(block);
        foreach (var transaction in transactions)
        {
            _mempool.Remove(transaction.Txid);
        }

        return block;

        long FeeOf(Transaction transaction) => transaction.Inputs.Sum(input => ValueOf(input.PreviousOutput)) - transaction.OutputValue.Value;

        long ValueOf(OutPoint outpoint) => (_chain.CoinAt(outpoint)?.Output
            ?? transactions.First(parent => parent.Txid == outpoint.Txid).Outputs[(int)outpoint.Vout]).Value.Value;
    }

    private Placed? FindUnlocked(Txid txid) => _chain.Find(txid) is { } found
        ? new Placed(found.Transaction, found.Block)
        : _mempool.Find(txid) is { } waiting ? new Placed(waiting.Transaction, null) : null;

    private bool Touches(Transaction transaction, string scriptHash)
        => transaction.Outputs.Any(output => ChainState.ScriptHash(output.ScriptPubKey) == scriptHash)
            || transaction.Inputs.Any(input => FindUnlocked(input.PreviousOutput.Txid) is { } parent
                && ChainState.ScriptHash(parent.Transaction.Outputs[(int)input.PreviousOutput.Vout].ScriptPubKey) == scriptHash);

    private T Changing<T>(Func<T> work)
    {
        var result = Locked(work);
        Changed?.Invoke();
        return result;
    }

    private T Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            return work();
        }
    }
}
