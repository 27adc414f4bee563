using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Dlc;
using Coordinator.Wallet;

namespace Coordinator.Node.Tests;

/// <summary>A node whose mempool is full, so that it takes nothing for 1 sat/vB any more.</summary>
public sealed class FullNodeFixture() : NodeFixture("-maxmempool=5")
{
    /// <summary>Pays more and more for less and less, until the least rate is above what contracts pay.</summary>
    internal async Task<FeeRate> FillAsync()
    {
        var outputs = Enumerable.Repeat(Purse.Own(1_000), 2_200).ToArray();
        for (var round = 1; round <= 12; round++)
        {
            var fillers = Enumerable.Range(0, 5).Select(_ => Purse.PayWithFee(300_000 * round, outputs).ToHex()).ToList();
            await Node.SubmitAsync(fillers);
            var least = await LeastAsync();
            if (least > FeeRate.FromSatPerVbyte(5))
            {
                return least;
            }
        }

        throw new InvalidOperationException("the mempool is not full");
    }

    internal async Task<FeeRate> LeastAsync()
    {
        var info = await Node.CallAsync("getmempoolinfo");
        var perKvb = decimal.Parse(info.GetProperty("mempoolminfee").GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
        return FeeRate.FromSatPerKwu((long)Math.Ceiling(perKvb * 100_000_000m / 4m));
    }
}

/// <summary>Anchors: what pays too little by itself gets in with a child that pays for both.</summary>
public sealed class PackageTests(FullNodeFixture fixture) : IClassFixture<FullNodeFixture>
{
    private RegtestNode Node => fixture.Node;

    [Fact]
    public async Task Outcome_expiry_and_split_get_in_with_a_child_on_the_anchor_and_not_alone()
    {
        var shape = new ContractShape(3, 2) { FeeRateSatPerKwu = 250, Expiry = (uint)await Node.MedianTimeAsync() + 600 };
        var attested = await PlayedContract.FundAsync(fixture, shape);
        var expired = await PlayedContract.FundAsync(fixture, shape);
        var coins = await fixture.Purse.PayAsync(Node, [.. Enumerable.Repeat(fixture.Purse.Own(200_000), 4)]);
        await Node.SetTimeAsync(shape.Expiry + 1);
        await Node.MineAsync(7);
        var least = await fixture.FillAsync();
        Assert.True(least > FeeRate.FromSatPerVbyte(5), $"{least}");

        var outcome = attested.OutcomeOf(attested.Rankings.First);
        await BumpAsync(attested, outcome, coins, 0);
        await BumpAsync(expired, expired.OutcomeOf(Outcome.Expiry), coins, 1);
        await Node.MineAsync(shape.Delta + 6);
        await BumpAsync(attested, attested.SplitBy(attested.WinsOf(attested.Rankings.First)[0]), coins, 2);
        await WalletBumpsAsync(expired, expired.SplitBy(expired.WinsOf(Outcome.Expiry)[2]));
        await Node.MineAsync(6);
        foreach (var txid in new[] { outcome.Txid, attested.Dlc.SplitTxid(attested.Rankings.First), expired.Dlc.SplitTxid(Outcome.Expiry) })
        {
            var known = Assert.IsType<ChainAnswer<TransactionStatus>.Known>(await fixture.Chain.GetStatusAsync(txid, default));
            Assert.IsType<TransactionStatus.Confirmed>(known.Value);
        }
    }

