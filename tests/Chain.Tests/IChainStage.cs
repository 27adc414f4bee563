using Coordinator.Bitcoin;

namespace Coordinator.Chain.Tests;

/// <summary>A chain that a test may pay on and mine, and a payer who has nothing at first.</summary>
internal interface IChainStage : IAsyncDisposable
{
    Payer Payer { get; }

    /// <summary>A client of it.</summary>
    IChain Open(FeeRate? fallback = null);

    Task<int> HeightAsync();

    /// <summary>Pays a script; not mined yet.</summary>
    /// <returns>The transaction, and which of its outputs pays.</returns>
    Task<(Transaction Transaction, uint Vout)> FundAsync(Script script, long sats);

    Task MineAsync(int count = 1);

    /// <summary>Takes the newest blocks back and mines others, one more, without what was in them.</summary>
    Task ReorganiseAsync(int depth);
}

internal static class ChainStages
{
    /// <summary>A confirmed coin of the payer: a transaction with one output.</summary>
    public static async Task<Transaction> CoinAsync(this IChainStage stage, long sats = 100_000)
    {
        var (funding, vout) = await stage.FundAsync(stage.Payer.Script, sats + 1_000);
        var coin = stage.Payer.Spend(funding, vout, [stage.Payer.Own(sats)]);
        await stage.MineAsync();
        Assert.IsType<BroadcastAnswer.Accepted>(await stage.Open().BroadcastAsync(coin, default));
        await stage.MineAsync();
        return coin;
    }
}
