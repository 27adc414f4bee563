using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>The amounts of a contract: what the outcome output holds and what each winner gets. They depend on no key and no outpoint.</summary>
public sealed class ContractAmounts
{
    /// <summary>Outputs of a contract are above this many satoshis (the dust limit of taproot outputs).</summary>
    public const ulong DustSatoshis = 330;

    private readonly ulong _available;
    private readonly ulong _rate;
    private readonly bool _anchored;
    private readonly bool _bound;

    private ContractAmounts(ulong outcomeValue, ulong outcomeFee, ulong? anchor, ulong rate, bool bound)
    {
        (_available, _rate, _anchored, _bound) = (outcomeValue - (anchor ?? 0), rate, anchor is not null, bound);
        OutcomeValue = Satoshis.Of((long)outcomeValue);
        OutcomeFee = Satoshis.Of((long)outcomeFee);
    }

    /// <summary>Satoshis of the outcome output, the same for every outcome and the expiry.</summary>
    public Satoshis OutcomeValue { get; }

    /// <summary>The mining fee of an outcome or expiry transaction.</summary>
    public Satoshis OutcomeFee { get; }

    /// <summary>
    /// The amounts, or why they cannot be. Winners bear the split's anchor in proportion to their weights and its mining fee in equal
    /// parts; what rounding leaves over goes to the miner.
    /// </summary>
    /// <returns>Exactly one of both.</returns>
    public static (ContractAmounts? Amounts, ContractRefusal? Refusal) Of(ContractParameters parameters)
        => Of(new PotTerms(parameters.FundingSatoshis, parameters.FeeRateSatPerKwu, parameters.AnchorSatoshis, parameters.OutcomeBoundSplits));

    /// <inheritdoc cref="Of(ContractParameters)"/>
    internal static (ContractAmounts? Amounts, ContractRefusal? Refusal) Of(PotTerms terms)
    {
        if (terms.FundingSatoshis > Satoshis.MaxValue)
        {
            return (null, ContractBounds.MoneySupply(terms.FundingSatoshis));
        }

        if (Fee(terms.FeeRateSatPerKwu, ContractWeights.Outcome(terms.AnchorSatoshis is not null)) is not { } fee)
        {
            return (null, Refuse(ContractRefusalKind.WeightOverflow, "the outcome fee does not fit 64 bits"));
        }

        var anchor = terms.AnchorSatoshis ?? 0;
        if (fee > ulong.MaxValue - anchor)
        {
            return (null, Refuse(ContractRefusalKind.InvalidFeeAmount, "outcome fee and anchor together do not fit 64 bits"));
        }

        if (Take(terms.FundingSatoshis, fee + anchor, "the outcome transaction", out var value) is { } refusal)
        {
            return (null, refusal);
        }

        return value < anchor
            ? (null, Refuse(ContractRefusalKind.InsufficientFunds, $"the outcome output of {value} sat cannot pay the split's anchor of {anchor} sat"))
            : (new ContractAmounts(value, fee, terms.AnchorSatoshis, terms.FeeRateSatPerKwu, terms.OutcomeBoundSplits), null);
    }

    /// <summary>
    /// What each winner of an outcome gets, in ascending order of player index, or why one cannot be paid. Weights must be validated.
    /// </summary>
    public ContractRefusal? Split(Outcome outcome, PayoutWeights weights, Span<long> amounts)
    {
        var weight = ContractWeights.Split(weights.Count, ContractWeights.SplitLeafLength(outcome, _bound), _anchored);
        if (Fee(_rate, weight) is not { } fee)
        {
            return Refuse(ContractRefusalKind.WeightOverflow, $"the split fee of {outcome} does not fit 64 bits");
        }

        var share = fee / (ulong)weights.Count;
        UInt128 sum = 0;
        foreach (var winner in weights.Winners)
        {
            sum += winner.Weight;
        }

        for (var i = 0; i < weights.Count; i++)
        {
            var gross = (ulong)((UInt128)_available * weights.Winners[i].Weight / sum);
            if (Take(gross, share, $"{outcome}:p{weights.Winners[i].PlayerIndex}", out var net) is { } refusal)
            {
                return refusal;
            }

            amounts[i] = (long)net;
        }

        return null;
    }

    /// <summary>What each winner gets, in ascending order of player index.</summary>
    /// <exception cref="ContractRefusedException">One cannot be paid.</exception>
    public ImmutableArray<Satoshis> Split(Outcome outcome, PayoutWeights weights)
    {
        var amounts = new long[weights.Count];
        return Split(outcome, weights, amounts) is { } refusal
            ? throw new ContractRefusedException(refusal)
            : [.. amounts.Select(Satoshis.Of)];
    }

    internal static ulong? Fee(ulong satPerKwu, Weight weight)
        => (((UInt128)satPerKwu * (ulong)weight.Units) + 999) is var product && product <= ulong.MaxValue ? (ulong)product / 1_000 : null;

    private static ContractRefusal? Take(ulong amount, ulong fee, string what, out ulong rest)
    {
        rest = 0;
        if (fee >= amount)
        {
            return Refuse(ContractRefusalKind.InsufficientFunds, $"{what}: {amount} sat cannot pay {fee} sat of fees");
        }

        rest = amount - fee;
        return rest <= DustSatoshis ? Refuse(ContractRefusalKind.DustAmount, $"{what}: an output of {rest} sat is not above {DustSatoshis}") : null;
    }

    private static ContractRefusal Refuse(ContractRefusalKind kind, string detail) => new(kind, detail);
}

/// <summary>What amounts depend on besides the weights.</summary>
internal readonly record struct PotTerms(ulong FundingSatoshis, ulong FeeRateSatPerKwu, ulong? AnchorSatoshis, bool OutcomeBoundSplits);
