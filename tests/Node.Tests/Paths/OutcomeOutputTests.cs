using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Dlc;

namespace Coordinator.Node.Tests;

/// <summary>The output of an outcome: split, reclaim and close.</summary>
[Collection(NodeSuite.Name)]
public sealed class OutcomeOutputTests(NodeFixture fixture)
{
    private static readonly FeeRate Rate = FeeRate.FromSatPerVbyte(2);

    private RegtestNode Node => fixture.Node;

    private Script Destination => fixture.Purse.Script;

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task Each_winner_splits_with_its_preimage_at_delta_and_not_before(int players, int places)
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places));
        var outcome = contract.Rankings.First;
        var height = await Node.ConfirmAsync(contract.OutcomeOf(outcome));
        var splits = contract.WinsOf(outcome).Select(contract.SplitBy).ToArray();
        Assert.Equal(places, splits.Length);
        await Node.MineToAsync(height + contract.Delta - 2);
        foreach (var split in splits)
        {
            await Node.RefusesAsync(split, BroadcastRefusal.NonFinal, "non-BIP68-final");

            // The age is signed: another sequence needs another signature.
            await Node.RefusesAsync(split.WithSequence((uint)contract.Delta - 1), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            await Node.RefusesAsync(split.WithSequence(0), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        }

        await Node.MineAsync();
        foreach (var (win, split) in contract.WinsOf(outcome).Zip(splits))
        {
            await Node.TakesAsync(split, $"{win}");
            await Node.RefusesAsync(split.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            await Node.RefusesAsync(split.Bent(item: 1), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
            await Node.RefusesAsync(split.With(1, contract.PayoutPreimage(win.PlayerIndex)), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
            await Node.RefusesAsync(split.Bent(item: 2), BroadcastRefusal.InvalidScript, "Witness program hash mismatch");
            await Node.RefusesAsync(split.Bent(item: 3), BroadcastRefusal.InvalidScript, "Witness program hash mismatch");
        }

        await Node.ConfirmAsync(splits[^1]);
        Assert.All(splits, split => Assert.Equal(splits[0].Txid, split.Txid));
        Assert.Equal(
            contract.WinsOf(outcome).Select(contract.Dlc.PayoutOf),
            (await Node.TransactionAsync(splits[0].Txid)).Outputs.Take(places).Select(output => output.Value));
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task The_split_of_another_ranking_with_the_same_winners_is_refused(int players, int places)
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places));
        var (outcome, other) = Reversed(contract);
        Assert.Equal(contract.WinsOf(outcome).Select(win => win.PlayerIndex), contract.WinsOf(other).Select(win => win.PlayerIndex));
        Assert.NotEqual(contract.Dlc.Payouts(outcome), contract.Dlc.Payouts(other));
        var height = await Node.ConfirmAsync(contract.OutcomeOf(outcome));
        await Node.MineToAsync(height + contract.Delta - 1);
        foreach (var (right, wrong) in contract.WinsOf(outcome).Select(contract.SplitBy).Zip(contract.WinsOf(other).Select(contract.SplitBy)))
        {
            await Node.RefusesAsync(wrong, BroadcastRefusal.MissingInputs, "missing-inputs");

            // Its leaf is not in this output; with the leaf that is, its signature is of something else.
            var moved = wrong.WithCoin(right.Inputs[0].PreviousOutput);
            await Node.RefusesAsync(moved, BroadcastRefusal.InvalidScript, "Witness program hash mismatch");
            var ownLeaf = moved.With(2, right.Inputs[0].Witness[2]).With(3, right.Inputs[0].Witness[3]);
            await Node.RefusesAsync(ownLeaf, BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            var otherMoney = new Transaction(2, right.Inputs, wrong.Outputs, 0);
            await Node.RefusesAsync(otherMoney, BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            await Node.TakesAsync(right);
        }
    }

    [Theory, InlineData(3, 2), InlineData(25, 1)]
    public async Task After_the_expiry_every_player_splits_at_delta_and_not_before(int players, int places)
    {
        var expiry = await Node.MedianTimeAsync() + 600;
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places) { Expiry = (uint)expiry });
        await Node.SetTimeAsync(expiry + 1);
        await Node.MineAsync(7);
        var height = await Node.ConfirmAsync(contract.OutcomeOf(Outcome.Expiry));
        await Node.MineToAsync(height + contract.Delta - 2);
        var wins = contract.WinsOf(Outcome.Expiry);
        Assert.Equal(players, wins.Length);
        foreach (var win in wins)
        {
            await Node.RefusesAsync(contract.SplitBy(win), BroadcastRefusal.NonFinal, "non-BIP68-final");
        }

        await Node.MineAsync();
        foreach (var win in wins)
        {
            await Node.TakesAsync(contract.SplitBy(win));
        }

        await Node.ConfirmAsync(contract.SplitBy(wins[1]));
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task The_market_maker_reclaims_two_deltas_after_the_outcome_and_not_before(int players, int places)
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places));
        var outcome = contract.Rankings.Second;
        var (sweep, output) = (contract.Dlc.OutcomeReclaim(outcome), contract.Dlc.OutcomeOutput(outcome));
        var reclaim = SweepTransaction.Build(Destination, Rate, sweep).Sign(0, contract.MarketMaker).Transaction;

        // It is the outcome's age that counts, not the funding's.
        await Node.MineAsync(2 * contract.Delta);
        await Node.RefusesAsync(reclaim, BroadcastRefusal.MissingInputs, "missing-inputs");
        var height = await Node.ConfirmAsync(contract.OutcomeOf(outcome));
        await Node.RefusesAsync(reclaim, BroadcastRefusal.NonFinal, "non-BIP68-final");
        await Node.MineToAsync(height + (2 * contract.Delta) - 2);
        await Node.RefusesAsync(reclaim, BroadcastRefusal.NonFinal, "non-BIP68-final");
        Transaction Signed(SecretKey key, uint sequence) => CraftedSpend.ByLeaf(sweep, output.Taproot, output.ReclaimLeaf, key, sequence, Destination);
        await Node.RefusesAsync(Signed(contract.MarketMaker, sweep.Sequence - 1), BroadcastRefusal.InvalidScript, "Locktime requirement not satisfied");
        await Node.MineAsync();
        await Node.TakesAsync(reclaim);
        await Node.TakesAsync(Signed(contract.MarketMaker, sweep.Sequence));
        await Node.RefusesAsync(reclaim.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        foreach (var player in contract.Players)
        {
            await Node.RefusesAsync(Signed(player, sweep.Sequence), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        }

        // Until somebody has spent it, a winner still splits.
        await Node.TakesAsync(contract.SplitBy(contract.WinsOf(outcome)[0]));
        await Node.ConfirmAsync(reclaim);
        await Node.RefusesAsync(contract.SplitBy(contract.WinsOf(outcome)[0]), BroadcastRefusal.MissingInputs, "missing-inputs");
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task All_winners_and_the_market_maker_close_at_once_and_nobody_less(int players, int places)
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places));
        var outcome = contract.Rankings.First;
        var sweep = contract.Dlc.OutcomeClose(outcome);
        var close = SweepTransaction.Build(Destination, Rate, sweep).SignClose(0, contract.Everybody).Transaction;
        await Node.RefusesAsync(close, BroadcastRefusal.MissingInputs, "missing-inputs");
        await Node.SendAsync(contract.OutcomeOf(outcome));

        // In the block of the outcome itself, and in any later one.
        await Node.TakesAsync(close);
        await Node.RefusesAsync(close.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        foreach (var alone in contract.Everybody)
        {
            await Node.RefusesAsync(CraftedSpend.ByKey(sweep, alone, Destination), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        }

        // The group's key without the tree is another key.
        using var untweaked = contract.GroupSecret(contract.Dlc.WinnersKey(outcome));
        await Node.RefusesAsync(CraftedSpend.ByKey(sweep, untweaked, Destination), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        await Node.ConfirmAsync(close);
    }

    /// <summary>Two rankings of the same winners that pay them differently.</summary>
    private static (Outcome, Outcome) Reversed(PlayedContract contract)
    {
        var ranking = contract.Ranking.WinnersOf(contract.Rankings.First.AttestationIndex);
        return (contract.Rankings.First, Outcome.Attestation(contract.Ranking.IndexOf([.. ranking.Reverse()])));
    }
}
