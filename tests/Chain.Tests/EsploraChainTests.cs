using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>The client against the simulator, over loopback.</summary>
public sealed class EsploraChainTests : ChainContract
{
    private protected override async Task<IChainStage> StageAsync() => await ChainWorld.StartAsync();

    [Fact]
    public async Task Estimates_fall_back_when_the_server_has_none()
    {
        await using var world = await ChainWorld.StartAsync();
        var chain = ((IChainStage)world).Open(FeeRate.FromSatPerVbyte(7));
        world.Model.SetFeeEstimates([new(2, 3.5), new(6, 2.0)]);
        var some = ChainWorld.Known(await chain.GetFeeEstimatesAsync(default));
        Assert.Equal(875, some.For(1).SatPerKwu);
        Assert.Equal(875, some.For(5).SatPerKwu);
        Assert.Equal(500, some.For(100).SatPerKwu);
        world.Model.SetFeeEstimates([]);
        Assert.Equal(FeeRate.FromSatPerVbyte(7), ChainWorld.Known(await chain.GetFeeEstimatesAsync(default)).For(1));
    }

    [Fact]
    public async Task Says_when_the_server_has_no_packages()
    {
        await using var world = await ChainWorld.StartAsync();
        var parent = world.Payer.PayBack(world.Coin(), 0, 1_000);
        world.Faults.OffersPackages = false;
        var answer = await world.Chain.BroadcastPackageAsync([parent, world.Payer.PayBack(parent, 0, 1_000)], default);
        Assert.Equal(BroadcastRefusal.NotSupported, answer.Refusal);
        Assert.False(ChainWorld.Known(await world.Chain.OffersPackagesAsync(default)));
    }

    [Fact]
    public async Task Says_whether_the_server_takes_packages_or_that_it_cannot_be_known()
    {
        await using var world = await ChainWorld.StartAsync();
        Assert.True(ChainWorld.Known(await world.Chain.OffersPackagesAsync(default)));
        world.Faults.Add(new ChainRequestFault(ChainFaultKind.Status, Path: "/txs/package", StatusCode: 503));
        Assert.Equal(ChainFault.ServerError, (await world.Chain.OffersPackagesAsync(default)).Fault);
        Assert.Empty(world.Model.Waiting);
    }

    [Fact]
    public async Task The_status_route_is_no_proof_of_a_transaction()
    {
        await using var world = await ChainWorld.StartAsync();
        var unknown = world.Payer.PayBack(world.Coin(), 0, 1_000);
        Assert.Equal("""{"confirmed":false}""", await world.Http.GetStringAsync(new Uri(world.Options.ApiAddress, $"tx/{unknown.Txid}/status")));
    }
}

/// <summary>The port on the model itself.</summary>
public sealed class ModelChainTests : ChainContract
{
    private protected override async Task<IChainStage> StageAsync()
    {
        var world = await ChainWorld.StartAsync();
        world.OnTheModel = true;
        return world;
    }

    [Fact]
    public async Task Can_be_down_and_can_lose_answers()
    {
        var model = new ChainModel(ChainWorld.Start);
        var payer = new Payer(2);
        var payment = payer.PayBack(ChainWorld.Coin(model, payer), 0, 1_000);
        var chain = new ModelChain(model) { Fault = ChainFault.TimedOut };
        Assert.Equal(ChainFault.TimedOut, (await chain.GetTipAsync(default)).Fault);
        Assert.IsType<BroadcastAnswer.Unclear>(await chain.BroadcastAsync(payment, default));
        Assert.Empty(model.Waiting);
        (chain.Fault, chain.LostAnswers) = (null, 1);
        Assert.IsType<BroadcastAnswer.Unclear>(await chain.BroadcastAsync(payment, default));
        Assert.IsType<BroadcastAnswer.AlreadyKnown>(await chain.BroadcastAsync(payment, default));
    }
}
