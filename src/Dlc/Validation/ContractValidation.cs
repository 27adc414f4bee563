using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>The rules that parameters must meet, checked in dlctix 0.2's order and named by its names; the first that fails is the answer.</summary>
public static class ContractValidation
{
    /// <summary>The largest block delta: twice as much must be a BIP-68 block count.</summary>
    public const int MaxBlockDelta = 0x7fff;

    /// <summary>The smallest fee anchor in satoshis: the dust limit of a pay-to-anchor output.</summary>
    public const ulong MinAnchorSatoshis = 240;

    /// <summary>All rules. Null where none fails.</summary>
    public static ContractRefusal? Check(ContractParameters parameters) => CheckLegacy(parameters) ?? UnboundSharedWinners(parameters);

    /// <summary>
    /// All rules but <see cref="ContractRefusalKind.UnboundSharedWinners"/>: for contracts that were made before that rule existed.
    /// Such a contract lets whichever winner confirms first choose between the outcomes.
    /// </summary>
    public static ContractRefusal? CheckLegacy(ContractParameters parameters)
        => Players(parameters) ?? LockingPoints(parameters) ?? Payouts(parameters) ?? Numbers(parameters);

    private static ContractRefusal? Players(ContractParameters parameters)
    {
        if (parameters.OutcomePayouts.Count == 0)
        {
            return Refuse(ContractRefusalKind.EmptyOutcomePayouts, "no outcome pays anybody");
        }

        var (tickets, payouts) = (new HashSet<Hashlock>(), new HashSet<Hashlock>());
        for (var i = 0; i < parameters.Players.Length; i++)
        {
            if (!tickets.Add(parameters.Players[i].TicketHash))
            {
                return Refuse(ContractRefusalKind.DuplicateTicketHash, $"player {i} has the ticket hash of an earlier player");
            }

            if (!payouts.Add(parameters.Players[i].PayoutHash))
            {
                return Refuse(ContractRefusalKind.DuplicatePayoutHash, $"player {i} has the payout hash of an earlier player");
            }
        }

        if (parameters.Players.FirstOrDefault(player => tickets.Contains(player.PayoutHash)) is { } collision)
        {
            return Refuse(
                ContractRefusalKind.TicketPayoutHashCollision, $"the payout hash of player {parameters.Players.IndexOf(collision)} is a ticket hash");
        }

        var keys = new HashSet<PublicKey> { parameters.MarketMaker.PublicKey };
        var repeated = parameters.Players.FirstOrDefault(player => !keys.Add(player.PublicKey));
        return repeated is null ? null : Refuse(
            ContractRefusalKind.DuplicatePubkey, $"player key {repeated.PublicKey} is the market maker's or an earlier player's");
    }

    private static ContractRefusal? LockingPoints(ContractParameters parameters)
        => parameters.Event.LockingPoints.IndexOf(null) is var index and >= 0
            ? Refuse(ContractRefusalKind.InvalidLockingPoint, $"locking point {index} is infinity")
            : null;

    private static ContractRefusal? Payouts(ContractParameters parameters)
    {
        foreach (var (outcome, weights) in parameters.OutcomePayouts.Entries)
        {
            var known = outcome.IsExpiry ? parameters.Event.Expiry is not null : outcome.AttestationIndex < parameters.Event.LockingPoints.Length;
            if (!known)
            {
                return Refuse(ContractRefusalKind.UnknownOutcome, $"{outcome} is paid, but the event cannot end so");
            }

            if (Weights(parameters, outcome, weights) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static ContractRefusal? Weights(ContractParameters parameters, Outcome outcome, PayoutWeights weights)
    {
        if (weights.Count == 0)
        {
            return Refuse(ContractRefusalKind.EmptyPayoutMap, $"{outcome} pays nobody");
        }

        UInt128 sum = 0;
        foreach (var (player, weight) in weights.Winners)
        {
            if (weight == 0)
            {
                return Refuse(ContractRefusalKind.InvalidPayoutWeight, $"{outcome} gives player {player} the weight 0");
            }

            if (player >= parameters.Players.Length)
            {
                return Refuse(ContractRefusalKind.OutOfBoundsPlayerIndex, $"{outcome} pays player {player} of {parameters.Players.Length}");
            }

            sum += weight;
        }

        return sum > ulong.MaxValue || parameters.FundingSatoshis * sum > ulong.MaxValue
            ? Refuse(ContractRefusalKind.PayoutWeightOverflow, $"the weights of {outcome} are too large")
            : null;
    }

    private static ContractRefusal? Numbers(ContractParameters parameters)
    {
        if (parameters.FeeRateSatPerKwu == 0)
        {
            return Refuse(ContractRefusalKind.InvalidFeeRate, "the fee rate is 0");
        }

        if (parameters.RelativeLocktimeBlockDelta is 0 or > MaxBlockDelta)
        {
            return Refuse(
                ContractRefusalKind.InvalidLocktime, $"the block delta {parameters.RelativeLocktimeBlockDelta} is not from 1 to {MaxBlockDelta}");
        }

        if (parameters.Event.Expiry == 0)
        {
            return Refuse(ContractRefusalKind.InvalidExpiry, "the event expiry is 0");
        }

        if (parameters.FundingSatoshis == 0)
        {
            return Refuse(ContractRefusalKind.InvalidFundingValue, "the funding value is 0");
        }

        return parameters.AnchorSatoshis is < MinAnchorSatoshis
            ? Refuse(ContractRefusalKind.InvalidAnchorValue, $"an anchor of {parameters.AnchorSatoshis} sat is below {MinAnchorSatoshis}")
            : null;
    }

    /// <summary>Compares each attestation outcome with the latest earlier one of the same winner set; the expiry is exempt.</summary>
    private static ContractRefusal? UnboundSharedWinners(ContractParameters parameters)
    {
        if (parameters.OutcomeBoundSplits)
        {
            return null;
        }

        var latest = new Dictionary<PayoutWeights, OutcomePayout>(SameWinners.Instance);
        foreach (var entry in parameters.OutcomePayouts.Entries.Where(entry => !entry.Outcome.IsExpiry))
        {
            if (latest.TryGetValue(entry.Weights, out var other) && !other.Weights.Equals(entry.Weights))
            {
                return Refuse(
                    ContractRefusalKind.UnboundSharedWinners,
                    $"{other.Outcome} and {entry.Outcome} pay the same players differently and splits are not bound to their outcome");
            }

            latest[entry.Weights] = entry;
        }

        return null;
    }

    internal static ContractRefusal Refuse(ContractRefusalKind kind, string detail) => new(kind, detail);
}

/// <summary>Compares payouts by whom they pay, whatever the weights.</summary>
internal sealed class SameWinners : IEqualityComparer<PayoutWeights>
{
    public static SameWinners Instance { get; } = new();

    public bool Equals(PayoutWeights? left, PayoutWeights? right)
        => ReferenceEquals(left, right) || (left is not null && right is not null && left.HasSameWinners(right));

    public int GetHashCode(PayoutWeights weights)
    {
        var hash = default(HashCode);
        foreach (var winner in weights.Winners)
        {
            hash.Add(winner.PlayerIndex);
        }

        return hash.ToHashCode();
    }
}
