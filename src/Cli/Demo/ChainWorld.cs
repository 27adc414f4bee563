using Coordinator.Bitcoin;

namespace Coordinator.Cli.Demo;

/// <summary>The chain as the world's hand moves it.</summary>
/// <param name="Height">Of the tip.</param>
/// <param name="Waiting">Transactions in the mempool.</param>
/// <param name="MedianTimePast">Of the tip, unix seconds.</param>
internal sealed record ChainTip(int Height, int Waiting, long MedianTimePast);

/// <summary>A block of the best chain.</summary>
/// <param name="Hash">Another one at the same height is another block: the chain was reorganised.</param>
/// <param name="MedianTimePast">Unix seconds.</param>
/// <param name="Transactions">Of the story, in their order; the coinbase and what others pay each other are left out.</param>
internal sealed record WorldBlock(string Hash, long MedianTimePast, IReadOnlyList<Txid> Transactions);

/// <summary>Mines, gives coins, and reads blocks: of the chain simulator, or of a Bitcoin node.</summary>
internal abstract class ChainWorld
{
    public abstract Task<ChainTip> TipAsync(CancellationToken cancellation);

    /// <param name="time">Unix seconds of the first block; a minute after the tip where null. Each further block is a minute later.</param>
    public abstract Task<ChainTip> MineAsync(int count, long? time, CancellationToken cancellation);

    /// <summary>Blocks take nothing below this rate from now on.</summary>
    public abstract Task SetFeesAsync(int satPerVbyte, CancellationToken cancellation);

    /// <summary>Replaces the newest blocks by empty ones, one more than they were. What was in them waits again, or has to be
    /// sent again.</summary>
    public abstract Task ReorganiseAsync(int depth, CancellationToken cancellation);

    /// <summary>Coins from outside; not mined yet.</summary>
    /// <returns>The id of the transaction.</returns>
    public abstract Task<string> FaucetAsync(string receiver, long sats, CancellationToken cancellation);

    public abstract Task<Transaction> TransactionAsync(Txid txid, CancellationToken cancellation);

    /// <summary>The block of the best chain at a height.</summary>
    public abstract Task<WorldBlock> BlockAsync(int height, CancellationToken cancellation);

    /// <summary>The height of the block that holds a transaction.</summary>
    public abstract Task<int?> HeightOfAsync(Txid txid, CancellationToken cancellation);
}
