using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>Where a transaction stands, as the chain source knows it now: <see cref="Unknown"/>, <see cref="InMempool"/>, <see cref="Confirmed"/>.
/// All three may turn into each other.</summary>
public abstract record TransactionStatus
{
    private TransactionStatus()
    {
    }

    /// <summary>Neither in the mempool of the source nor in its chain. It may still be elsewhere, or come back.</summary>
    public sealed record Unknown : TransactionStatus;

    /// <summary>In the mempool of the source.</summary>
    public sealed record InMempool : TransactionStatus;

    /// <summary>In a block of the best chain.</summary>
    /// <param name="Height">Height of that block.</param>
    /// <param name="Block">Id of that block.</param>
    /// <param name="BlockTimeUtc">Time in that block.</param>
    public sealed record Confirmed(int Height, BlockHash Block, DateTimeOffset BlockTimeUtc) : TransactionStatus;

    /// <summary>The height of its block, or null.</summary>
    public int? ConfirmedHeight => (this as Confirmed)?.Height;

    /// <summary>Tip − height + 1, so 1 in the tip itself; 0 when not confirmed, or when the tip given is older than its block.</summary>
    public int ConfirmationsAt(int tipHeight) => this is Confirmed confirmed ? Math.Max(0, tipHeight - confirmed.Height + 1) : 0;
}

/// <summary>Whether an output is spent, and by what.</summary>
public abstract record OutputSpending
{
    private OutputSpending()
    {
    }

    /// <summary>No spender in the mempool of the source nor in its chain. An output that the source has never seen counts as unspent too.</summary>
    public sealed record Unspent : OutputSpending;

    /// <summary>Spent.</summary>
    /// <param name="By">The whole spending transaction; the client has checked its id and that it spends the output.</param>
    /// <param name="InputIndex">Which of its inputs does.</param>
    /// <param name="Status">Where the spender stands; never <see cref="TransactionStatus.Unknown"/>.</param>
    public sealed record Spent(Transaction By, int InputIndex, TransactionStatus Status) : OutputSpending;
}

/// <summary>Everything ever paid to one script, confirmed or in the mempool, spent or not, in the order of the source.</summary>
/// <param name="Outputs">Empty for a script that never was used.</param>
public sealed record ScriptHistory(IReadOnlyList<ScriptOutput> Outputs)
{
    /// <summary>True when it was ever paid to.</summary>
    public bool IsUsed => Outputs.Count > 0;
}

/// <summary>One output that pays a script.</summary>
/// <param name="OutPoint">Its name.</param>
/// <param name="Output">Amount and script.</param>
/// <param name="IsCoinbase">A miner's reward: spendable only with 100 confirmations.</param>
/// <param name="Status">Of the transaction that made it.</param>
/// <param name="SpentBy">The transaction that spends it, or null.</param>
/// <param name="SpenderStatus">Of the spender, or null.</param>
public sealed record ScriptOutput(
    OutPoint OutPoint, TxOut Output, bool IsCoinbase, TransactionStatus Status, Txid? SpentBy, TransactionStatus? SpenderStatus)
{
    public bool IsSpent => SpentBy is not null;
}
