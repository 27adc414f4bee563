using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>Admits transactions to the mempool as Bitcoin Core does, and in its order, so that of several faults the same one is named: cheap
/// rules first, then fees, families and replacement, scripts last. Full replace-by-fee.</summary>
internal sealed class Admission(ChainState chain, Mempool mempool)
{
    /// <summary>What the mempool asks for beyond the least relay fee; counts for a package together.</summary>
    public FeeRate Least { get; set; }

    /// <summary>What comes in and what it drives out.</summary>
    private sealed record Change(IReadOnlyList<Candidate> Candidates, IReadOnlyList<MempoolEntry> Evicted);

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
        if (Examine(transactions, out var change) is { } refused)
        {
            return Acceptance.No(refused);
        }

        foreach (var entry in change!.Evicted)
        {
            mempool.Remove(entry.Transaction.Txid);
        }

        foreach (var candidate in change.Candidates)
        {
            mempool.Add(new MempoolEntry(candidate.Transaction, Satoshis.Of(candidate.Fee), candidate.VirtualBytes));
        }

        return new Acceptance(null, [.. change.Evicted.Select(entry => entry.Transaction.Txid)]);
    }

    /// <summary>What would become of a transaction, without taking it.</summary>
    public Rejection? Test(Transaction transaction)
        => mempool.Find(transaction.Txid) is { } known
            ? Rejection.Because(known.Transaction.Wtxid == transaction.Wtxid ? "txn-already-in-mempool" : "txn-same-nonwitness-data-in-mempool")
            : Examine([transaction], out _);

    /// <summary>Takes a transaction back after a reorganisation: no fee check, but every rule must hold. Otherwise it is dropped.</summary>
    public void TakeBack(Transaction transaction)
    {
        var free = transaction.Inputs.All(input => mempool.SpenderOf(input.PreviousOutput) is null);
        if (free && mempool.Find(transaction.Txid) is null && chain.Find(transaction.Txid) is null
            && Cheap(transaction, [], out var candidate) is null && TransactionRules.Scripts(transaction, candidate!.Coins) is null)
        {
            mempool.Add(new MempoolEntry(transaction, Satoshis.Of(candidate.Fee), candidate.VirtualBytes));
        }
    }

    /// <summary>Every consensus rule for a transaction of the next block, apart from the mempool.</summary>
    public Rejection? ForBlock(Transaction transaction, IReadOnlyDictionary<Txid, Transaction> earlierInBlock)
        => TransactionRules.Shape(transaction) ?? Find(transaction, earlierInBlock, useMempool: false, out var coins)
            ?? TransactionRules.Inputs(transaction, coins, chain) ?? TransactionRules.Scripts(transaction, coins);

    private Rejection? Examine(IReadOnlyList<Transaction> transactions, out Change? change)
    {
        change = null;
        var group = new Dictionary<Txid, Transaction>();
        var candidates = new List<Candidate>();
        var direct = new List<MempoolEntry>();
        foreach (var transaction in transactions)
        {
            var refused = Cheap(transaction, group, out var candidate) ?? Fee(candidate!, transactions.Count == 1) ?? Family(candidate!, group, direct);
            if (refused is not null)
            {
                return refused;
            }

            candidates.Add(candidate!);
            group.Add(transaction.Txid, transaction);
        }

        var evicted = direct.SelectMany(entry => mempool.WithDescendants(entry.Transaction.Txid)).Distinct().ToList();
        var refusal = Together(candidates) ?? Replacement.Check(candidates, direct, evicted, mempool)
            ?? candidates.Select(candidate => StandardRules.CheckDustIsSpent(candidate.Transaction, ParentsOf(candidate.Transaction, group))).FirstOrDefault(found => found is not null)
            ?? candidates.Select(candidate => TransactionRules.Scripts(candidate.Transaction, candidate.Coins)).FirstOrDefault(found => found is not null);
        change = refusal is null ? new Change(candidates, evicted) : null;
        return refusal;
    }

    private IEnumerable<Transaction> ParentsOf(Transaction transaction, Dictionary<Txid, Transaction> group)
        => transaction.Inputs.Select(input => input.PreviousOutput.Txid).Distinct()
            .Select(txid => group.TryGetValue(txid, out var parent) ? parent : mempool.Find(txid)?.Transaction).OfType<Transaction>();

    /// <summary>All about the transaction itself and what it spends, apart from scripts.</summary>
    private Rejection? Cheap(Transaction transaction, Dictionary<Txid, Transaction> group, out Candidate? candidate)
    {
        candidate = null;
        IReadOnlyList<Coin> coins = [];
        var refused = TransactionRules.Shape(transaction) ?? StandardRules.Check(transaction) ?? TransactionRules.LockTime(transaction, chain)
            ?? Find(transaction, group, useMempool: true, out coins) ?? TransactionRules.Inputs(transaction, coins, chain)
            ?? StandardRules.CheckWitnesses(transaction, coins);
        if (refused is null)
        {
            var fee = coins.Sum(coin => coin.Output.Value.Value) - transaction.OutputValue.Value;
            candidate = new Candidate(transaction, coins, fee, transaction.Weight.VirtualBytes);
        }

        return refused;
    }

    private Rejection? Find(Transaction transaction, IReadOnlyDictionary<Txid, Transaction> group, bool useMempool, out IReadOnlyList<Coin> coins)
    {
        var found = new List<Coin>();
        coins = found;
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

            found.Add(coin);
        }

        return null;
    }

    /// <summary>What each must pay for itself. In a package only one of version 3 may leave all of it to its child.</summary>
    private Rejection? Fee(Candidate candidate, bool isAlone)
    {
        var (fee, size) = (candidate.Fee, candidate.VirtualBytes);
        var owes = isAlone || candidate.Transaction.Version != 3;
        return StandardRules.CheckDust(candidate.Transaction, fee)
            ?? (owes && fee < TransactionRules.LeastFee(size) ? TooPoor(fee, size) : isAlone ? TooPoorNow(fee, size) : null);
    }

    private Rejection? Together(List<Candidate> candidates)
    {
        var fee = candidates.Sum(candidate => candidate.Fee);
        var size = candidates.Sum(candidate => candidate.VirtualBytes);
        return fee < TransactionRules.LeastFee(size) ? TooPoor(fee, size) : TooPoorNow(fee, size);
    }

    private Rejection? TooPoorNow(long fee, long size)
        => Least.FeeCeiling(Weight.Of(4 * size)).Value is var asked && fee < asked ? Rejection.Because($"mempool min fee not met, {fee} < {asked}") : null;

    private static Rejection TooPoor(long fee, long size) => Rejection.Because($"min relay fee not met, {fee} < {TransactionRules.LeastFee(size)}");

    private Rejection? Family(Candidate candidate, Dictionary<Txid, Transaction> group, List<MempoolEntry> direct)
    {
        var own = candidate.Transaction.Inputs.Select(input => mempool.SpenderOf(input.PreviousOutput)).OfType<(Transaction By, int Input)>()
            .Select(spender => mempool.Find(spender.By.Txid)!).Distinct().ToList();
        var ancestors = mempool.AncestorsOf(candidate.Transaction);
        MempoolEntry? sibling = null;
        var refused = FamilyRules.Length(candidate, ancestors, group.Count, own.Count, mempool)
            ?? FamilyRules.Version3(candidate, ancestors, own, mempool, out sibling)
            ?? FamilyRules.InPackage(
                candidate, [.. candidate.Transaction.Inputs.Select(input => group.GetValueOrDefault(input.PreviousOutput.Txid)).OfType<Transaction>().Distinct()], ancestors.Count);
        if (refused is not null)
        {
            return refused;
        }

        direct.AddRange([.. own, .. sibling is null ? [] : new[] { sibling }]);
        return ancestors.Any(own.Contains) ? Rejection.Because("bad-txns-spends-conflicting-tx") : null;
    }
}
