using Coordinator.Grains;
using Coordinator.Simulators.Lnd;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Cluster.Tests;

/// <summary>The counters of an operator: what is there, what is owed, what does not get on.</summary>
public sealed class StandingTests
{
    [Fact]
    public void A_whole_competition_is_counted_once_in_each_state_and_owes_nothing_in_the_end()
    {
        using var world = new World(900);
        using var game = new Game(world);
        game.Create();
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < 400 && !game.IsOver; step++)
        {
            game.Step();
            var totals = Totals(world);
            Assert.Equal(1, totals.States.Sum(state => state.Value));
            Assert.Equal(game.View.State, Assert.Single(totals.States, state => state.Value == 1).Key);
            seen.Add(game.View.State);
        }

        Assert.Equal("completed", game.View.State);
        Assert.True(seen.Count >= 5, $"{world}: {string.Join(' ', seen)}");
        var end = Totals(world);
        Assert.Equal((0, 0, 0L), (end.Pending, end.OwedWinners, end.OwedWinnerSats));
        Assert.Equal(TimeSpan.Zero, end.StuckLongest);
        Assert.Equal(TimeSpan.Zero, end.UnconfirmedLongest);
        Assert.Null(end.PayableUntil);
    }

    [Fact]
    public void What_does_not_get_on_is_stuck_since_it_last_did_and_a_restart_makes_it_no_younger()
    {
        using var world = new World(901);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        world.LightningFaults.Script(new LndFault("*", LndFaultKind.BreakBefore, Count: 100_000));
        for (var step = 0; step < 8; step++)
        {
            game.Step(); // the funding gets deep: tickets are to be settled
        }

        world.Pass(TimeSpan.FromHours(3));
        var totals = Totals(world);
        Assert.InRange(totals.StuckLongest, TimeSpan.FromHours(2), TimeSpan.FromHours(4));
        Assert.Equal(1, Assert.Single(totals.Stuck).Value);
        Assert.InRange(totals.JournalAge, TimeSpan.FromHours(2), TimeSpan.FromHours(4));

        world.Restart();
        var after = Totals(world);
        Assert.Equal((totals.StuckLongest, totals.JournalAge, totals.Pending), (after.StuckLongest, after.JournalAge, after.Pending));
        Assert.True(after.Pending > 0, world.ToString());
    }

    [Fact]
    public void A_transaction_that_no_block_takes_gets_older_until_one_does_and_a_restart_makes_it_no_younger()
    {
        using var world = new World(903);
        using var game = new Game(world);
        game.Create().Until("funding_broadcasted");
        world.Pass(TimeSpan.FromHours(7));
        var waiting = Totals(world);
        Assert.InRange(waiting.UnconfirmedLongest, TimeSpan.FromHours(6), TimeSpan.FromHours(8));
        Assert.Equal("funding_broadcasted", game.View.State);
        world.Restart();
        Assert.Equal(waiting.UnconfirmedLongest, Totals(world).UnconfirmedLongest);
        for (var step = 0; step < 20 && game.View.State == "funding_broadcasted"; step++)
        {
            game.Step();
        }

        Assert.NotEqual("funding_broadcasted", game.View.State);
        Assert.Equal(TimeSpan.Zero, Totals(world).UnconfirmedLongest);
    }

    [Fact]
    public void The_oldest_unconfirmed_transaction_of_all_competitions_counts()
    {
        var board = new StandingBoard();
        var (a, b) = (Guid.Parse("00000000-0000-0000-0000-000000000001"), Guid.Parse("00000000-0000-0000-0000-000000000002"));
        board.Put(a, new Standing("attested") { UnconfirmedSince = DateTimeOffset.UnixEpoch });
        board.Put(b, new Standing("attested") { UnconfirmedSince = DateTimeOffset.UnixEpoch.AddHours(1) });
        Assert.Equal(TimeSpan.FromHours(3), board.Totals(DateTimeOffset.UnixEpoch.AddHours(3)).UnconfirmedLongest);
        board.Put(a, new Standing("completed"));
        Assert.Equal(TimeSpan.FromHours(2), board.Totals(DateTimeOffset.UnixEpoch.AddHours(3)).UnconfirmedLongest);
        board.Remove(b);
        Assert.Equal(TimeSpan.Zero, board.Totals(DateTimeOffset.UnixEpoch.AddHours(3)).UnconfirmedLongest);
    }

    [Fact]
    public void Winners_who_wait_are_owed_their_shares_of_the_pool()
    {
        using var world = new World(902);
        using var game = new Game(world);
        foreach (var player in game.Players)
        {
            player.Takes = Taking.OnChain;
        }

        game.Create();
        var (most, sats, until) = (0, 0L, 0);
        for (var step = 0; step < 400 && !game.IsOver; step++)
        {
            game.Step();
            var totals = Totals(world);
            (most, sats) = (Math.Max(most, totals.OwedWinners), Math.Max(sats, totals.OwedWinnerSats));
            until = totals.PayableUntil ?? until;
        }

        Assert.Equal(2, most);
        Assert.Equal(game.Request.TotalCompetitionPool, sats);
        Assert.True(until > 0, world.ToString());
    }

    [Fact]
    public void Holds_are_counted_by_kind_and_fall_to_zero()
    {
        var board = new StandingBoard();
        var (a, b) = (Guid.Parse("00000000-0000-0000-0000-000000000001"), Guid.Parse("00000000-0000-0000-0000-000000000002"));
        board.Put(a, new Standing("created") { Holds = ["refund_owed", "refund_owed"], RefundSats = 7 });
        board.Put(b, new Standing("created") { PendingSince = DateTimeOffset.UnixEpoch, Pending = 2 });
        board.PutHolds("wallet", ["foreign_coin_spend"]);
        board.Put(a, new Standing("cancelled") { Holds = ["refund_owed"], RefundSats = 3 });
        board.PutHolds("wallet", []);
        var totals = board.Totals(DateTimeOffset.UnixEpoch.AddHours(1));
        Assert.Equal(["cancelled 1", "created 1"], totals.States.Select(pair => $"{pair.Key} {pair.Value}"));
        Assert.Equal(["foreign_coin_spend 0", "refund_owed 1"], totals.Holds.Select(pair => $"{pair.Key} {pair.Value}"));
        Assert.Equal((2, 3L, TimeSpan.FromHours(1)), (totals.Pending, totals.RefundSats, totals.JournalAge));
        board.Remove(a);
        board.Remove(a);
        Assert.Equal(0, board.Totals(DateTimeOffset.UnixEpoch).Holds.Single(pair => pair.Key == "refund_owed").Value);
    }

    private static BoardTotals Totals(World world) => world.Services.GetRequiredService<StandingBoard>().Totals(world.Clock.GetUtcNow());
}
