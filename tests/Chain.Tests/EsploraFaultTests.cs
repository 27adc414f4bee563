using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>The client against the simulator with every scripted fault.</summary>
public sealed class EsploraFaultTests
{
    [Theory]
    [InlineData(ChainFaultKind.Status)]
    [InlineData(ChainFaultKind.DropBefore)]
    [InlineData(ChainFaultKind.DropAfter)]
    [InlineData(ChainFaultKind.Garbage)]
    public async Task Reads_survive_faults_that_pass(ChainFaultKind kind)
    {
        await using var world = await ChainWorld.StartAsync();
        world.Faults.Add(new ChainRequestFault(kind, Times: 2));
        Assert.Equal(world.Model.Height, ChainWorld.Known(await world.Chain.GetTipAsync(default)).Height);
    }

    [Theory]
    [InlineData(ChainFaultKind.Status, ChainFault.ServerError)]
    [InlineData(ChainFaultKind.DropBefore, ChainFault.ConnectionLost)]
    [InlineData(ChainFaultKind.DropAfter, ChainFault.ConnectionLost)]
    [InlineData(ChainFaultKind.Garbage, ChainFault.BadAnswer)]
    [InlineData(ChainFaultKind.Endless, ChainFault.TooLarge)]
    public async Task Reads_say_why_they_gave_up(ChainFaultKind kind, ChainFault cause)
    {
        await using var world = await ChainWorld.StartAsync();
        var coin = world.Coin();
        world.Faults.Add(new ChainRequestFault(kind, Times: 1_000));
        Assert.Equal(cause, (await world.Chain.GetTipAsync(default)).Fault);
        Assert.Equal(cause, (await world.Chain.GetStatusAsync(coin.Txid, default)).Fault);
        Assert.Equal(cause, (await world.Chain.FindTransactionAsync(coin.Txid, default)).Fault);
        Assert.Equal(cause, (await world.Chain.GetSpendingAsync(coin.OutPoint(0), default)).Fault);
        Assert.Equal(cause, (await world.Chain.GetScriptHistoryAsync(world.Payer.Script, default)).Fault);
        Assert.Equal(cause, (await world.Chain.GetFeeEstimatesAsync(default)).Fault);
        Assert.Equal(cause, (await world.Chain.FindBlockHashAsync(1, default)).Fault);
    }

    [Fact]
    public async Task A_read_ends_at_its_time_limit()
    {
        await using var world = await ChainWorld.StartAsync(ChainWorld.Quick with { CallTimeout = TimeSpan.FromMilliseconds(150), ReadAttempts = 2 });
        world.Faults.Add(new ChainRequestFault(ChainFaultKind.Delay, Times: 10, DelayMilliseconds: 60_000));
        Assert.Equal(ChainFault.TimedOut, (await world.Chain.GetTipAsync(default)).Fault);
    }

    [Fact]
    public async Task A_read_that_the_caller_gives_up_throws()
    {
        await using var world = await ChainWorld.StartAsync();
        using var over = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        world.Faults.Add(new ChainRequestFault(ChainFaultKind.Delay, Times: 10, DelayMilliseconds: 60_000));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Chain.GetTipAsync(over.Token));
    }

    [Fact]
    public async Task Reads_a_server_that_refuses_without_asking_again()
    {
        await using var world = await ChainWorld.StartAsync();
        world.Faults.Add(new ChainRequestFault(ChainFaultKind.Status, StatusCode: 403));
        Assert.Equal(ChainFault.Refused, (await world.Chain.GetTipAsync(default)).Fault);
        Assert.Null((await world.Chain.GetTipAsync(default)).Fault);
    }

    [Theory]
    [InlineData(ChainFaultKind.Status, false)]
    [InlineData(ChainFaultKind.DropBefore, false)]
    [InlineData(ChainFaultKind.DropAfter, true)]
    [InlineData(ChainFaultKind.Garbage, true)]
    [InlineData(ChainFaultKind.Endless, false)]
    public async Task A_broadcast_without_a_clear_answer_is_unclear_and_not_repeated(ChainFaultKind kind, bool isOut)
    {
        await using var world = await ChainWorld.StartAsync();
        var payment = world.Payer.PayBack(world.Coin(), 0, 1_000);
        world.Faults.Add(new ChainRequestFault(kind, Method: "POST", Path: "/tx"));
        Assert.IsType<BroadcastAnswer.Unclear>(await world.Chain.BroadcastAsync(payment, default));
        Assert.Equal(isOut, world.Model.Find(payment.Txid) is not null);
        Assert.True((await world.Chain.BroadcastAsync(payment, default)).IsOut);
    }

    [Fact]
    public async Task A_broadcast_that_times_out_is_unclear()
    {
        await using var world = await ChainWorld.StartAsync(ChainWorld.Quick with { CallTimeout = TimeSpan.FromMilliseconds(200) });
        var payment = world.Payer.PayBack(world.Coin(), 0, 1_000);
        world.Faults.Add(new ChainRequestFault(ChainFaultKind.Delay, Method: "POST", DelayMilliseconds: 60_000));
        var unclear = Assert.IsType<BroadcastAnswer.Unclear>(await world.Chain.BroadcastAsync(payment, default));
        Assert.Equal(ChainFault.TimedOut, unclear.Cause);
    }

    [Fact]
    public async Task A_package_without_a_clear_answer_is_unclear()
    {
        await using var world = await ChainWorld.StartAsync();
        var parent = world.Payer.Spend(world.Coin(), 0, [world.Payer.Own(60_000), world.Payer.Own(39_800)]);
        var child = world.Payer.PayBack(parent, 1, 2_000);
        foreach (var kind in new[] { ChainFaultKind.Status, ChainFaultKind.DropBefore, ChainFaultKind.Garbage, ChainFaultKind.DropAfter })
        {
            world.Faults.Add(new ChainRequestFault(kind, Path: "/txs/package"));
            Assert.IsType<BroadcastAnswer.Unclear>(await world.Chain.BroadcastPackageAsync([parent, child], default));
        }

        Assert.NotNull(world.Model.Find(child.Txid));
    }

    [Fact]
    public async Task A_hidden_transaction_is_unknown_and_spends_nothing()
    {
        await using var world = await ChainWorld.StartAsync();
        var coin = world.Coin();
        var payment = world.Payer.PayBack(coin, 0, 1_000);
        await world.Chain.BroadcastAsync(payment, default);
        world.Faults.Hide(payment.Txid);
        Assert.IsType<TransactionStatus.Unknown>(ChainWorld.Known(await world.Chain.GetStatusAsync(payment.Txid, default)));
        Assert.IsType<OutputSpending.Unspent>(ChainWorld.Known(await world.Chain.GetSpendingAsync(coin.OutPoint(0), default)));
        world.Faults.Show(payment.Txid);
        Assert.IsType<OutputSpending.Spent>(ChainWorld.Known(await world.Chain.GetSpendingAsync(coin.OutPoint(0), default)));
    }

    [Fact]
    public async Task Nobody_listening_is_a_lost_connection()
    {
        await using var world = await ChainWorld.StartAsync();
        await world.Simulator.StopAsync();
        Assert.Equal(ChainFault.ConnectionLost, (await world.Chain.GetTipAsync(default)).Fault);
        var payment = world.Payer.PayBack(world.Coin(), 0, 1_000);
        Assert.IsType<BroadcastAnswer.Unclear>(await world.Chain.BroadcastAsync(payment, default));
    }
}
