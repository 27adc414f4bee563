using Coordinator.Bitcoin;

namespace Coordinator.Chain.Tests;

/// <summary>What every source of the port answers while all is well.</summary>
public abstract class ChainContract
{
    private protected abstract Task<IChainStage> StageAsync();

    [Fact]
    public async Task Reads_the_tip_with_its_median_time_past()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();
        var tip = ChainWorld.Known(await chain.GetTipAsync(default));
        Assert.Equal(await stage.HeightAsync(), tip.Height);
        Assert.True(tip.MedianTimePast.ToUtc() <= tip.TimeUtc);
        Assert.Equal(tip.Hash, ChainWorld.Known(await chain.FindBlockHashAsync(tip.Height, default)));
        Assert.Null(ChainWorld.Known(await chain.FindBlockHashAsync(tip.Height + 1, default)));
        await stage.MineAsync();
        var next = ChainWorld.Known(await chain.GetTipAsync(default));
        Assert.Equal(tip.Height + 1, next.Height);
        Assert.True(next.MedianTimePast >= tip.MedianTimePast);
    }

    [Fact]
    public async Task A_reorganisation_takes_confirmations_back()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();
        var coin = await stage.CoinAsync();
        var payment = stage.Payer.PayBack(coin, 0, 1_000);
        await chain.BroadcastAsync(payment, default);
        await stage.MineAsync();
        var before = ChainWorld.Known(await chain.GetTipAsync(default));
        Assert.IsType<TransactionStatus.Confirmed>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        await stage.ReorganiseAsync(1);
        var after = ChainWorld.Known(await chain.GetTipAsync(default));
        Assert.Equal(before.Height + 1, after.Height);
        Assert.NotEqual(before.Hash, ChainWorld.Known(await chain.FindBlockHashAsync(before.Height, default)));
        Assert.IsType<TransactionStatus.InMempool>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        var spending = Assert.IsType<OutputSpending.Spent>(ChainWorld.Known(await chain.GetSpendingAsync(coin.OutPoint(0), default)));
        Assert.IsType<TransactionStatus.InMempool>(spending.Status);
    }

    [Fact]
    public async Task Tells_unknown_waiting_and_confirmed_apart()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();
        var payment = stage.Payer.PayBack(await stage.CoinAsync(), 0, 1_000);
        Assert.IsType<TransactionStatus.Unknown>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        Assert.Null(ChainWorld.Known(await chain.FindTransactionAsync(payment.Txid, default)));
        Assert.IsType<BroadcastAnswer.Accepted>(await chain.BroadcastAsync(payment, default));
        Assert.IsType<TransactionStatus.InMempool>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        await stage.MineAsync();
        var tip = ChainWorld.Known(await chain.GetTipAsync(default));
        var confirmed = Assert.IsType<TransactionStatus.Confirmed>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        Assert.Equal((tip.Height, tip.Hash), (confirmed.Height, confirmed.Block));
        Assert.Equal(1, confirmed.ConfirmationsAt(tip.Height));
        Assert.Equal(6, confirmed.ConfirmationsAt(tip.Height + 5));
        Assert.Equal(0, confirmed.ConfirmationsAt(tip.Height - 1));
        Assert.Equal(payment.ToHex(), ChainWorld.Known(await chain.FindTransactionAsync(payment.Txid, default))!.ToHex());
    }

    [Fact]
    public async Task Finds_the_spender_of_an_output()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();
        var coin = await stage.CoinAsync();
        Assert.IsType<OutputSpending.Unspent>(ChainWorld.Known(await chain.GetSpendingAsync(coin.OutPoint(0), default)));
        var payment = stage.Payer.PayBack(coin, 0, 1_000);
        await chain.BroadcastAsync(payment, default);
        var waiting = Assert.IsType<OutputSpending.Spent>(ChainWorld.Known(await chain.GetSpendingAsync(coin.OutPoint(0), default)));
        Assert.Equal((payment.Txid, 0), (waiting.By.Txid, waiting.InputIndex));
        Assert.IsType<TransactionStatus.InMempool>(waiting.Status);
        await stage.MineAsync();
        var confirmed = Assert.IsType<OutputSpending.Spent>(ChainWorld.Known(await chain.GetSpendingAsync(coin.OutPoint(0), default)));
        Assert.Equal(await stage.HeightAsync(), confirmed.Status.ConfirmedHeight);
    }

    [Fact]
    public async Task Reads_a_long_history_page_by_page()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();
        var coins = new List<OutPoint>();
        Transaction? first = null;
        uint vout = 0;
        for (var i = 0; i < 60; i++)
        {
            var (coin, at) = await stage.FundAsync(stage.Payer.Script, 10_000 + i);
            (first, vout) = first is null ? (coin, at) : (first, vout);
            coins.Add(coin.OutPoint(at));
        }

        await stage.MineAsync();
        var spent = stage.Payer.PayBack(first!, vout, 1_000);
        await chain.BroadcastAsync(spent, default);
        var history = ChainWorld.Known(await chain.GetScriptHistoryAsync(stage.Payer.Script, default));
        Assert.Equal(61, history.Outputs.Count);
        var gone = Assert.Single(history.Outputs, output => output.IsSpent);
        Assert.Equal((coins[0], spent.Txid), (gone.OutPoint, gone.SpentBy));
        Assert.IsType<TransactionStatus.InMempool>(gone.SpenderStatus);
        Assert.Equal(60 * 10_000 + (59 * 60 / 2), history.Outputs.Where(output => output.OutPoint.Txid != spent.Txid).Sum(output => output.Output.Value.Value));
        Assert.False(ChainWorld.Known(await chain.GetScriptHistoryAsync(new Payer(199).Script, default)).IsUsed);
    }

    [Fact]
    public async Task Broadcasting_again_is_safe_at_every_stage()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();
        var payment = stage.Payer.PayBack(await stage.CoinAsync(), 0, 1_000);
        Assert.True((await chain.BroadcastAsync(payment, default)).IsOut);
        Assert.True((await chain.BroadcastAsync(payment, default)).IsOut);
        await stage.MineAsync();
        Assert.IsType<BroadcastAnswer.AlreadyKnown>(await chain.BroadcastAsync(payment, default));

        // Confirmed and all its outputs spent: the node says "missing inputs", and the client looks.
        await chain.BroadcastAsync(stage.Payer.PayBack(payment, 0, 1_000), default);
        await stage.MineAsync();
        Assert.IsType<BroadcastAnswer.AlreadyKnown>(await chain.BroadcastAsync(payment, default));
    }

    [Fact]
    public async Task Names_every_refusal()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();
        var coin = await stage.CoinAsync();
        var payer = stage.Payer;
        async Task Expect(BroadcastRefusal reason, Transaction transaction) => Assert.Equal(reason, (await chain.BroadcastAsync(transaction, default)).Refusal);
        await Expect(BroadcastRefusal.FeeTooLow, payer.PayBack(coin, 0, 0));
        await Expect(BroadcastRefusal.OutputsExceedInputs, payer.Spend(coin, 0, [payer.Own(100_001)]));
        await Expect(BroadcastRefusal.Dust, payer.Spend(coin, 0, [payer.Own(329)]));
        await Expect(BroadcastRefusal.NonFinal, payer.PayBack(coin, 0, 1_000, sequence: 2));
        await Expect(BroadcastRefusal.NonFinal, payer.PayBack(coin, 0, 1_000, lockTime: (uint)await stage.HeightAsync() + 5));
        await Expect(BroadcastRefusal.InvalidScript, payer.PayBack(coin, 0, 1_000).WithWitness(0, new byte[64]));
        await Expect(BroadcastRefusal.MissingInputs, payer.PayBack(payer.PayBack(coin, 0, 7_000), 0, 1_000));
        await chain.BroadcastAsync(payer.PayBack(coin, 0, 5_000), default);
        await Expect(BroadcastRefusal.Conflict, payer.PayBack(coin, 0, 1_000));
        await stage.MineAsync();
        await Expect(BroadcastRefusal.MissingInputs, payer.PayBack(coin, 0, 1_000));
    }

    [Fact]
    public async Task Sends_a_package()
    {
        await using var stage = await StageAsync();
        var chain = stage.Open();

        // Version 3 (BIP-431): a node takes no other parent that pays nothing, not even with a child.
        var parent = stage.Payer.Spend(await stage.CoinAsync(), 0, [stage.Payer.Own(60_000), stage.Payer.Own(40_000)], version: 3);
        var child = stage.Payer.Spend(parent, 1, [stage.Payer.Own(38_000)], version: 3);
        var poor = stage.Payer.Spend(parent, 1, [stage.Payer.Own(39_990)], version: 3);
        Assert.Equal(BroadcastRefusal.FeeTooLow, (await chain.BroadcastPackageAsync([parent, poor], default)).Refusal);
        Assert.IsType<BroadcastAnswer.Accepted>(await chain.BroadcastPackageAsync([parent, child], default));
        Assert.True((await chain.BroadcastPackageAsync([parent, child], default)).IsOut);
        await stage.MineAsync();
        Assert.True((await chain.BroadcastPackageAsync([parent, child], default)).IsOut);
    }
}
