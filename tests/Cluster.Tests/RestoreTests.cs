using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;
using Coordinator.Wallet;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>An older disk under a chain and a Lightning node that went on (D43).</summary>
public sealed class RestoreTests
{
    private readonly MemoryMark _mark = new();

    [Fact]
    public void A_start_that_went_on_is_no_restore_and_a_mark_one_behind_is_a_crash_between_two_writes()
    {
        using var world = new World(330, mark: _mark);
        Assert.Equal(1, _mark.Value);
        world.Restart();
        Assert.Equal(2, _mark.Value);
        _mark.Value = 1;
        world.Restart();
        Assert.False(world.Status().SettleOnly);
        Assert.Equal(3, _mark.Value);
    }

    [Fact]
    public void Dying_before_the_mark_is_written_again_and_again_is_no_restore()
    {
        using var world = new World(339, mark: _mark);
        _mark.FailsFirst = true;
        for (var death = 0; death < 5; death++)
        {
            world.Restart();
            Assert.False(world.Status().SettleOnly, $"after {death + 1} deaths: {string.Join(", ", world.Status().Reasons)}");
        }

        _mark.FailsFirst = false;
        world.Restart();
        Assert.False(world.Status().SettleOnly);
        Assert.False(world.Status().Restoring);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(99L)]
    public void An_absent_or_another_mark_is_settle_only_until_the_checks_are_in_and_an_operator_ends_it(long? mark)
    {
        using var world = new World(331, mark: _mark);
        world.Restart();
        _mark.Value = mark;
        world.LightningFaults.Script(new LndFault("ListPayments", LndFaultKind.BreakBefore, Count: 3));
        world.Restart();
        Assert.True(world.Status().SettleOnly);
        Assert.Equal("restore_pending", world.SettleOnly(false)?.Code);
        Assert.Equal("restore_pending", Send(world).Problem?.Code);
        world.Pass(TimeSpan.FromSeconds(30));
        Assert.NotNull(Send(world).Value);
        Assert.False(world.Status().Restoring);
        Assert.Null(world.SettleOnly(false));
        world.Restart();
        Assert.False(world.Status().SettleOnly);
    }

    [Fact]
    public void A_payout_that_was_made_after_the_backup_is_adopted_and_not_made_twice()
    {
        using var world = new World(332, mark: _mark);
        using var game = new Game(world);
        Array.ForEach([.. game.Players], player => player.Takes = Taking.Never);
        game.Create().Until("outcome_broadcasted");
        world.Mine();
        var backup = world.Backup();
        Array.ForEach([.. game.Players], player => player.Takes = Taking.Lightning);
        while (game.View.Totals.PaidOutEntries < 2)
        {
            game.Step();
        }

        var paid = Paid(world);
        Restore(world, backup);
        game.Look();
        Assert.Equal(2, game.View.Totals.PaidOutEntries);
        Assert.Equal(paid, Paid(world));
        Assert.Empty(world.OpenHolds());
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        Assert.Equal(paid, Paid(world));
    }

