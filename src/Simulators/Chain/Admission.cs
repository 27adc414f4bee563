using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>Admits transactions to the mempool as Bitcoin Core does: rules, locks, least fee (of a package together), full replace-by-fee,
/// chains of at most 25.</summary>
internal sealed class Admission(ChainState chain, Mempool mempool)
{
    private const int MostAncestors = 24;
    private const int MostEvictions = 100;

    /// <summary>What the mempool asks for beyond the least relay fee; counts for a package together.</summary>
    public FeeRate Least { get; set; }

    /// <summary>A transaction that keeps every rule apart from fees and conflicts.</summary>
    private sealed record Candidate(Transaction Transaction, long Fee, long VirtualBytes);

    /// <summary>Admits one transaction.</summary>
    public Acceptance Admit(Transaction transaction)
    {
        if (mempool.Find(transaction.Txid) is not null)
        {
            return new Acceptance(null, []);
        }

        var inChain = Enumerable.Range(0, transaction.Outputs.Length).Any(i => chain.CoinAt(transaction.OutPoint((uint)i)) is not null);
        return inChain ? Acceptance.No(Rejection.AlreadyInChain) : AdmitTogether([transaction]);
    }

    /// <summary>Admits transactions whose fees count together, all or none.</summary>
    public Acceptance AdmitTogether(IReadOnlyList<Transaction> transactions)
    {
        var group = new Dictionary<Txid, Transaction>();
        var candidates = new List<Candidate>();
        foreach (var transaction in transactions)
        {
            if (Examine(transaction, group, out var candidate) is { } refused)
            {
                return Acceptance.No(refused);
            }

            candidates.Add(candidate!);
            group.Add(transaction.Txid, transaction);
        }

        var evicted = Conflicts(candidates);
        var refusal = Double(candidates) ?? Fees(candidates, evicted);
        if (refusal is not null)
        {
            return Acceptance.No(refusal);
        }

        foreach (var entry in evicted)
        {
            mempool.Remove(entry.Transaction.Txid);
        }

        foreach (var candidate in candidates)
        {
            mempool.Add(new MempoolEntry(candidate.Transaction, Satoshis.Of(candidate.Fee), candidate.VirtualBytes));
        }

        return new Acceptance(null, [.. evicted.Select(entry => entry.Transaction.Txid)]);
    }

    /// <summary>Takes a transaction back after a reorganisation: no fee check, but every rule must hold. Otherwise it is dropped.</summary>
    public void TakeBack(Transaction transaction)
    {
        var free = transaction.Inputs.All(input => mempool.SpenderOf(input.PreviousOutput) is null);
        if (free && mempool.Find(transaction.Txid) is null && chain.Find(transaction.Txid) is null
            && Examine(transaction, [], out var candidate) is null)
        {
            mempool.Add(new MempoolEntry(transaction, Satoshis.Of(candidate!.Fee), candidate.VirtualBytes));
        }
    }

    /// <summary>Every consensus rule for a transaction of the next block, apart from the mempool.</summary>
    public Rejection? ForBlock(Transaction transaction, IReadOnlyDictionary<Txid, Transaction> earlierInBlock)
    {
        var coins = new List<Coin>();
        return TransactionRules.Shape(transaction) ?? Find(transaction, coins, earlierInBlock, useMempool: false)
            ?? TransactionRules.Consensus(transaction, coins, chain);
    }

    private Rejection? Examine(Transaction transaction, Dictionary<Txid, Transaction> group, out Candidate? candidate)
    {
        var coins = new List<Coin>();
        candidate = null;
        var refused = TransactionRules.Shape(transaction) ?? TransactionRules.Standard(transaction)
            ?? Find(transaction, coins, group, useMempool: true);
        if (refused is not null)
        {
            return refused;
        }

        refused = TransactionRules.Consensus(transaction, coins, chain)
            ?? (mempool.CountAncestors(transaction) + group.Count > MostAncestors ? Rejection.Because("too-long-mempool-chain") : null);
        var fee = coins.Sum(coin => coin.Output.Value.Value) - transaction.OutputValue.Value;
        candidate = refused is null ? new Candidate(transaction, fee, transaction.Weight.VirtualBytes) : null;
        return refused;
    }

    private Rejection? Find(Transaction transaction, List<Coin> coins, IReadOnlyDictionary<Txid, Transaction> group, bool useMempool)
    {
        foreach (var input in transaction.Inputs)
        {
            var outpoint = input.PreviousOutput;
            var waiting = group.TryGetValue(outpoint.Txid, out var parent) && outpoint.Vout < parent.Outputs.Length
                ? parent.Outputs[(int)outpoint.Vout]
                : useMempool ? mempool.OutputAt(outpoint) : null;
            var coin = waiting is null ? chain.CoinAt(outpoint) : new Coin(waiting, chain.Height + 1, false);
            if (coin is null)
            {
                return Rejection.MissingInputs;
            }

            coins.Add(coin);
        }

        return null;
    }

    private List<MempoolEntry> Conflicts(List<Candidate> candidates)
    {
        var evicted = new List<MempoolEntry>();
        foreach (var input in candidates.SelectMany(candidate => candidate.Transaction.Inputs))
        {
            if (mempool.SpenderOf(input.PreviousOutput) is { } spender)
            {
                evicted.AddRange(mempool.WithDescendants(spender.By.Txid).Where(entry => !evicted.Contains(entry)));
            }
        }

        return evicted;
    }

    private static Rejection? Double(List<Candidate> candidates)
    {
        var inputs = candidates.SelectMany(candidate => candidate.Transaction.Inputs).Select(input => input.PreviousOutput).ToList();
        return inputs.Distinct().Count() == inputs.Count ? null : Rejection.Because("conflict-in-package");
    }

    private Rejection? Fees(List<Candidate> candidates, List<MempoolEntry> evicted)
    {
        var fee = candidates.Sum(candidate => candidate.Fee);
        var size = candidates.Sum(candidate => candidate.VirtualBytes);
        if (fee < TransactionRules.LeastFee(size))
        {
            return Rejection.Because($"min relay fee not met, {fee} < {TransactionRules.LeastFee(size)}");
        }

        var asked = Least.FeeCeiling(Weight.Of(4 * size)).Value;
        if (fee < asked)
        {
            return Rejection.Because($"mempool min fee not met, {fee} < {asked}");
        }

        if (evicted.Count == 0)
        {
            return null;
        }

        var gone = evicted.Select(entry => entry.Transaction.Txid).ToHashSet();
        if (candidates.Any(candidate => candidate.Transaction.Inputs.Any(input => gone.Contains(input.PreviousOutput.Txid))))
        {
            return Rejection.Because("bad-txns-spends-conflicting-tx");
        }

        if (evicted.Count > MostEvictions)
        {
            return Rejection.Because("too many potential replacements");
        }

        var paid = evicted.Sum(entry => entry.Fee.Value) + TransactionRules.LeastFee(size);
        var beaten = evicted.All(entry => (Int128)fee * entry.VirtualBytes > (Int128)entry.Fee.Value * size);
        return fee < paid || !beaten ? Rejection.Because($"insufficient fee, rejecting replacement, {fee} < {paid}") : null;
    }
}
