using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>Which transaction of a competition waits for a block.</summary>
public enum BumpTarget
{
    Funding,

    /// <summary>The spender of the funding output: outcome or expiry.</summary>
    Outcome,

    /// <summary>The spender of the outcome's output: split, close or reclaim.</summary>
    Split,

    /// <summary>The spender of one winner's split output.</summary>
    Share,
}

/// <summary>What the chain source says of fees. Only looked for while a transaction of the competition is to be sent or waits for a block.</summary>
/// <param name="Estimate">The rate for the next block.</param>
/// <param name="Waiting">Every transaction of the competition that waits, with what hangs on it.</param>
public sealed record FeeView(FeeRate Estimate, ImmutableArray<WaitingFee> Waiting)
{
    /// <summary>The one that waits, or null.</summary>
    /// <param name="winner">Player index of a share; −1 for the others.</param>
    public WaitingFee? Of(BumpTarget target, int winner = -1)
        => Waiting.FirstOrDefault(waiting => waiting.Target == target && waiting.Winner == winner);
}

/// <summary>A transaction in the mempool.</summary>
/// <param name="Winner">Player index of a share; −1 for the others.</param>
/// <param name="Fee">Its own.</param>
/// <param name="VirtualBytes">Its own, above zero.</param>
/// <param name="Child">What spends its fee anchor, the funding's change in place of one; whoever sent it. Null where nothing does.</param>
public sealed record WaitingFee(BumpTarget Target, int Winner, Txid Txid, Satoshis Fee, long VirtualBytes, ChildFee? Child)
{
    /// <summary>Whether it pays this rate, alone or together with its child. A miner takes the better of both.</summary>
    public bool Pays(FeeRate rate)
        => Pays(Fee.Value, VirtualBytes, rate)
            || (Child is { } child && Pays(Fee.Value + child.Fee.Value, VirtualBytes + child.VirtualBytes, rate));

    private static bool Pays(long fee, long virtualBytes, FeeRate rate) => (Int128)fee * 1_000 >= (Int128)rate.SatPerKwu * 4 * virtualBytes;
}

/// <summary>A child in the mempool.</summary>
/// <param name="Fee">Its own.</param>
/// <param name="VirtualBytes">Its own, above zero.</param>
public sealed record ChildFee(Txid Txid, Satoshis Fee, long VirtualBytes);
