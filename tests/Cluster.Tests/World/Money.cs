using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Lightning;

namespace Coordinator.Cluster.Tests;

/// <summary>Who must have what at the end of a competition.</summary>
internal static class Money
{
    /// <summary>Nothing was funded: every player has every millisatoshi back, no invoice can be paid any more, every coin is free.</summary>
    public static void CheckCancelled(Game game)
    {
        var world = game.World;
        Assert.Equal("cancelled", game.View.State);
        world.Pass(TimeSpan.FromMinutes(3));
        var after = Ledger.CheckEnd(game);
        Assert.True(after.PlayersMsat.SequenceEqual(game.Before.PlayersMsat), $"{world}: {game.Before} became {after}");
        Assert.DoesNotContain(
            world.Lightning.Invoices(World.CoordinatorNode), invoice => invoice.State is InvoiceState.Open or InvoiceState.Accepted or InvoiceState.Settled);
        Assert.Equal(0, game.Watch.Settled);
        var balance = world.Run(() => world.Grains.GetGrain<Grains.IWalletGrain>(0).BalanceAsync());
        Assert.Equal(0, balance.Value!.Reserved);
    }

    public static Ledger Play(Game game)
    {
        (game.View is null ? game.Create() : game).Until("completed");
        var after = Ledger.CheckEnd(game);
        Assert.Equal(game.Players.Length, game.Watch.Settled);
        return after;
    }

    /// <summary>Exactly the share over Lightning, or the share less the claim's own fee on chain; nobody both, nobody else anything.</summary>
    public static void CheckEveryWinnerOnce(Game game, Ledger after, Outcome outcome, bool asWished = true)
    {
        var shares = Shares(game, outcome);
        var lightning = Gained(game, after);
        for (var player = 0; player < shares.Length; player++)
        {
            var chain = after.PlayersChain[player];
            var paid = lightning[player] == shares[player] && chain == 0;
            var claimed = lightning[player] == 0 && chain > shares[player] * 9 / 10 && chain < shares[player];
            Assert.True(paid || claimed, $"{game.World}: player {player} has {lightning[player]} and {chain} for a share of {shares[player]}");
            Assert.True(!asWished || shares[player] == 0 || claimed == (game.Players[player].Takes == Taking.OnChain), $"{game.World}: player {player}");
        }
    }

    /// <summary>By player of the game: what the outcome gives.</summary>
    public static long[] Shares(Game game, Outcome outcome)
    {
        var dlc = game.Players[0].Signed!.Dlc;
        return [.. game.Players.Select(player => new WinCondition(outcome, player.Index))
            .Select(win => dlc.WinConditions.Contains(win) ? dlc.PayoutOf(win).Value : 0)];
    }

    /// <summary>By player: what came in over Lightning, the ticket and its routing fee not counted.</summary>
    public static long[] Gained(Game game, Ledger after)
    {
        return [.. game.Players.Select((player, index) => ((after.PlayersMsat[index] - game.Before.PlayersMsat[index]) / 1_000) + game.View.TicketPrice + 1)];
    }

    public static Transaction OutcomeSpender(Game game)
    {
        var funding = OutPoint.Parse(game.View.FundingOutpoint!);
        var outcome = game.World.Chain.SpenderOf(funding)!.Value.By.Transaction;
        return game.World.Chain.SpenderOf(outcome.OutPoint(0))!.Value.By.Transaction;
    }
}
