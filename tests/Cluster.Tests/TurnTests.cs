using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Simulators.Lnd;
using Coordinator.Storage;
using Coordinator.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Turns, writes and reminders of the competition grain.</summary>
public sealed class TurnTests
{
    [Fact]
    public void Reads_are_answered_while_the_work_of_a_turn_waits_for_the_node()
    {
        using var world = new World(70);
        using var game = new Game(world);
        game.Players[2].Comes = false;
        game.Create();
        game.Step();
        var player = game.Players[0];
        world.LightningFaults.Script(new LndFault("LookupInvoiceV2", LndFaultKind.DelayBefore, Count: 50, Delay: TimeSpan.FromSeconds(10)));
        world.Wake(WakeReason.Invoice);
        var command = World.Start(() => world.Competition(game.Id).CancelAsync("waits for the turn"));
        var view = World.Start(() => world.Competition(game.Id).GetAsync());
        var status = World.Start(() => world.Competition(game.Id).TicketStatusAsync(player.Player, player.Ticket!.TicketId));
        var entries = World.Start(() => world.Competition(game.Id).EntriesOfAsync(player.Player));
        world.Settle();
        Assert.True(view.IsCompleted && status.IsCompleted && entries.IsCompleted);
        Assert.False(command.IsCompleted);
        world.LightningFaults.Clear();
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.True(command.IsCompleted);
    }

    [Fact]
    public void A_write_over_somebody_else_s_fails_its_own_command_and_the_grain_reads_again()
    {
        using var world = new World(71);
        using var game = new Game(world);
        game.Create();
        var storage = world.Services.GetRequiredService<StoragePorts>().Documents;
        var other = new GrainState<CompetitionDocument>(new CompetitionDocument());
        var id = world.Competition(game.Id).GetGrainId();
        world.Run(() => storage.ReadStateAsync("competition", id, other));
        world.Run(() => storage.WriteStateAsync("competition", id, other));
        var failure = Assert.ThrowsAny<Exception>(() => world.Run(() => world.Competition(game.Id).CancelAsync("lost")));
        Assert.IsType<InconsistentStateException>(failure.InnerException ?? failure);
        game.Look();
        Assert.Equal("created", game.View.State);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_failed_write_changes_nothing_that_anybody_can_see_and_the_caller_hears_it_as_the_runtime_s_own()
    {
        using var world = new World(72);
        using var game = new Game(world);
        game.Create();
        world.Gate.FailNextWrite = new StorageException(StorageFault.Full, "scripted");
        OrleansException failure = Assert.Throws<StorageException>(() => world.Run(() => world.Competition(game.Id).CancelAsync("not written")));
        Assert.Equal("scripted", failure.Message); // which a gateway answers with 503: the same request may be sent again
        game.Look();
        Assert.Equal("created", game.View.State);
    }

    [Fact]
    public void A_competition_that_is_over_costs_nothing()
    {
        using var world = new World(73);
        using var game = new Game(world);
        game.Create().Until("completed");
        world.Pass(TimeSpan.FromMinutes(5));
        var writes = world.Gate.Writes;
        var reminders = world.Services.GetRequiredService<StoragePorts>().Reminders;
        Assert.Empty(world.Run(() => reminders.ReadRows(world.Competition(game.Id).GetGrainId())).Reminders);
        world.Pass(TimeSpan.FromHours(5));
        Assert.Equal(writes, world.Gate.Writes);
        Assert.Empty(world.Services.GetRequiredService<WakeBoard>().ForBlocks());
    }

    [Fact]
    public void A_competition_that_nobody_calls_goes_on_by_its_reminder()
    {
        using var world = new World(74);
        using var game = new Game(world);
        game.Players[2].Comes = false;
        game.Create();
        game.Step();
        world.Pass(TimeSpan.FromHours(1));
        game.Look();
        CheckCancelled(game);
    }

    [Fact]
    public void The_watchers_alone_tell_of_payments_and_blocks()
    {
        using var world = new World(
            75, settings => settings with { InvoicePoll = TimeSpan.FromHours(1), ChainPoll = TimeSpan.FromHours(1) }, watchers: true);
        using var game = new Game(world);
        game.Create();
        foreach (var player in game.Players)
        {
            player.Act(game.View);
        }

        for (var second = 0; second < 60 && game.View.State == "created"; second++)
        {
            world.Pass(TimeSpan.FromSeconds(1));
            game.Look();
        }

        Assert.NotEqual("created", game.View.State);
        game.Until("funding_broadcasted");
        world.Chain.Mine(world.Clock.GetUtcNow());
        for (var second = 0; second < 60 && game.View.State == "funding_broadcasted"; second++)
        {
            world.Pass(TimeSpan.FromSeconds(1));
            game.Look();
        }

        Assert.NotEqual("funding_broadcasted", game.View.State);
    }

    [Fact]
    public void A_whole_competition_runs_on_real_files_and_survives_a_kill()
    {
        var folder = Directory.CreateTempSubdirectory("cluster-tests-");
        try
        {
            using var stores = SqliteStores.Open(new SqliteStorageOptions { DataDirectory = folder.FullName, Json = DocumentJson.Options });
            using var world = new World(76, stores: stores.Ports);
            using var game = new Game(world);
            game.Create().Until("contract_created");
            world.Restart();
            game.Until("outcome_broadcasted");
            world.Restart();
            CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
