using Coordinator.Bitcoin;

namespace Coordinator.Chain;

/// <summary>The Bitcoin chain as one source sees it.</summary>
/// <remarks>
/// <para>No call throws for what the source or the network does. Reads answer <see cref="ChainAnswer{T}"/>, are retried a few times and may be
/// repeated at will; a cancelled read throws <see cref="OperationCanceledException"/>. Broadcasts are never retried and never throw.</para>
/// <para>Two calls may see two different tips. Decide on facts with a height and a hash in them.</para>
/// </remarks>
public interface IChain
{
    /// <summary>The newest block with its median time past, read consistently (all block times belong to one chain).</summary>
    Task<ChainAnswer<ChainTip>> GetTipAsync(CancellationToken cancellation);

    /// <summary>The id of the block of the best chain at this height (0 or more), or null when the chain is shorter.</summary>
    Task<ChainAnswer<BlockHash?>> FindBlockHashAsync(int height, CancellationToken cancellation);

    /// <summary>Unknown, in the mempool, or confirmed with its height.</summary>
    Task<ChainAnswer<TransactionStatus>> GetStatusAsync(Txid txid, CancellationToken cancellation);

    /// <summary>The whole transaction, its id checked; null when the source does not know it.</summary>
    Task<ChainAnswer<Transaction?>> FindTransactionAsync(Txid txid, CancellationToken cancellation);

    /// <summary>Whether the output is spent, by which transaction, and where that stands.</summary>
    Task<ChainAnswer<OutputSpending>> GetSpendingAsync(OutPoint output, CancellationToken cancellation);

    /// <summary>Fee rates by confirmation target, with fallbacks for every gap.</summary>
    Task<ChainAnswer<FeeEstimates>> GetFeeEstimatesAsync(CancellationToken cancellation);

    /// <summary>Everything ever paid to a script.</summary>
    Task<ChainAnswer<ScriptHistory>> GetScriptHistoryAsync(Script script, CancellationToken cancellation);

    /// <summary>Says that these scripts will be asked about: a source that has to look through the chain for each looks once for all. Changes no answer,
    /// and never fails but by cancellation.</summary>
    /// <param name="scripts">Derived only by a source that uses them.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task ExpectAsync(IEnumerable<Script> scripts, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Sends a signed transaction. Write the intention durably before; repeating is safe.</summary>
    Task<BroadcastAnswer> BroadcastAsync(Transaction transaction, CancellationToken cancellation);

    /// <summary>Sends parents and their child (last) together, so that the child may pay for parents below the relay fee.</summary>
    /// <param name="transactions">2 to 25, every parent before its children. Ones the source has already do no harm.</param>
    /// <param name="cancellation">Makes the outcome unclear.</param>
    /// <returns>Accepted when all are in. A refusal may leave some of them in: ask for their status.
    /// <see cref="BroadcastRefusal.NotSupported"/> where the source has no such call.</returns>
    Task<BroadcastAnswer> BroadcastPackageAsync(IReadOnlyList<Transaction> transactions, CancellationToken cancellation);

    /// <summary>Whether the source takes packages at all. One that is asked without a wire does.</summary>
    Task<ChainAnswer<bool>> OffersPackagesAsync(CancellationToken cancellation) => Task.FromResult(ChainAnswer.Known(true));
}
