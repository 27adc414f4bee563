using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>What the chain shows of a competition's outputs, as of one tip. It outranks whatever was believed (D41).</summary>
/// <param name="Tip">Height of the tip.</param>
/// <param name="MedianTimePast">BIP-113 median of the last eleven block times, unix seconds.</param>
/// <param name="FundingSeen">The funding transaction is in the mempool or a block.</param>
/// <param name="FundingHeight">Its height; null while unconfirmed.</param>
/// <param name="FundingConflict">A confirmed transaction that spends one of its inputs instead.</param>
/// <param name="Outcome">The spender of the funding output.</param>
/// <param name="Split">The spender of the outcome output.</param>
/// <param name="Shares">The spenders of split outputs, by player index.</param>
public sealed record ChainView(
    int Tip,
    long MedianTimePast,
    bool FundingSeen,
    int? FundingHeight,
    Txid? FundingConflict,
    OutcomeSpend? Outcome,
    SplitSpend? Split,
    ImmutableArray<ShareSpend> Shares)
{
    /// <summary>What is known of fees; null where nothing of the competition waits, or estimates cannot be had.</summary>
    public FeeView? Fees { get; init; }

    public static ChainView Empty { get; } = new(0, 0, false, null, null, null, null, []);

    /// <summary>Confirmations of something at a height: 1 in the tip itself, 0 while unconfirmed.</summary>
    public int Depth(int? height) => height is { } at ? Math.Max(0, Tip - at + 1) : 0;

    public ShareSpend? Share(int winner) => Shares.FirstOrDefault(share => share.Winner == winner);
}

public enum OutcomeSpendKind
{
    /// <summary>An outcome's transaction, opened by its attestation.</summary>
    Attested,

    /// <summary>The expiry transaction.</summary>
    Expiry,

    /// <summary>None of the contract's.</summary>
    Foreign,
}

/// <param name="Outcome">The lock point's index; −1 for expiry.</param>
public sealed record OutcomeSpend(OutcomeSpendKind Kind, int Outcome, Txid Txid, int? Height);

public enum SplitSpendKind
{
    Split,
    Close,
    Reclaim,
    Foreign,
}

public sealed record SplitSpend(SplitSpendKind Kind, Txid Txid, int? Height);

public enum ShareSpendKind
{
    Win,
    Close,
    SellBack,
    Reclaim,
    Foreign,
}

/// <param name="Winner">Player index.</param>
public sealed record ShareSpend(int Winner, ShareSpendKind Kind, Txid Txid, int? Height);
