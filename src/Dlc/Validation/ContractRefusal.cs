namespace Coordinator.Dlc;

/// <summary>Why no contract can be made of some parameters. The first group are dlctix's names, in the order in which they are checked.</summary>
public enum ContractRefusalKind
{
    /// <summary>No outcome pays anybody.</summary>
    EmptyOutcomePayouts,

    /// <summary>Two players share a ticket hash.</summary>
    DuplicateTicketHash,

    /// <summary>Two players share a payout hash.</summary>
    DuplicatePayoutHash,

    /// <summary>A payout hash is also a ticket hash.</summary>
    TicketPayoutHashCollision,

    /// <summary>A player's key is another player's or the market maker's.</summary>
    DuplicatePubkey,

    /// <summary>A locking point is infinity.</summary>
    InvalidLockingPoint,

    /// <summary>A payout for an outcome that the event cannot have.</summary>
    UnknownOutcome,

    /// <summary>An outcome with payouts pays nobody.</summary>
    EmptyPayoutMap,

    /// <summary>A weight of zero.</summary>
    InvalidPayoutWeight,

    /// <summary>A winner who is no player.</summary>
    OutOfBoundsPlayerIndex,

    /// <summary>The sum of weights, or the funding value times that sum, does not fit 64 bits.</summary>
    PayoutWeightOverflow,

    /// <summary>A fee rate of zero.</summary>
    InvalidFeeRate,

    /// <summary>A block delta of zero or above 32,767.</summary>
    InvalidLocktime,

    /// <summary>An event expiry of zero.</summary>
    InvalidExpiry,

    /// <summary>A funding value of zero.</summary>
    InvalidFundingValue,

    /// <summary>A fee anchor below 240 sat.</summary>
    InvalidAnchorValue,

    /// <summary>Splits are not bound to their outcome and two attestation outcomes pay the same players differently.</summary>
    UnboundSharedWinners,

    /// <summary>Building: a fee does not fit 64 bits.</summary>
    WeightOverflow,

    /// <summary>Building: fee and anchor together do not fit 64 bits.</summary>
    InvalidFeeAmount,

    /// <summary>Building: a fee, fee share or anchor is not below the amount that must pay it.</summary>
    InsufficientFunds,

    /// <summary>Building: an output would be 330 sat or less.</summary>
    DustAmount,

    /// <summary>Building: an aggregate key is infinity or a taproot tweak is out of range. Not reachable without a broken hash.</summary>
    DegenerateKey,

    /// <summary>Our own bound: more than 21,000,000 BTC.</summary>
    AbsurdFundingValue,

    /// <summary>Our own bound: above 10,000 sat/vB.</summary>
    AbsurdFeeRate,

    /// <summary>Our own bound: a fee anchor above 10,000 sat.</summary>
    AbsurdAnchorValue,

    /// <summary>Our own bound: two locking points are equal, so one attestation would unlock two outcomes.</summary>
    DuplicateLockingPoint,

    /// <summary>Our own bound: the event expiry is not a time in the future.</summary>
    ExpiryInThePast,

    /// <summary>Our own bound, for a player's signer: a fee anchor outside 240 to 1,000 sat.</summary>
    AnchorNotAcceptable,

    /// <summary>Our own bound, for a player's signer: splits are not bound and two attestation outcomes share a winner set.</summary>
    SharedWinnersNotBound,
}

/// <summary>A refusal with its cause.</summary>
/// <param name="Kind">The cause.</param>
/// <param name="Detail">What exactly, for people; holds no secret.</param>
public sealed record ContractRefusal(ContractRefusalKind Kind, string Detail)
{
    public override string ToString() => $"{Kind}: {Detail}";
}

/// <summary>Parameters that were expected to be valid are not.</summary>
public sealed class ContractRefusedException(ContractRefusal refusal) : Exception(refusal.ToString())
{
    public ContractRefusal Refusal { get; } = refusal;
}
