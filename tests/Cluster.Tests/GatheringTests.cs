using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Seats that are not filled, payments that come late, and ways out before anything is funded.</summary>
public sealed class GatheringTests
{
    [Fact]
    public void A_competition_that_is_not_full_at_the_close_gives_every_payment_back()
    {
        using var world = new World(20);
        using var game = new Game(world);
        game.Players[2].Comes = false;
        game.Create().Until("cancelled");
        CheckCancelled(game);
        Assert.Contains("closed", game.View.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_competition_without_any_player_is_cancelled_at_the_close()
    {
        using var world = new World(21);
        using var game = new Game(world);
        foreach (var player in game.Players)
        {
            player.Comes = false;
        }

        game.Create().Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void An_unpaid_ticket_lapses_and_its_seat_is_sold_under_another_hash()
    {
        using var world = new World(22);
        using var game = new Game(world);
        game.Players[2].Pays = false;
        game.Create();
        game.Step();
        var lapsed = game.Players[2].Ticket!;
        world.Pass(TimeSpan.FromMinutes(11));
        game.Players[2].ForgetTicket();
        game.Players[2].Pays = true;
        game.Until("escrow_funds_confirmed", "event_created", "entries_submitted", "contract_created");
        Assert.NotEqual(lapsed.PaymentHash, game.Players[2].Ticket!.PaymentHash);
        Assert.Equal(InvoiceState.Canceled, StateOf(world, lapsed));
        Assert.Throws<LndCallException>(() => world.Lightning.Pay("player1", new SimulatedPayOrder(lapsed.PaymentRequest, 0, 10_000, 0)));
        CheckEveryWinnerOnce(game, Play(game), Coordinator.Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void A_payment_without_an_entry_is_refunded_after_fifteen_minutes()
    {
        using var world = new World(23);
        using var game = new Game(world);
        game.Players[2].Enters = false;
        game.Create();
        game.Step();
        var player = game.Players[2];
        Assert.Equal(InvoiceState.Accepted, StateOf(world, player.Ticket!));
        world.Pass(TimeSpan.FromMinutes(17));
        Assert.Equal(InvoiceState.Canceled, StateOf(world, player.Ticket!));
        Assert.Equal(game.Before.PlayersMsat[2], world.Lightning.FindNode(player.Name)!.LocalMsat);
        game.Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void A_ticket_that_lapses_while_the_node_is_down_is_rotated_only_once_its_invoice_is_seen_cancelled()
    {
        using var world = new World(24);
        using var game = new Game(world);
        game.Players[2].Pays = false;
        game.Create();
        game.Step();
        var lapsed = game.Players[2].Ticket!;
        world.LightningFaults.Script(new LndFault("*", LndFaultKind.BreakBefore, Count: 10_000));
        world.Pass(TimeSpan.FromMinutes(12));
        game.Players[2].ForgetTicket();
        game.Step();
        Assert.Null(game.Players[2].Ticket);
        world.LightningFaults.Clear();
        game.Players[2].Pays = true;
        var after = Play(game);
        Assert.NotEqual(lapsed.PaymentHash, game.Players[2].Ticket!.PaymentHash);
        CheckEveryWinnerOnce(game, after, Coordinator.Dlc.Outcome.Attestation(0));
    }

    [Fact]
    public void The_operator_cancels_before_the_pool_is_funded_and_never_after()
    {
        using var world = new World(25);
        using var game = new Game(world);
        game.Create().Until("contract_created");
        var cancelled = world.Run(() => world.Competition(game.Id).CancelAsync("weather"));
        Assert.Equal("cancelled", cancelled.Value!.State);
        game.Look();
        CheckCancelled(game);

        using var other = new World(26);
        using var funded = new Game(other);
        funded.Create().Until("funding_broadcasted");
        var refused = other.Run(() => other.Competition(funded.Id).CancelAsync("too late"));
        Assert.Equal("already_funded", refused.Problem!.Code);
    }

    [Fact]
    public void The_same_creation_again_is_the_same_answer_and_another_one_is_refused()
    {
        using var world = new World(27);
        using var game = new Game(world);
        game.Create();
        var version = game.View.Version;
        game.Create();
        Assert.Equal(version, game.View.Version);
        var other = game.View.Submission with { EntryFee = 200_000, TotalCompetitionPool = 600_000 };
        Assert.Equal("competition_exists", world.Run(() => world.Competition(game.Id).CreateAsync(other)).Problem!.Code);
        Assert.Single(world.Run(() => world.Grains.GetGrain<IDirectoryGrain>(0).ListAsync()));
    }

    private static InvoiceState StateOf(World world, TicketView ticket)
        => world.Lightning.LookupInvoice(World.CoordinatorNode, PaymentHash.FromBytes(Hex.Decode(ticket.PaymentHash))).State;
}