    /// <summary>Refused alone, with a poor child and with a wrong one; taken with a right one.</summary>
    private async Task BumpAsync(PlayedContract contract, Transaction parent, Transaction coins, uint vout)
    {
        await Node.RefusesAsync(parent, BroadcastRefusal.FeeTooLow, "mempool min fee not met");
        var least = await fixture.LeastAsync();
        var child = Child(contract, parent, coins, vout, FeeRate.FromSatPerKwu(2 * least.SatPerKwu));
        await Node.RefusesAsync(child, BroadcastRefusal.MissingInputs, "missing-inputs");
        var poor = Child(contract, parent, coins, vout, FeeRate.FromSatPerVbyte(2));
        await RefusedAsync(BroadcastRefusal.FeeTooLow, parent, poor);
        await RefusedAsync(BroadcastRefusal.InvalidScript, parent, child.Bent(input: 1));
        await RefusedAsync(BroadcastRefusal.InvalidScript, parent.Bent(bit: 300), child);

        // Nobody can make the child another transaction by giving the anchor a witness.
        await RefusedAsync(BroadcastRefusal.Other, parent, child.WithWitness(0, [[1]]));
        Assert.IsType<BroadcastAnswer.Accepted>(await fixture.Chain.BroadcastPackageAsync([parent, child], default));
        Assert.True((await fixture.Chain.BroadcastPackageAsync([parent, child], default)).IsOut);
        await ReplacementsAsync(child, [parent.Outputs[^1], coins.Outputs[(int)vout]]);
        Assert.IsType<TransactionStatus.InMempool>(
            Assert.IsType<ChainAnswer<TransactionStatus>.Known>(await fixture.Chain.GetStatusAsync(parent.Txid, default)).Value);
    }

    /// <summary>What the rules of competitions call the least for taking a child's place is the least, to the satoshi.</summary>
    private async Task ReplacementsAsync(Transaction child, TxOut[] prevouts)
    {
        var (total, size) = (prevouts.Sum(prevout => prevout.Value.Value), child.Weight.VirtualBytes);
        var old = new ChildFee(child.Txid, Satoshis.Of(total - child.OutputValue.Value), size);
        var least = BumpRules.LeastToReplace(old, size).Value;
        Transaction Paying(long fee) => fixture.Purse.Sign(
            new Transaction(2, child.Inputs.Select(input => input with { Witness = [] }), [fixture.Purse.Own(total - fee)], 0), prevouts);
        await Node.RefusesAsync(Paying(least - 1), BroadcastRefusal.Conflict, "insufficient fee");
        await Node.TakesAsync(Paying(least));
    }

    /// <summary>The child as the wallet makes it for a live competition, then a richer one in its place.</summary>
    private async Task WalletBumpsAsync(PlayedContract contract, Transaction parent)
    {
        await Node.RefusesAsync(parent, BroadcastRefusal.FeeTooLow, "mempool min fee not met");
        var order = new ChildOrder
        {
            Owner = $"bump/{parent.Txid}",
            Parent = parent,
            ParentFee = FeeBump.FeeOf(contract.Dlc, parent)!.Value,
            Output = (uint)parent.Outputs.Length - 1,
            FeeRate = FeeRate.FromSatPerKwu(2 * (await fixture.LeastAsync()).SatPerKwu),
        };
        var child = await SignAsync(order);
        Assert.IsType<BroadcastAnswer.Accepted>(await fixture.Chain.BroadcastPackageAsync([parent, child], default));
        var richer = await SignAsync(order with { FeeRate = FeeRate.FromSatPerKwu(2 * order.FeeRate.SatPerKwu), Replaces = child });
        var answer = await fixture.Chain.BroadcastAsync(richer, default);
        Assert.True(answer is BroadcastAnswer.Accepted, answer.Describe());
        Assert.Equal(BroadcastRefusal.Conflict, (await fixture.Chain.BroadcastAsync(child, default)).Refusal);
    }

    private async Task<Transaction> SignAsync(ChildOrder order)
    {
        var prepared = NodeFixture.Done(await fixture.Wallet.PrepareChildAsync(order, default));
        return NodeFixture.Done(await fixture.Wallet.FinalizeAsync(order.Owner, fixture.Wallet.ToPsbt(prepared), default));
    }

    private Transaction Child(PlayedContract contract, Transaction parent, Transaction coins, uint vout, FeeRate rate)
    {
        var coin = new FeeBumpCoin(coins.OutPoint(vout), coins.Outputs[(int)vout].Value, FeeBumpCoin.TaprootKeyInput);
        Assert.True(FeeBump.TryBuild(contract.Dlc, parent, rate, [coin], fixture.Purse.Script, out var child, out var refusal), $"{refusal}");
        return fixture.Purse.Sign(child.Transaction, [child.Anchor, coins.Outputs[(int)vout]]);
    }

    private async Task RefusedAsync(BroadcastRefusal name, params Transaction[] package)
    {
        var answer = await fixture.Chain.BroadcastPackageAsync(package, default);
        Assert.True(answer.Refusal == name, $"{answer.Describe()} instead of {name}");
    }
}
