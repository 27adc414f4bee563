using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>Bounds of our own on what dlctix's rules let pass to absurdity. Never applied to a legacy contract, but for the money supply.</summary>
public static class ContractBounds
{
    /// <summary>10,000 sat/vB.</summary>
    public const ulong MaxFeeRateSatPerKwu = 2_500_000;

    /// <summary>The largest fee anchor of a new contract, in satoshis.</summary>
    public const ulong MaxAnchorSatoshis = 10_000;

    /// <summary>The largest fee anchor that a player's signer accepts, in satoshis.</summary>
    public const ulong MaxSignerAnchorSatoshis = 1_000;

    /// <summary>The bounds of every new contract. Null where all hold.</summary>
    public static ContractRefusal? Check(ContractParameters parameters)
    {
        if (parameters.FeeRateSatPerKwu > MaxFeeRateSatPerKwu)
        {
            return Refuse(ContractRefusalKind.AbsurdFeeRate, $"a fee rate of {parameters.FeeRateSatPerKwu} sat/kwu is above {MaxFeeRateSatPerKwu}");
        }

        if (parameters.AnchorSatoshis is > MaxAnchorSatoshis)
        {
            return Refuse(ContractRefusalKind.AbsurdAnchorValue, $"an anchor of {parameters.AnchorSatoshis} sat is above {MaxAnchorSatoshis}");
        }

        return MoneySupply(parameters.FundingSatoshis) ?? EqualLockingPoints(parameters);
    }

    /// <summary>The bound of every contract, legacy ones included: no more money than there can be.</summary>
    internal static ContractRefusal? MoneySupply(ulong fundingSatoshis) => fundingSatoshis > Satoshis.MaxValue
        ? Refuse(ContractRefusalKind.AbsurdFundingValue, $"a funding value of {fundingSatoshis} sat is more than there can be")
        : null;

    /// <summary>The expiry of a new competition: a unix time that lies ahead. Null where it does, or where the event has no expiry.</summary>
    public static ContractRefusal? CheckExpiry(ContractParameters parameters, DateTimeOffset now)
        => parameters.Event.Expiry is { } expiry && expiry <= now.ToUnixTimeSeconds()
            ? Refuse(ContractRefusalKind.ExpiryInThePast, $"the event expiry {expiry} is not after {now.ToUnixTimeSeconds()}")
            : null;

    /// <summary>
    /// What a player's signer insists on beyond <see cref="ContractValidation.Check"/>: an anchor of 240 to 1,000 sat where there is one, and
    /// bound splits wherever two attestation outcomes share a winner set, whatever the weights. Null where both hold.
    /// </summary>
    public static ContractRefusal? CheckForSigner(ContractParameters parameters)
    {
        if (parameters.AnchorSatoshis is < ContractValidation.MinAnchorSatoshis or > MaxSignerAnchorSatoshis)
        {
            return Refuse(
                ContractRefusalKind.AnchorNotAcceptable,
                $"an anchor of {parameters.AnchorSatoshis} sat is not from {ContractValidation.MinAnchorSatoshis} to {MaxSignerAnchorSatoshis}");
        }

        if (parameters.OutcomeBoundSplits)
        {
            return null;
        }

        var seen = new HashSet<PayoutWeights>(SameWinners.Instance);
        foreach (var (outcome, weights) in parameters.OutcomePayouts.Entries.Where(entry => !entry.Outcome.IsExpiry))
        {
            if (!seen.Add(weights))
            {
                return Refuse(
                    ContractRefusalKind.SharedWinnersNotBound, $"{outcome} has the winners of an earlier outcome and splits are not bound to their outcome");
            }
        }

        return null;
    }

    private static ContractRefusal? EqualLockingPoints(ContractParameters parameters)
    {
        var seen = new HashSet<PublicKey>();
        for (var i = 0; i < parameters.Event.LockingPoints.Length; i++)
        {
            if (parameters.Event.LockingPoints[i] is { } point && !seen.Add(point))
            {
                return Refuse(ContractRefusalKind.DuplicateLockingPoint, $"locking point {i} equals an earlier one");
            }
        }

        return null;
    }

    private static ContractRefusal Refuse(ContractRefusalKind kind, string detail) => new(kind, detail);
}
