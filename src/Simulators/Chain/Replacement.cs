using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>A transaction that keeps every rule that it can break by itself.</summary>
internal sealed record Candidate(Transaction Transaction, IReadOnlyList<Coin> Coins, long Fee, long VirtualBytes);

/// <summary>Whether transactions may take the place of others (BIP-125, without opting in). In Core's words and order.</summary>
internal static class Replacement
{
    private const int MostEvictions = 100;

    /// <param name="candidates">What comes in, together.</param>
    /// <param name="direct">What spends the same outputs, or is to make room.</param>
    /// <param name="evicted">Those and all that spend them.</param>
    /// <param name="mempool">What waits.</param>
    public static Rejection? Check(
        IReadOnlyList<Candidate> candidates, IReadOnlyList<MempoolEntry> direct, IReadOnlyList<MempoolEntry> evicted, Mempool mempool)
    {
        if (direct.Count == 0)
        {
            return null;
        }

        var (fee, size) = (candidates.Sum(candidate => candidate.Fee), candidates.Sum(candidate => candidate.VirtualBytes));
        if (direct.Any(entry => PerKilobyte(fee, size) <= PerKilobyte(entry.Fee.Value, entry.VirtualBytes)))
        {
            return Rejection.Because($"insufficient fee, rejecting replacement; {fee} for {size} virtual bytes is no better rate");
        }

        if (evicted.Count > MostEvictions)
        {
            return Rejection.Because("too many potential replacements");
        }

        if (AddsUnconfirmed(candidates, direct, mempool))
        {
            return Rejection.Because("replacement-adds-unconfirmed");
        }

        var paid = evicted.Sum(entry => entry.Fee.Value) + TransactionRules.LeastFee(size);
        return fee < paid ? Rejection.Because($"insufficient fee, rejecting replacement; {fee} < {paid}") : null;
    }

    /// <summary>Rates are compared in whole satoshis per 1,000 virtual bytes.</summary>
    private static long PerKilobyte(long fee, long size) => (long)((Int128)fee * 1_000 / size);

    private static bool AddsUnconfirmed(IReadOnlyList<Candidate> candidates, IReadOnlyList<MempoolEntry> direct, Mempool mempool)
    {
        var known = direct.SelectMany(entry => entry.Transaction.Inputs).Select(input => input.PreviousOutput.Txid)
            .Concat(candidates.Select(candidate => candidate.Transaction.Txid)).ToHashSet();
        return candidates.SelectMany(candidate => candidate.Transaction.Inputs)
            .Any(input => !known.Contains(input.PreviousOutput.Txid) && mempool.Find(input.PreviousOutput.Txid) is not null);
    }
}
