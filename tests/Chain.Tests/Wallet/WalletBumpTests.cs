using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>What fee bumping asks of the wallet: kept coins, limits, rivals, and replacements that nodes take.</summary>
public sealed class WalletBumpTests
{
    [Fact]
    public async Task A_kept_output_comes_after_those_ordered_and_before_the_change_and_is_the_wallets()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 200_000);
        var order = world.Order("funding/1", 100_000) with { KeepBack = Satoshis.Of(30_000), LeastChange = Satoshis.Of(10_000) };
        var prepared = WalletWorld.Done(await world.Wallet.PrepareAsync(order, default));
        Assert.Equal([100_000, 30_000], prepared.Unsigned.Outputs.Take(2).Select(output => output.Value.Value));
        Assert.Equal(2u, prepared.ChangeIndex);
        Assert.NotEqual(prepared.Unsigned.Outputs[1].ScriptPubKey, prepared.Unsigned.Outputs[2].ScriptPubKey);
        var signed = await world.SignAsync("funding/1", prepared);
        Assert.True((await world.Chain.Chain.BroadcastAsync(signed, default)).IsOut);
        world.Chain.Model.Mine();
        var view = ChainWorld.Known(await world.Wallet.ScanAsync(default));
        Assert.Equal(200_000 - 100_000 - prepared.Fee.Value, view.Balance.Confirmed.Value);
    }

    [Fact]
    public async Task A_wallet_that_can_pay_but_not_keep_says_so()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 125_000);
        var order = world.Order("funding/1", 100_000) with { KeepBack = Satoshis.Of(30_000), LeastChange = Satoshis.Of(10_000) };
        Assert.Equal(WalletRefusal.InsufficientFunds, (await world.Wallet.PrepareAsync(order, default)).Refusal);
        Assert.Empty(await world.Reservations.ListAsync(default));
        WalletWorld.Done(await world.Wallet.PrepareAsync(order with { KeepBack = Satoshis.Zero }, default));
    }

    [Fact]
    public async Task A_child_pays_up_to_its_limit_and_no_more()
    {
        await using var world = await WalletWorld.StartAsync();
        var order = world.Anchor(100);
        Assert.Equal(WalletRefusal.FeeAboveLimit, (await world.Wallet.PrepareChildAsync(order with { MostFee = Satoshis.Of(5_000) }, default)).Refusal);
        var child = WalletWorld.Done(await world.Wallet.PrepareChildAsync(order with { MostFee = Satoshis.Of(5_000), UpToMostFee = true }, default));
        Assert.Equal(5_000, child.Fee.Value);
        var tiny = order with { MostFee = Satoshis.Of(150), UpToMostFee = true };
        Assert.Equal(WalletRefusal.FeeAboveLimit, (await world.Wallet.PrepareChildAsync(tiny, default)).Refusal);
    }

    [Fact]
    public async Task At_its_limit_a_child_is_not_replaced_by_one_that_nodes_would_refuse()
    {
        await using var world = await WalletWorld.StartAsync();
        var order = world.Anchor(100) with { MostFee = Satoshis.Of(5_000), UpToMostFee = true };
        var first = await world.SignAsync(order.Owner, WalletWorld.Done(await world.Wallet.PrepareChildAsync(order, default)));
        Assert.Equal(WalletRefusal.FeeAboveLimit, (await world.Wallet.PrepareChildAsync(order with { Replaces = first }, default)).Refusal);
        var more = order with { Replaces = first, MostFee = Satoshis.Of(5_000 + first.Weight.VirtualBytes) };
        Assert.Equal(5_000 + first.Weight.VirtualBytes, WalletWorld.Done(await world.Wallet.PrepareChildAsync(more, default)).Fee.Value);
    }

    [Fact]
    public async Task A_replacement_that_needs_another_coin_pays_more_for_each_byte_too()
    {
        await using var world = await WalletWorld.StartAsync();
        var order = world.Anchor(6, 1_500, 40_000);
        var first = await world.SignAsync(order.Owner, WalletWorld.Done(await world.Wallet.PrepareChildAsync(order with { FeeRate = FeeRate.FromSatPerVbyte(4) }, default)));
        Assert.Equal(2, first.Inputs.Length);
        Assert.True((await world.Chain.Chain.BroadcastPackageAsync([order.Parent, first], default)).IsOut);
        var second = WalletWorld.Done(await world.Wallet.PrepareChildAsync(order with { Replaces = first }, default));
        Assert.Equal(3, second.Unsigned.Inputs.Length);
        var signed = await world.SignAsync(order.Owner, second);
        Assert.True((await world.Chain.Chain.BroadcastAsync(signed, default)).IsOut);
        Assert.Null(world.Chain.Model.Find(first.Txid));
    }

    [Fact]
    public async Task A_stranger_s_child_is_outbid_in_all_and_for_each_byte()
    {
        await using var world = await WalletWorld.StartAsync();
        var order = world.Anchor(1);
        var coin = world.Chain.Coin(20_000);
        var payer = world.Chain.Payer;
        var stranger = payer.Sign(
            new Transaction(2, [new TxIn(order.Parent.OutPoint(1), TxIn.SequenceReplaceable), new TxIn(coin.OutPoint(0), TxIn.SequenceReplaceable)], [payer.Own(16_240)], 0),
            [order.Parent.Outputs[1], coin.Outputs[0]]);
        Assert.True((await world.Chain.Chain.BroadcastPackageAsync([order.Parent, stranger], default)).IsOut);
        var meek = await world.SignAsync(order.Owner, WalletWorld.Done(await world.Wallet.PrepareChildAsync(order, default)));
        Assert.Equal(BroadcastRefusal.Conflict, (await world.Chain.Chain.BroadcastAsync(meek, default)).Refusal);
        var rival = new RivalChild(Satoshis.Of(4_000), stranger.Weight.VirtualBytes);
        var bold = WalletWorld.Done(await world.Wallet.PrepareChildAsync(order with { Rival = rival }, default));
        Assert.True(bold.Fee.Value >= 4_000 + meek.Weight.VirtualBytes);
        Assert.True((await world.Chain.Chain.BroadcastAsync(await world.SignAsync(order.Owner, bold), default)).IsOut);
        Assert.Null(world.Chain.Model.Find(stranger.Txid));
    }

    [Fact]
    public async Task Reserved_coins_are_taken_before_free_ones_and_nobody_else_s()
    {
        await using var world = await WalletWorld.StartAsync();
        var order = world.Anchor(5, 20_000, 30_000, 40_000);
        var view = ChainWorld.Known(await world.Wallet.ScanAsync(default));
        OutPoint CoinOf(long value) => view.Outputs.Single(output => output.Output.Value.Value == value).OutPoint;
        await world.Reservations.ReserveAsync("other", [new ReservedCoin(CoinOf(20_000), Satoshis.Of(20_000))], default);
        await world.Reservations.ReserveAsync(order.Owner, [new ReservedCoin(CoinOf(40_000), Satoshis.Of(40_000))], default);
        var child = WalletWorld.Done(await world.Wallet.PrepareChildAsync(order, default));
        Assert.Equal([CoinOf(40_000)], child.Unsigned.Inputs.Skip(1).Select(input => input.PreviousOutput));
    }
}