    [Fact]
    public void A_backup_from_before_the_funding_takes_the_funding_that_is_out_for_its_own()
    {
        using var world = new World(333, mark: _mark);
        using var game = new Game(world);
        game.Create().Until("signing_complete");
        var backup = world.Backup();
        game.Until("awaiting_attestation");
        Restore(world, backup);
        game.Look();
        Assert.Equal("awaiting_attestation", game.View.State);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_backup_from_before_the_signatures_gives_nothing_up_and_says_so()
    {
        using var world = new World(334, mark: _mark);
        using var game = new Game(world);
        game.Create().Until("contract_created");
        var backup = world.Backup();
        game.Until("awaiting_attestation");
        Restore(world, backup);
        world.Pass(TimeSpan.FromHours(3));
        game.Look();
        Assert.Equal("contract_created", game.View.State);
        Assert.Contains(world.OpenHolds(), hold => hold.Kind == "found_funding");
        Assert.DoesNotContain(world.Lightning.Invoices(World.CoordinatorNode), invoice => invoice.State == InvoiceState.Canceled);
    }

    [Fact]
    public void A_payment_that_is_in_no_journal_waits_for_the_operator()
    {
        using var world = new World(335, mark: _mark);
        var backup = world.Backup();
        world.Lightning.EnsureNode("shop", 1_000_000_000, 1_000_000_000);
        var invoice = world.Lightning.AddInvoice("shop", new SimulatedInvoiceOrder(null, null, 7_000_000, 3_600, 25, "fee"));
        world.Lightning.Pay(World.CoordinatorNode, new SimulatedPayOrder(invoice.PaymentRequest, 0, 10_000, 0));
        Restore(world, backup);
        Assert.True(world.Status().Restoring);
        var hold = Assert.Single(world.OpenHolds());
        Assert.Equal(($"service/unexplained_payment/{invoice.Hash}", 7_000L), (hold.Id, hold.Sats));
        Assert.Null(world.Release(hold.Id, "our own shopping"));
        world.Pass(TimeSpan.FromSeconds(10));
        Assert.False(world.Status().Restoring);
    }

    [Fact]
    public void A_seat_that_was_sold_after_the_backup_is_not_given_away_to_the_next_one()
    {
        using var world = new World(336, mark: _mark);
        using var game = new Game(world);
        game.Players[1].Comes = game.Players[2].Comes = false;
        game.Create();
        var backup = world.Backup();
        game.Step();
        var paid = game.Players[0].Ticket!;
        Restore(world, backup);
        world.Pass(TimeSpan.FromMinutes(1));
        var invoice = world.Lightning.Invoices(World.CoordinatorNode).Single(invoice => invoice.PaymentRequest == paid.PaymentRequest);
        Assert.Equal(InvoiceState.Canceled, invoice.State);
        Assert.Null(world.SettleOnly(false));
        game.Players[1].Comes = true;
        game.Step();
        Assert.NotEqual(paid.PaymentHash, game.Players[1].Ticket!.PaymentHash);
        game.Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void Nothing_is_reclaimed_or_paid_in_the_ordinary_way_before_the_checks_are_in()
    {
        using var world = new World(337, mark: _mark);
        using var game = new Game(world);
        Array.ForEach([.. game.Players], player => player.Takes = Taking.Never);
        game.Releases = true;
        game.Create().Until("delta_broadcasted");
        var backup = world.Backup();
        world.LightningFaults.Script(new LndFault("ListPayments", LndFaultKind.BreakBefore, Count: 100_000));
        Restore(world, backup);
        for (var block = 0; block < (2 * Game.Delta) + 6; block++)
        {
            game.Step();
        }

        Assert.Equal("delta_broadcasted", game.View.State);
        Assert.True(world.Status().Restoring);
        world.LightningFaults.Clear();
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.False(world.Status().Restoring);
        game.Until("completed");
    }

    private void Restore(World world, Coordinator.Storage.MemoryDisk backup)
    {
        // The service of before has raised its generation since, as its keeper does once a minute.
        world.Run(async () =>
        {
            await world.Service().AdvanceAsync();
            await world.Service().AdvanceAsync();
        });
        world.Restore(backup);
        Assert.True(world.Status().SettleOnly, $"mark {_mark.Value}");
        world.Pass(TimeSpan.FromSeconds(15));
    }

    private static int Paid(World world) => world.Lightning.Payments(World.CoordinatorNode).Count(payment => payment.Status == PaymentStatus.Succeeded);

    private static Answer<string> Send(World world) => world.Run(() => world.Grains.GetGrain<IWalletGrain>(0).SendAsync(
        new SendRequest("rent", world.Wallet.AddressAt(new Derivation(Keychain.External, 900)).ToString(), null, 50_000, null)));
}
