using Coordinator.Bitcoin;

namespace Coordinator.Cli.Demo;

/// <summary>The chain as the world's hand moves it.</summary>
/// <param name="Height">Of the tip.</param>
/// <param name="Waiting">Transactions in the mempool.</param>
/// <param name="MedianTimePast">Of the tip, unix seconds.</param>
internal sealed record ChainTip(int Height, int Waiting, long MedianTimePast);

/// <summary>Mines, gives coins, and reads blocks: of the chain simulator, or of a Bitcoin node.</summary>
internal abstract class ChainWorld
{
    public abstract Task<ChainTip> TipAsync(CancellationToken cancellation);

    /// <param name="time">Unix seconds of the first block; a minute after the tip where null. Each further block is a minute later.</param>
    public abstract Task<ChainTip> MineAsync(int count, long? time, CancellationToken cancellation);

    /// <summary>Blocks take nothing below this rate from now on.</summary>
    public abstract Task SetFeesAsync(int satPerVbyte, CancellationToken cancellation);

    /// <summary>Coins from outside; not mined yet.</summary>
    /// <returns>The id of the transaction.</returns>
    public abstract Task<string> FaucetAsync(string receiver, long sats, CancellationToken cancellation);

    public abstract Task<Transaction> TransactionAsync(Txid txid, CancellationToken cancellation);

    /// <summary>Median time past and transactions of a block, the coinbase left out.</summary>
    public abstract Task<(long MedianTimePast, IReadOnlyList<Txid> Transactions)> BlockAsync(int height, CancellationToken cancellation);

    /// <summary>The height of the block that holds a transaction.</summary>
    public abstract Task<int?> HeightOfAsync(Txid txid, CancellationToken cancellation);
}
