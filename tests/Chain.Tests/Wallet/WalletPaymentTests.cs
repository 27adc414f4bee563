using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Chain.Tests;

/// <summary>Payments, reservations and children, confirmed by the simulated chain.</summary>
public sealed class WalletPaymentTests
{
    [Fact]
    public async Task Pays_the_ordered_outputs_first_and_confirms()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 60_000, 70_000, 80_000);
        var order = world.Order("funding/1", 150_000) with { LeastConfirmations = 6, LeastChange = Satoshis.Of(20_000) };
        var prepared = WalletWorld.Done(await world.Wallet.PrepareAsync(order, default));
        Assert.Equal(150_000, prepared.Unsigned.Outputs[0].Value.Value);
        Assert.Equal(1u, prepared.ChangeIndex);
        Assert.True(prepared.Unsigned.Outputs[1].Value.Value >= 20_000);
        var stored = world.Wallet.ToPsbt(prepared).ToBase64();
        var signed = WalletWorld.Done(await world.Wallet.FinalizeAsync("funding/1", Psbt.ParseBase64(stored), default));
        Assert.Equal(prepared.Txid, signed.Txid);
        Assert.Equal(WalletWorld.Rate.FeeCeiling(signed.Weight), prepared.Fee);
        Assert.True((await world.Chain.Chain.BroadcastAsync(signed, default)).IsOut);
        Assert.Equal(2, world.Chain.Model.Mine().Transactions.Length);
    }

    [Fact]
    public async Task Uses_no_coin_with_too_few_confirmations()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(5, 100_000);
        var order = world.Order("funding/1", 50_000) with { LeastConfirmations = 6 };
        Assert.Equal(WalletRefusal.InsufficientFunds, (await world.Wallet.PrepareAsync(order, default)).Refusal);
        Assert.Empty(await world.Reservations.ListAsync(default));
        world.Chain.Model.Mine();
        WalletWorld.Done(await world.Wallet.PrepareAsync(order, default));
    }

    [Fact]
    public async Task Never_promises_one_coin_twice()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000, 100_000);
        var one = WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("a", 60_000), default));
        var two = WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("b", 60_000), default));
        Assert.Empty(Spent(one).Intersect(Spent(two)));
        Assert.Equal(WalletRefusal.InsufficientFunds, (await world.Wallet.PrepareAsync(world.Order("c", 60_000), default)).Refusal);
        await world.Reservations.ReleaseAsync("a", default);
        Assert.Equal(Spent(one), Spent(WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("c", 60_000), default))));
    }

    [Fact]
    public async Task Callers_at_once_share_no_coin()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, Enumerable.Repeat(50_000L, 8));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => world.Wallet.PrepareAsync(world.Order($"owner {i}", 70_000), default)));
        var coins = answers.Where(answer => answer.TryGet(out _)).SelectMany(answer => Spent(WalletWorld.Done(answer))).ToList();
        Assert.Equal(coins.Count, coins.Distinct().Count());
        Assert.Contains(answers, answer => answer.TryGet(out _));
    }

    [Fact]
    public async Task Drains_what_is_free_and_stays_within_a_fee_limit()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000, 50_000, 400);
        WalletWorld.Done(await world.Wallet.ReserveAsync("bump", Satoshis.Of(60_000), 1, default));
        var drain = new SpendOrder { Owner = "send/1", DrainTo = world.Chain.Payer.Script, FeeRate = FeeRate.FromSatPerVbyte(10), MostFee = Satoshis.Of(10) };
        Assert.Equal(WalletRefusal.FeeAboveLimit, (await world.Wallet.PrepareAsync(drain, default)).Refusal);
        var sent = WalletWorld.Done(await world.Wallet.SendAsync(drain with { MostFee = Satoshis.Of(2_000) }, default));
        Assert.True(sent.Broadcast.IsOut, sent.Broadcast.Describe());
        Assert.Equal(50_000 - sent.Fee.Value, Assert.Single(sent.Transaction.Outputs).Value.Value);
    }

    [Fact]
    public async Task Pays_from_one_address_only_where_asked()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000, 50_000);
        var from = world.Wallet.AddressAt(new Derivation(Keychain.External, 1)).ScriptPubKey;
        var order = world.Order("a", 60_000) with { OnlyFrom = from };
        Assert.Equal(WalletRefusal.InsufficientFunds, (await world.Wallet.PrepareAsync(order, default)).Refusal);
        var prepared = WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("a", 30_000) with { OnlyFrom = from }, default));
        Assert.All(prepared.Inputs, input => Assert.Equal(from, input.Output.ScriptPubKey));
    }

    [Fact]
    public async Task Refuses_dust()
    {
        await using var world = await WalletWorld.StartAsync();
        Assert.Equal(WalletRefusal.Dust, (await world.Wallet.PrepareAsync(world.Order("a", 329), default)).Refusal);
    }

    [Fact]
    public async Task A_child_on_its_change_raises_the_rate_of_a_payment()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000);
        var sent = WalletWorld.Done(await world.Wallet.SendAsync(world.Order("a", 30_000), default));
        var order = new ChildOrder
        {
            Owner = "a",
            Parent = sent.Transaction,
            ParentFee = sent.Fee,
            Output = 1,
            FeeRate = FeeRate.FromSatPerVbyte(20),
        };
        var child = WalletWorld.Done(await world.Wallet.PrepareChildAsync(order, default));
        var signed = await world.SignAsync("a", child);
        Assert.Equal(20 * (sent.Transaction.Weight.VirtualBytes + signed.Weight.VirtualBytes), sent.Fee.Value + child.Fee.Value);
        Assert.True((await world.Chain.Chain.BroadcastAsync(signed, default)).IsOut);
        Assert.Equal(3, world.Chain.Model.Mine().Transactions.Length);
    }

    [Fact]
    public async Task A_child_on_an_anchor_carries_a_parent_that_pays_little_and_can_be_replaced()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 30_000, 40_000);
        WalletWorld.Done(await world.Wallet.ReserveAsync("contract/1", Satoshis.Of(35_000), 1, default));
        var payer = world.Chain.Payer;
        var parent = payer.Spend(world.Chain.Coin(), 0, [payer.Own(100_000 - 240 - 200), new TxOut(Satoshis.Of(240), Script.PayToAnchor)]);
        var order = new ChildOrder
        {
            Owner = "contract/1",
            Parent = parent,
            ParentFee = Satoshis.Of(200),
            Output = 1,
            FeeRate = FeeRate.FromSatPerVbyte(5),
            OnlyReserved = true,
        };
        var first = WalletWorld.Done(await world.Wallet.PrepareChildAsync(order, default));
        var signed = await world.SignAsync("contract/1", first);
        Assert.Equal(609, signed.Weight.Units);
        Assert.True((await world.Chain.Chain.BroadcastPackageAsync([parent, signed], default)).IsOut);

        var bump = order with { FeeRate = FeeRate.FromSatPerVbyte(9), Replaces = signed };
        var second = await world.SignAsync("contract/1", WalletWorld.Done(await world.Wallet.PrepareChildAsync(bump, default)));
        Assert.Equal(signed.Inputs.Select(input => input.PreviousOutput), second.Inputs.Select(input => input.PreviousOutput));
        Assert.True((await world.Chain.Chain.BroadcastAsync(second, default)).IsOut);
        Assert.Null(world.Chain.Model.Find(signed.Txid));
        world.Chain.Model.Mine();
        Assert.NotNull(world.Chain.Model.Find(second.Txid)!.Block);
    }

    [Fact]
    public async Task A_child_needs_an_output_that_it_may_spend()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000);
        var foreign = world.Chain.Coin();
        var order = new ChildOrder { Owner = "a", Parent = foreign, ParentFee = Satoshis.Of(500), Output = 0, FeeRate = WalletWorld.Rate };
        Assert.Equal(WalletRefusal.NotSpendable, (await world.Wallet.PrepareChildAsync(order, default)).Refusal);
        Assert.Equal(WalletRefusal.NotSpendable, (await world.Wallet.PrepareChildAsync(order with { Output = 9 }, default)).Refusal);
        var anchor = new Transaction(2, foreign.Inputs, [new TxOut(Satoshis.Of(240), Script.PayToAnchor)], 0);
        var poor = order with { Parent = anchor, OnlyReserved = true };
        Assert.Equal(WalletRefusal.InsufficientFunds, (await world.Wallet.PrepareChildAsync(poor, default)).Refusal);
    }

    [Fact]
    public async Task An_unclear_broadcast_keeps_the_coins_and_hands_out_the_transaction()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000);
        world.Chain.Faults.Add(new Simulators.Chain.ChainRequestFault(Simulators.Chain.ChainFaultKind.DropAfter, Method: "POST"));
        var sent = WalletWorld.Done(await world.Wallet.SendAsync(world.Order("a", 30_000), default));
        Assert.IsType<BroadcastAnswer.Unclear>(sent.Broadcast);
        Assert.Single(await world.Reservations.ListAsync(default));
        Assert.True((await world.Chain.Chain.BroadcastAsync(sent.Transaction, default)).IsOut);
    }

    [Fact]
    public async Task After_a_broadcast_was_marked_only_settling_frees_the_coins()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000);
        var prepared = WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("a", 30_000), default));
        var signed = await world.SignAsync("a", prepared);
        Assert.Equal(signed.Txid, Assert.Single(await world.Reservations.ListAsync(default)).Broadcast);
        await world.Reservations.ReleaseAsync("a", default);
        Assert.Single(await world.Reservations.ListAsync(default));
        await world.Reservations.SettleAsync("a", default);
        Assert.Empty(await world.Reservations.ListAsync(default));
    }

    [Fact]
    public async Task Finalises_only_what_is_reserved_for_the_owner_and_the_wallets()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000);
        var prepared = WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("a", 30_000), default));
        Assert.Equal(WalletRefusal.ForeignPsbt, (await world.Wallet.FinalizeAsync("b", world.Wallet.ToPsbt(prepared), default)).Refusal);

        var coin = world.Chain.Coin();
        await world.Reservations.ReserveAsync("c", [new ReservedCoin(coin.OutPoint(0), coin.Outputs[0].Value)], default);
        var foreign = Psbt.Create(new Transaction(2, [new TxIn(coin.OutPoint(0))], [world.Chain.Payer.Own(90_000)], 0));
        Assert.Equal(WalletRefusal.ForeignPsbt, (await world.Wallet.FinalizeAsync("c", foreign, default)).Refusal);
        foreign.Inputs[0].WitnessUtxo = coin.Outputs[0];
        Assert.Equal(WalletRefusal.ForeignPsbt, (await world.Wallet.FinalizeAsync("c", foreign, default)).Refusal);

        var lying = world.Wallet.ToPsbt(prepared);
        lying.Inputs[0].WitnessUtxo = coin.Outputs[0];
        Assert.Equal(WalletRefusal.ForeignPsbt, (await world.Wallet.FinalizeAsync("a", lying, default)).Refusal);
    }

    [Fact]
    public async Task Says_what_is_missing_with_the_numbers()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 100_000, 50_000);
        WalletWorld.Done(await world.Wallet.ReserveAsync("bump", Satoshis.Of(60_000), 1, default));
        var beyond = await world.Wallet.PrepareAsync(world.Order("a", 90_000), default);
        Assert.Equal(WalletRefusal.InsufficientFunds, beyond.Refusal);
        Assert.Contains("90000 sat and fees at 500 sat/kwu are needed; 50000 sat are free with 1 confirmations, 100000 sat are reserved", beyond.Describe(), StringComparison.Ordinal);
        var foreign = await world.Wallet.PrepareAsync(world.Order("a", 1_000) with { OnlyFrom = world.Chain.Payer.Script }, default);
        Assert.Equal(WalletRefusal.NotSpendable, foreign.Refusal);
        var dear = await world.Wallet.PrepareAsync(world.Order("a", 1_000) with { MostFee = Satoshis.Of(100) }, default);
        Assert.Equal(WalletRefusal.FeeAboveLimit, dear.Refusal);
        Assert.DoesNotContain(await world.Reservations.ListAsync(default), reservation => reservation.Owner == "a");
    }

    [Fact]
    public async Task A_drain_that_would_leave_dust_is_refused_and_nothing_is_reserved()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 700);
        var drain = new SpendOrder { Owner = "send/1", DrainTo = world.Chain.Payer.Script, FeeRate = FeeRate.FromSatPerVbyte(5) };
        Assert.Equal(WalletRefusal.Dust, (await world.Wallet.PrepareAsync(drain, default)).Refusal);
        Assert.Equal(WalletRefusal.InsufficientFunds, (await world.Wallet.PrepareAsync(drain with { FeeRate = FeeRate.FromSatPerVbyte(50) }, default)).Refusal);
        Assert.Empty(await world.Reservations.ListAsync(default));
    }

    [Fact]
    public async Task A_coin_that_somebody_spent_since_the_block_is_not_chosen()
    {
        await using var world = await WalletWorld.StartAsync();
        world.Fund(6, 60_000, 70_000);
        var stolen = WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("a", 50_000), default));
        var signed = await world.SignAsync("a", stolen);
        await world.Reservations.SettleAsync("a", default);
        WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("b", 50_000), default));
        await world.Reservations.ReleaseAsync("b", default);
        Assert.True((await world.Chain.Chain.BroadcastAsync(signed, default)).IsOut);
        var next = WalletWorld.Done(await world.Wallet.PrepareAsync(world.Order("b", 50_000), default));
        Assert.Empty(Spent(stolen).Intersect(Spent(next)));
    }

    private static IEnumerable<OutPoint> Spent(PreparedPayment payment) => payment.Unsigned.Inputs.Select(input => input.PreviousOutput);
}
