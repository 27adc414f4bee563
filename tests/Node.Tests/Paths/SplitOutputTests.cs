using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Dlc;

namespace Coordinator.Node.Tests;

/// <summary>A winner's output of a split: win, sell-back, close and reclaim.</summary>
[Collection(NodeSuite.Name)]
public sealed class SplitOutputTests(NodeFixture fixture)
{
    private static readonly FeeRate Rate = FeeRate.FromSatPerVbyte(2);

    private RegtestNode Node => fixture.Node;

    private Script Destination => fixture.Purse.Script;

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task Each_winner_takes_its_share_at_delta_and_not_before(int players, int places)
    {
        var (contract, wins, height) = await SplitAsync(players, places);
        var claims = wins.Select(win => SweepTransaction.Build(Destination, Rate, contract.Dlc.SplitWin(win))
            .Sign(0, contract.Players[win.PlayerIndex], contract.TicketPreimage(win.PlayerIndex)).Transaction).ToArray();
        await Node.MineToAsync(height + contract.Delta - 2);
        foreach (var (win, claim) in wins.Zip(claims))
        {
            await Node.RefusesAsync(claim, BroadcastRefusal.NonFinal, "non-BIP68-final", $"{win}");
            await Node.RefusesAsync(
                Won(contract, win, contract.Players[win.PlayerIndex], contract.TicketPreimage(win.PlayerIndex), (uint)contract.Delta - 1),
                BroadcastRefusal.InvalidScript, "Locktime requirement not satisfied");
        }

        await Node.MineAsync();
        foreach (var (win, claim) in wins.Zip(claims))
        {
            var (player, preimage, delta) = (win.PlayerIndex, contract.TicketPreimage(win.PlayerIndex), (uint)contract.Delta);
            await Node.TakesAsync(claim, $"{win}");
            await Node.RefusesAsync(claim.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            await Node.RefusesAsync(claim.Bent(item: 1), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
            await Node.RefusesAsync(claim.With(1, contract.PayoutPreimage(player)), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
            await Node.RefusesAsync(Won(contract, win, contract.MarketMaker, preimage, delta), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            var neighbour = contract.Players[(player + 1) % players];
            await Node.RefusesAsync(Won(contract, win, neighbour, preimage, delta), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        }

        foreach (var claim in claims)
        {
            await Node.ConfirmAsync(claim);
        }
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task The_market_maker_takes_a_share_sold_back_at_once_with_the_payout_preimage_only(int players, int places)
    {
        var contract = await OutcomeAsync(players, places);
        var wins = contract.WinsOf(contract.Rankings.First);
        await Node.SendAsync(contract.SplitBy(wins[0]));
        foreach (var win in wins)
        {
            var (sweep, output) = (contract.Dlc.SplitSellback(win), contract.Dlc.SplitOutput(win.PlayerIndex));
            var preimage = contract.PayoutPreimage(win.PlayerIndex);
            var sellback = SweepTransaction.Build(Destination, Rate, sweep).Sign(0, contract.MarketMaker, preimage).Transaction;
            await Node.TakesAsync(sellback, "while the split waits");
            await Node.RefusesAsync(sellback.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            await Node.RefusesAsync(sellback.Bent(item: 1), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
            await Node.RefusesAsync(sellback.With(1, contract.TicketPreimage(win.PlayerIndex)), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
            foreach (var player in contract.Players)
            {
                var theirs = CraftedSpend.ByLeaf(sweep, output.Taproot, output.SellbackLeaf, player, sweep.Sequence, Destination, preimage);
                await Node.RefusesAsync(theirs, BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            }

            await Node.SendAsync(sellback);
        }

        await Node.MineAsync();
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task The_market_maker_reclaims_a_share_two_deltas_after_the_split_and_not_before(int players, int places)
    {
        var (contract, wins, height) = await SplitAsync(players, places);
        Transaction[] reclaims = [.. wins.Select(win => SweepTransaction.Build(Destination, Rate, contract.Dlc.SplitReclaim(win))
            .Sign(0, contract.MarketMaker).Transaction)];

        // The outcome is two deltas old already; the split is not.
        await Node.MineToAsync(height + (2 * contract.Delta) - 2);
        foreach (var (win, reclaim) in wins.Zip(reclaims))
        {
            var (sweep, output) = (contract.Dlc.SplitReclaim(win), contract.Dlc.SplitOutput(win.PlayerIndex));
            await Node.RefusesAsync(reclaim, BroadcastRefusal.NonFinal, "non-BIP68-final");
            var early = CraftedSpend.ByLeaf(sweep, output.Taproot, output.ReclaimLeaf, contract.MarketMaker, sweep.Sequence - 1, Destination);
            await Node.RefusesAsync(early, BroadcastRefusal.InvalidScript, "Locktime requirement not satisfied");
        }

        await Node.MineAsync();
        foreach (var (win, reclaim) in wins.Zip(reclaims))
        {
            var (sweep, output) = (contract.Dlc.SplitReclaim(win), contract.Dlc.SplitOutput(win.PlayerIndex));
            await Node.RefusesAsync(reclaim.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            var winners = CraftedSpend.ByLeaf(
                sweep, output.Taproot, output.ReclaimLeaf, contract.Players[win.PlayerIndex], sweep.Sequence, Destination);
            await Node.RefusesAsync(winners, BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        }

        // All in one transaction, too.
        var together = SweepTransaction.Build(Destination, Rate, wins.Select(contract.Dlc.SplitReclaim));
        foreach (var input in Enumerable.Range(0, wins.Length))
        {
            together = together.Sign(input, contract.MarketMaker);
        }

        await Node.TakesAsync(together.Transaction);
        foreach (var reclaim in reclaims)
        {
            await Node.ConfirmAsync(reclaim);
        }
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task A_winner_who_hands_the_key_over_closes_with_the_market_maker_at_once(int players, int places)
    {
        var contract = await OutcomeAsync(players, places);
        var wins = contract.WinsOf(contract.Rankings.First);
        await Node.SendAsync(contract.SplitBy(wins[0]));
        foreach (var win in wins)
        {
            var sweep = contract.Dlc.SplitClose(win);
            var close = SweepTransaction.Build(Destination, Rate, sweep).SignClose(0, contract.Everybody).Transaction;
            await Node.TakesAsync(close);
            await Node.RefusesAsync(close.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            foreach (var alone in contract.Everybody)
            {
                await Node.RefusesAsync(CraftedSpend.ByKey(sweep, alone, Destination), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            }

            using var untweaked = contract.GroupSecret(contract.Dlc.SplitOutput(win.PlayerIndex).Members);
            await Node.RefusesAsync(CraftedSpend.ByKey(sweep, untweaked, Destination), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
            await Node.SendAsync(close);
        }

        await Node.MineAsync();
    }

    /// <summary>A contract whose outcome is Δ old, so that the split may be sent.</summary>
    private async Task<PlayedContract> OutcomeAsync(int players, int places)
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places));
        var height = await Node.ConfirmAsync(contract.OutcomeOf(contract.Rankings.First));
        await Node.MineToAsync(height + contract.Delta - 1);
        return contract;
    }

    private async Task<(PlayedContract Contract, WinCondition[] Wins, int Height)> SplitAsync(int players, int places)
    {
        var contract = await OutcomeAsync(players, places);
        var wins = contract.WinsOf(contract.Rankings.First);
        return (contract, wins, await Node.ConfirmAsync(contract.SplitBy(wins[^1])));
    }

    private Transaction Won(PlayedContract contract, WinCondition win, SecretKey key, byte[] preimage, uint sequence)
    {
        var output = contract.Dlc.SplitOutput(win.PlayerIndex);
        return CraftedSpend.ByLeaf(contract.Dlc.SplitWin(win), output.Taproot, output.WinLeaf, key, sequence, Destination, preimage);
    }
}
