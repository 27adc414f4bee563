using Coordinator.Bitcoin;

namespace Coordinator.Chain.Tests;

/// <summary>What every source of the port answers while all is well.</summary>
public abstract class ChainContract
{
    private protected abstract IChain Open(ChainWorld world, FeeRate? fallback = null);

    [Fact]
    public async Task Reads_the_tip_with_its_median_time_past()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world);
        var tip = ChainWorld.Known(await chain.GetTipAsync(default));
        Assert.Equal((world.Model.Height, world.Model.Tip.Hash), (tip.Height, tip.Hash));
        Assert.Equal(world.Model.Tip.MedianTimePast, tip.MedianTimePast);
        Assert.Equal(ChainWorld.Start, tip.TimeUtc);
        Assert.Equal(tip.Hash, ChainWorld.Known(await chain.FindBlockHashAsync(tip.Height, default)));
        Assert.Null(ChainWorld.Known(await chain.FindBlockHashAsync(tip.Height + 1, default)));
    }

    [Fact]
    public async Task Tells_unknown_waiting_and_confirmed_apart()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world);
        var payment = world.Payer.PayBack(world.Coin(), 0, 1_000);
        Assert.IsType<TransactionStatus.Unknown>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        Assert.Null(ChainWorld.Known(await chain.FindTransactionAsync(payment.Txid, default)));
        Assert.IsType<BroadcastAnswer.Accepted>(await chain.BroadcastAsync(payment, default));
        Assert.IsType<TransactionStatus.InMempool>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        var block = world.Model.Mine();
        var confirmed = Assert.IsType<TransactionStatus.Confirmed>(ChainWorld.Known(await chain.GetStatusAsync(payment.Txid, default)));
        Assert.Equal((block.Height, block.Hash), (confirmed.Height, confirmed.Block));
        Assert.Equal(1, confirmed.ConfirmationsAt(block.Height));
        Assert.Equal(6, confirmed.ConfirmationsAt(block.Height + 5));
        Assert.Equal(0, confirmed.ConfirmationsAt(block.Height - 1));
        Assert.Equal(payment.ToHex(), ChainWorld.Known(await chain.FindTransactionAsync(payment.Txid, default))!.ToHex());
    }

    [Fact]
    public async Task Finds_the_spender_of_an_output()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world);
        var coin = world.Coin();
        Assert.IsType<OutputSpending.Unspent>(ChainWorld.Known(await chain.GetSpendingAsync(coin.OutPoint(0), default)));
        var payment = world.Payer.PayBack(coin, 0, 1_000);
        await chain.BroadcastAsync(payment, default);
        var waiting = Assert.IsType<OutputSpending.Spent>(ChainWorld.Known(await chain.GetSpendingAsync(coin.OutPoint(0), default)));
        Assert.Equal((payment.Txid, 0), (waiting.By.Txid, waiting.InputIndex));
        Assert.IsType<TransactionStatus.InMempool>(waiting.Status);
        world.Model.Mine();
        var confirmed = Assert.IsType<OutputSpending.Spent>(ChainWorld.Known(await chain.GetSpendingAsync(coin.OutPoint(0), default)));
        Assert.Equal(world.Model.Height, confirmed.Status.ConfirmedHeight);
    }

    [Fact]
    public async Task Reads_a_long_history_page_by_page()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world);
        var coins = Enumerable.Range(0, 60).Select(i => world.Model.Faucet(world.Payer.Script, Satoshis.Of(10_000 + i))).ToList();
        world.Model.Mine();
        var spent = world.Payer.PayBack(coins[0], 0, 1_000);
        await chain.BroadcastAsync(spent, default);
        var history = ChainWorld.Known(await chain.GetScriptHistoryAsync(world.Payer.Script, default));
        Assert.Equal(61, history.Outputs.Count);
        var gone = Assert.Single(history.Outputs, output => output.IsSpent);
        Assert.Equal((coins[0].OutPoint(0), spent.Txid), (gone.OutPoint, gone.SpentBy));
        Assert.IsType<TransactionStatus.InMempool>(gone.SpenderStatus);
        Assert.Equal(60 * 10_000 + (59 * 60 / 2), history.Outputs.Where(output => output.OutPoint.Txid != spent.Txid).Sum(output => output.Output.Value.Value));
        Assert.False(ChainWorld.Known(await chain.GetScriptHistoryAsync(new Payer(99).Script, default)).IsUsed);
    }

    [Fact]
    public async Task Estimates_fall_back_when_the_server_has_none()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world, FeeRate.FromSatPerVbyte(7));
        world.Model.SetFeeEstimates([new(2, 3.5), new(6, 2.0)]);
        var some = ChainWorld.Known(await chain.GetFeeEstimatesAsync(default));
        Assert.Equal(875, some.For(1).SatPerKwu);
        Assert.Equal(875, some.For(5).SatPerKwu);
        Assert.Equal(500, some.For(100).SatPerKwu);
        world.Model.SetFeeEstimates([]);
        Assert.Equal(FeeRate.FromSatPerVbyte(7), ChainWorld.Known(await chain.GetFeeEstimatesAsync(default)).For(1));
    }

    [Fact]
    public async Task Broadcasting_again_is_safe_at_every_stage()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world);
        var payment = world.Payer.PayBack(world.Coin(), 0, 1_000);
        Assert.True((await chain.BroadcastAsync(payment, default)).IsOut);
        Assert.True((await chain.BroadcastAsync(payment, default)).IsOut);
        world.Model.Mine();
        Assert.IsType<BroadcastAnswer.AlreadyKnown>(await chain.BroadcastAsync(payment, default));

        // Confirmed and all its outputs spent: the node says "missing inputs", and the client looks.
        await chain.BroadcastAsync(world.Payer.PayBack(payment, 0, 1_000), default);
        world.Model.Mine();
        Assert.IsType<BroadcastAnswer.AlreadyKnown>(await chain.BroadcastAsync(payment, default));
    }

    [Fact]
    public async Task Names_every_refusal()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world);
        var coin = world.Coin();
        var payer = world.Payer;
        async Task Expect(BroadcastRefusal reason, Transaction transaction) => Assert.Equal(reason, (await chain.BroadcastAsync(transaction, default)).Refusal);
        await Expect(BroadcastRefusal.FeeTooLow, payer.PayBack(coin, 0, 0));
        await Expect(BroadcastRefusal.OutputsExceedInputs, payer.Spend(coin, 0, [payer.Own(100_001)]));
        await Expect(BroadcastRefusal.Dust, payer.Spend(coin, 0, [payer.Own(329)]));
        await Expect(BroadcastRefusal.NonFinal, payer.PayBack(coin, 0, 1_000, sequence: 2));
        await Expect(BroadcastRefusal.NonFinal, payer.PayBack(coin, 0, 1_000, lockTime: (uint)world.Model.Height + 5));
        await Expect(BroadcastRefusal.InvalidScript, payer.PayBack(coin, 0, 1_000).WithWitness(0, new byte[64]));
        await Expect(BroadcastRefusal.MissingInputs, payer.PayBack(payer.PayBack(coin, 0, 7_000), 0, 1_000));
        await chain.BroadcastAsync(payer.PayBack(coin, 0, 5_000), default);
        await Expect(BroadcastRefusal.Conflict, payer.PayBack(coin, 0, 1_000));
        world.Model.Mine();
        await Expect(BroadcastRefusal.MissingInputs, payer.PayBack(coin, 0, 1_000));
    }

    [Fact]
    public async Task Sends_a_package()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = Open(world);
        var parent = world.Payer.Spend(world.Coin(), 0, [world.Payer.Own(60_000), world.Payer.Own(40_000)]);
        var child = world.Payer.PayBack(parent, 1, 2_000);
        var poor = world.Payer.PayBack(parent, 1, 150);
        Assert.Equal(BroadcastRefusal.FeeTooLow, (await chain.BroadcastPackageAsync([parent, poor], default)).Refusal);
        Assert.IsType<BroadcastAnswer.Accepted>(await chain.BroadcastPackageAsync([parent, child], default));
        Assert.True((await chain.BroadcastPackageAsync([parent, child], default)).IsOut);
        world.Model.Mine();
        Assert.True((await chain.BroadcastPackageAsync([parent, child], default)).IsOut);
    }
}
