using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>In what a contract differs from what a player agreed to.</summary>
public enum ContractMismatch
{
    /// <summary>The rules or a player's demands on the kind of contract are not met; the detail names the refusal.</summary>
    Refused,

    /// <summary>The player's key is not among the players, or its ticket or payout hash is another.</summary>
    Self,

    /// <summary>Another number of players.</summary>
    Players,

    /// <summary>The market maker's key is another.</summary>
    MarketMaker,

    /// <summary>The locking points are not those of the oracle's announcement.</summary>
    LockingPoints,

    /// <summary>The expiry of the event is another.</summary>
    Expiry,

    /// <summary>The outcomes do not pay by the agreed places.</summary>
    Payouts,

    /// <summary>The funding value is another.</summary>
    FundingValue,

    /// <summary>The fee rate is above the agreed limit.</summary>
    FeeRate,

    /// <summary>The block delta is another.</summary>
    BlockDelta,
}

/// <summary>
/// What a player agreed to, to be compared with the contract it is asked to sign. Checked before any nonce is drawn; transactions and
/// digests then come from a contract built of the checked parameters, never from elsewhere.
/// </summary>
public sealed record ContractExpectation
{
    /// <summary>The player's own entry: key, ticket hash and payout hash.</summary>
    public required Player Self { get; init; }

    /// <summary>The market maker's key, or null where it was not announced before.</summary>
    public PublicKey? MarketMaker { get; init; }

    /// <summary>The competition's shape.</summary>
    public required OutcomeRanking Ranking { get; init; }

    /// <summary>For each position of the oracle the index of the contract's player (entry-id order to ticket-id order).</summary>
    public required ImmutableArray<int> PlayerOfPosition { get; init; }

    /// <summary>The locking points, computed here from the oracle's announcement.</summary>
    public required ImmutableArray<PublicKey> LockingPoints { get; init; }

    /// <summary>The event's expiry, unix seconds.</summary>
    public required uint Expiry { get; init; }

    public required Satoshis FundingValue { get; init; }

    /// <summary>The terms' highest contract fee rate.</summary>
    public required FeeRate MaxFeeRate { get; init; }

    public required ushort BlockDelta { get; init; }

    /// <summary>The first difference with a line for people; null where the contract is the one agreed to.</summary>
    public (ContractMismatch Mismatch, string Detail)? Check(ContractParameters parameters)
    {
        if ((TicketedDlc.Check(parameters) ?? ContractBounds.CheckForSigner(parameters)) is { } refusal)
        {
            return (ContractMismatch.Refused, refusal.ToString());
        }

        return CheckParties(parameters) ?? CheckEvent(parameters) ?? CheckMoney(parameters);
    }

    private (ContractMismatch Mismatch, string Detail)? CheckParties(ContractParameters parameters)
    {
        if (!parameters.Players.Contains(Self))
        {
            return (ContractMismatch.Self, "no player has this key with this ticket hash and this payout hash");
        }

        if (parameters.Players.Length != Ranking.Entries)
        {
            return (ContractMismatch.Players, $"{parameters.Players.Length} players instead of {Ranking.Entries}");
        }

        return MarketMaker is null || MarketMaker.Equals(parameters.MarketMaker.PublicKey)
            ? null
            : (ContractMismatch.MarketMaker, $"the market maker is {parameters.MarketMaker.PublicKey} instead of {MarketMaker}");
    }

    private (ContractMismatch Mismatch, string Detail)? CheckEvent(ContractParameters parameters)
    {
        if (!parameters.Event.LockingPoints.SequenceEqual(LockingPoints))
        {
            return (ContractMismatch.LockingPoints, "the locking points are not those of the announcement");
        }

        if (parameters.Event.Expiry != Expiry)
        {
            return (ContractMismatch.Expiry, $"the event expires at {parameters.Event.Expiry} instead of {Expiry}");
        }

        var isMap = PlayerOfPosition.Order().SequenceEqual(Enumerable.Range(0, Ranking.Entries));
        return isMap && parameters.OutcomePayouts.Equals(Ranking.Payouts(PlayerOfPosition))
            ? null
            : (ContractMismatch.Payouts, "the outcomes do not pay by the agreed places");
    }

    private (ContractMismatch Mismatch, string Detail)? CheckMoney(ContractParameters parameters)
    {
        if (parameters.FundingValue != FundingValue)
        {
            return (ContractMismatch.FundingValue, $"a funding value of {parameters.FundingValue} instead of {FundingValue}");
        }

        if (parameters.FeeRate > MaxFeeRate)
        {
            return (ContractMismatch.FeeRate, $"a fee rate of {parameters.FeeRate} above {MaxFeeRate}");
        }

        return parameters.RelativeLocktimeBlockDelta == BlockDelta
            ? null
            : (ContractMismatch.BlockDelta, $"a block delta of {parameters.RelativeLocktimeBlockDelta} instead of {BlockDelta}");
    }
}
