using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>The simulated chain while the world pays more: what blocks and mempool take then.</summary>
public sealed class FeeSpikeTests
{
    private readonly ChainModel _model = new(ChainWorld.Start);
    private readonly Payer _payer = new(3);

    [Fact]
    public void Blocks_leave_out_what_pays_less_until_fees_fall()
    {
        var poor = _payer.PayBack(ChainWorld.Coin(_model, _payer), 0, 300);
        var rich = _payer.PayBack(ChainWorld.Coin(_model, _payer), 0, 5_000);
        Assert.True(_model.Submit(poor).IsAccepted);
        Assert.True(_model.Submit(rich).IsAccepted);
        _model.Spike(20);
        Assert.Equal([rich.Txid], _model.Mine().Transactions.Skip(1).Select(transaction => transaction.Txid));
        Assert.Single(_model.Mine().Transactions);
        _model.Spike(1);
        Assert.Equal([poor.Txid], _model.Mine().Transactions.Skip(1).Select(transaction => transaction.Txid));
        Assert.Equal(1, _model.FeeEstimates[1]);
    }

    [Fact]
    public void A_child_that_pays_enough_for_both_brings_its_parent_in_and_a_poorer_one_does_not()
    {
        var parent = _payer.PayBack(ChainWorld.Coin(_model, _payer), 0, 200);
        var size = parent.Weight.VirtualBytes;
        Assert.True(_model.Submit(parent).IsAccepted);
        _model.Spike(10);
        Assert.True(_model.Submit(_payer.PayBack(parent, 0, (20 * size) - 201)).IsAccepted);
        Assert.Single(_model.Mine().Transactions);
        var better = _payer.PayBack(parent, 0, (20 * size) - 200 + size);
        Assert.True(_model.Submit(better).IsAccepted);
        Assert.Equal([parent.Txid, better.Txid], _model.Mine().Transactions.Skip(1).Select(transaction => transaction.Txid));
    }

    [Fact]
    public void A_rich_grandchild_pays_for_all_it_waits_for_but_not_for_a_held_one()
    {
        var parent = _payer.PayBack(ChainWorld.Coin(_model, _payer), 0, 200);
        var child = _payer.PayBack(parent, 0, 200);
        var grandchild = _payer.PayBack(child, 0, 9_000);
        foreach (var transaction in new[] { parent, child, grandchild })
        {
            Assert.True(_model.Submit(transaction).IsAccepted);
        }

        _model.Spike(20);
        _model.Hold(parent.Txid);
        Assert.Single(_model.Mine().Transactions);
        _model.Release(parent.Txid);
        Assert.Equal(4, _model.Mine().Transactions.Length);
    }

    [Fact]
    public void Below_the_mempool_s_own_minimum_a_parent_enters_only_with_its_child()
    {
        var parent = _payer.PayBack(ChainWorld.Coin(_model, _payer), 0, 300);
        _model.SetLeastRates(FeeRate.Zero, FeeRate.FromSatPerVbyte(10));
        Assert.Equal(FeeRate.FromSatPerVbyte(10), _model.MempoolMinimum);
        Assert.StartsWith("mempool min fee not met", _model.Submit(parent).Refused!.Message, StringComparison.Ordinal);
        var poor = _model.SubmitPackage([parent, _payer.PayBack(parent, 0, 1_000)]);
        Assert.All(poor, member => Assert.StartsWith("mempool min fee not met", member.Refused!.Message, StringComparison.Ordinal));
        Assert.All(_model.SubmitPackage([parent, _payer.PayBack(parent, 0, 3_000)]), member => Assert.Null(member.Refused));
        Assert.Equal(3, _model.Mine().Transactions.Length);
    }

    [Fact]
    public async Task The_port_and_the_client_say_that_the_fee_is_too_low_for_the_mempool()
    {
        await using var world = await ChainWorld.StartAsync();
        var parent = world.Payer.PayBack(world.Coin(), 0, 300);
        world.Model.SetLeastRates(FeeRate.Zero, FeeRate.FromSatPerVbyte(10));
        foreach (var chain in new IChain[] { world.Chain, new ModelChain(world.Model) })
        {
            Assert.Equal(BroadcastRefusal.FeeTooLow, (await chain.BroadcastAsync(parent, default)).Refusal);
            Assert.Equal(BroadcastRefusal.FeeTooLow, (await chain.BroadcastPackageAsync([parent, world.Payer.PayBack(parent, 0, 400)], default)).Refusal);
        }

        Assert.True((await world.Chain.BroadcastPackageAsync([parent, world.Payer.PayBack(parent, 0, 3_000)], default)).IsOut);
    }

    [Fact]
    public async Task Fees_are_set_over_the_control_route_and_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("fees").FullName;
        await using (var world = await ChainWorld.StartAsync(folder: folder))
        {
            using var order = new StringContent("""{"sat_per_vbyte":20,"mempool_minimum":5}""", System.Text.Encoding.UTF8, "application/json");
            Assert.True((await world.Http.PostAsync(new Uri(world.Simulator.ControlAddress, "fees"), order)).IsSuccessStatusCode);
            Assert.Equal(FeeRate.FromSatPerVbyte(20), ChainWorld.Known(await world.Chain.GetFeeEstimatesAsync(default)).For(1));
        }

        await using (var again = await ChainWorld.StartAsync(folder: folder))
        {
            Assert.Equal(FeeRate.FromSatPerVbyte(20), again.Model.MinimumRate);
            Assert.Equal(FeeRate.FromSatPerVbyte(5), again.Model.MempoolMinimum);
        }

        Directory.Delete(folder, recursive: true);
    }
}
