using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Whether every winner of every outcome gets enough to be worth claiming. A competition is refused at creation where the smallest share
/// at the highest fee rate of its terms is below three times the fee of claiming it.
/// </summary>
public static class SmallestShare
{
    /// <summary>The weight of claiming a share on chain, rounded up to a round number.</summary>
    public static Weight ClaimWeight { get; } = Weight.Of(650);

    /// <summary>The least share that is worth claiming at this rate: three times the fee of claiming it, and above dust.</summary>
    public static Satoshis LeastWorthwhile(FeeRate rate)
        => Satoshis.Of(Math.Max(rate.FeeCeiling(ClaimWeight).Value * 3, (long)ContractAmounts.DustSatoshis + 1));

    /// <summary>The smallest amount that any winner of any outcome gets when contract fees are paid at this rate, or why one cannot be paid.</summary>
    public static (Satoshis? Share, ContractRefusal? Refusal) Of(ContractParameters parameters, FeeRate rate)
        => Of(parameters.OutcomePayouts, parameters.FundingSatoshis, rate, parameters.AnchorSatoshis, parameters.OutcomeBoundSplits);

    /// <inheritdoc cref="Of(ContractParameters, FeeRate)"/>
    public static (Satoshis? Share, ContractRefusal? Refusal) Of(
        OutcomePayouts payouts, ulong fundingSatoshis, FeeRate rate, ulong? anchorSatoshis, bool outcomeBoundSplits)
        => Least(Distinct(payouts, outcomeBoundSplits), new PotTerms(fundingSatoshis, (ulong)rate.SatPerKwu, anchorSatoshis, outcomeBoundSplits));

    /// <summary>
    /// The smallest funding value at which every share is at least <paramref name="leastShare"/>, or null where none up to
    /// 21,000,000 BTC is.
    /// </summary>
    public static Satoshis? SmallestFunding(
        OutcomePayouts payouts, Satoshis leastShare, FeeRate rate, ulong? anchorSatoshis, bool outcomeBoundSplits)
    {
        var distinct = Distinct(payouts, outcomeBoundSplits);
        bool Enough(long funding) => Least(distinct, new PotTerms((ulong)funding, (ulong)rate.SatPerKwu, anchorSatoshis, outcomeBoundSplits)) is
        { Share: { } share } && share >= leastShare;

        var (low, high) = (1L, Satoshis.MaxValue);
        if (!Enough(high))
        {
            return null;
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Enough(middle) ? (low, middle) : (middle + 1, high);
        }

        return Satoshis.Of(low);
    }

    private static (Satoshis? Share, ContractRefusal? Refusal) Least(List<OutcomePayout> outcomes, PotTerms terms)
    {
        var (amounts, refusal) = ContractAmounts.Of(terms);
        if (amounts is null)
        {
            return (null, refusal);
        }

        var least = long.MaxValue;
        foreach (var (outcome, weights) in outcomes)
        {
            var shares = new long[weights.Count];
            if (amounts.Split(outcome, weights, shares) is { } unpaid)
            {
                return (null, unpaid);
            }

            least = Math.Min(least, shares.Min());
        }

        return least == long.MaxValue
            ? (null, new ContractRefusal(ContractRefusalKind.EmptyOutcomePayouts, "no outcome pays anybody"))
            : (Satoshis.Of(least), null);
    }

    /// <summary>One outcome for each combination of leaf length and sorted weights: shares depend on nothing else.</summary>
    private static List<OutcomePayout> Distinct(OutcomePayouts payouts, bool bound)
        => [.. payouts.Entries.DistinctBy(entry =>
            $"{ContractWeights.SplitLeafLength(entry.Outcome, bound)}/{string.Join(',', entry.Weights.Winners.Select(winner => winner.Weight).Order())}")];
}
