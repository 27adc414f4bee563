using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>Finding the wallet's coins, and what the routes show of them.</summary>
public sealed class WalletScanTests
{
    [Fact]
    public async Task An_empty_wallet_offers_its_first_address()
    {
        await using var world = await WalletWorld.StartAsync();
        Assert.Equal(
            "bcrt1pyx65xpjnzc62ay6swkzs8p9wm5rexmrdspsdmstfns38629pg28qpj6k8r",
            ChainWorld.Known(await world.Wallet.NextAddressAsync(default)).ToString());
        var view = ChainWorld.Known(await world.Wallet.ScanAsync(default));
        Assert.Equal((0, 0, 0, 0), (view.Balance.Immature.Value, view.Balance.TrustedPending.Value, view.Balance.UntrustedPending.Value, view.Balance.Confirmed.Value));
        Assert.Empty(view.Outputs);
    }

    [Fact]
    public async Task Finds_coins_up_to_the_gap_and_none_behind_it()
    {
        await using var world = await WalletWorld.StartAsync();
        foreach (var (index, amount) in new[] { (0u, 1_000L), (19u, 2_000L), (39u, 4_000L), (70u, 8_000L) })
        {
            world.Chain.Model.Faucet(world.Wallet.AddressAt(new Derivation(Keychain.External, index)).ScriptPubKey, Satoshis.Of(amount));
        }

        var before = ChainWorld.Known(await world.Wallet.ScanAsync(default));
        Assert.Equal(7_000, before.Balance.UntrustedPending.Value);
        Assert.Equal(40u, before.NextExternal);
        world.Chain.Model.Mine();
        Assert.Equal(7_000, ChainWorld.Known(await world.Wallet.ScanAsync(default)).Balance.Confirmed.Value);
    }

    [Fact]
    public async Task Shows_rewards_as_immature_and_change_as_trusted()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(1, 100_000);
        var sent = WalletWorld.Done(await world.Wallet.SendAsync(world.Order("a", 30_000), default));
        Assert.True(sent.Broadcast.IsOut, sent.Broadcast.Describe());
        var view = ChainWorld.Known(await world.Wallet.ScanAsync(default));
        Assert.Equal(70_000 - sent.Fee.Value, view.Balance.TrustedPending.Value);
        Assert.Equal(0, view.Balance.Confirmed.Value);
        Assert.Equal(1u, view.NextInternal);
        var spent = Assert.Single(view.Outputs, output => output.IsSpent);
        var change = Assert.Single(view.Outputs, output => !output.IsSpent);
        Assert.Equal(Keychain.External, spent.Derivation.Keychain);
        Assert.Equal(Keychain.Internal, change.Derivation.Keychain);
        Assert.IsNotType<TransactionStatus.Confirmed>(change.Status);
    }

    [Fact]
    public async Task An_unavailable_source_is_no_empty_wallet()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Chain.Faults.Add(new Simulators.Chain.ChainRequestFault(Simulators.Chain.ChainFaultKind.Status, Path: "/scripthash", Times: 1_000));
        Assert.Equal(ChainFault.ServerError, (await world.Wallet.ScanAsync(default)).Fault);
        Assert.IsType<WalletAnswer<PreparedPayment>.Unavailable>(await world.Wallet.PrepareAsync(world.Order("a", 1_000), default));
    }
}
