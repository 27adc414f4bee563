using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>The client against the simulator, over loopback.</summary>
public sealed class EsploraChainTests : ChainContract
{
    private protected override IChain Open(ChainWorld world, FeeRate? fallback = null)
        => new EsploraChain(world.Http, world.Options with { FallbackFeeRate = fallback ?? world.Options.FallbackFeeRate }, TimeProvider.System);

    [Fact]
    public async Task Says_when_the_server_has_no_packages()
    {
        await using var world = await ChainWorld.StartAsync();
        var parent = world.Payer.PayBack(world.Coin(), 0, 1_000);
        world.Faults.OffersPackages = false;
        var answer = await world.Chain.BroadcastPackageAsync([parent, world.Payer.PayBack(parent, 0, 1_000)], default);
        Assert.Equal(BroadcastRefusal.NotSupported, answer.Refusal);
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
    private protected override IChain Open(ChainWorld world, FeeRate? fallback = null)
        => new ModelChain(world.Model) { FallbackFeeRate = fallback ?? FeeEstimates.LeastRate };

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
