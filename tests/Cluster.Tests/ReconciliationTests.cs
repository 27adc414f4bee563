using Coordinator.Chain;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Simulators.Lnd;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>After a start everything is compared with chain and Lightning before anything new begins.</summary>
public sealed class ReconciliationTests
{
    [Theory]
    [InlineData("lightning")]
    [InlineData("chain")]
    public void A_start_without_a_service_listens_refuses_new_money_and_finishes_once_it_is_back(string service)
    {
        using var world = new World(320);
        using var game = new Game(world);
        game.Create().Until("contract_created");
        using var other = new Game(world);
        Set(world, service, down: true);
        world.Restart();
        world.Pass(TimeSpan.FromMinutes(1));
        var status = world.Status();
        Assert.Equal((0, 1), (status.Reconciled, status.ToReconcile));
        game.Look();
        Assert.Equal("contract_created", game.View.State);
        Assert.Equal("starting", world.Run(() => world.Competition(other.Id).CreateAsync(other.Request)).Problem?.Code);

        Set(world, service, down: false);
        world.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal((1, 1), (world.Status().Reconciled, world.Status().ToReconcile));
        other.Create();
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void What_was_compared_under_a_start_that_failed_is_not_waited_for_when_it_begins_again()
    {
        var (early, late) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        var intake = new Intake();
        intake.Reconciled(early);
        Assert.True(intake.IsStarting);
        intake.Begin([early, late]);
        Assert.Equal((1, 2), (intake.Status.Reconciled, intake.Status.ToReconcile));
        intake.Reconciled(late);
        Assert.False(intake.IsStarting);
        Assert.Null(intake.Refusal);
    }

    [Fact]
    public void A_healthy_start_is_reconciled_before_time_passes()
    {
        using var world = new World(321);
        using var game = new Game(world);
        game.Create().Until("awaiting_attestation");
        var before = world.Clock.GetUtcNow();
        world.Restart();
        world.Pass(TimeSpan.Zero);
        Assert.Equal((1, 1), (world.Status().Reconciled, world.Status().ToReconcile));
        Assert.Equal(before, world.Clock.GetUtcNow());
    }

    [Fact]
    public void Nothing_is_given_up_at_a_deadline_before_the_chain_was_looked_at()
    {
        using var world = new World(322);
        using var game = new Game(world);
        game.Create().Until("signing_complete");
        Set(world, "chain", down: true);
        world.Restart();
        world.Pass(TimeSpan.FromHours(3));
        game.Look();
        Assert.Equal("signing_complete", game.View.State);
        Assert.Equal("starting", world.Run(() => world.Competition(game.Id).CancelAsync("storm")).Problem?.Code);
        Set(world, "chain", down: false);
        world.Pass(TimeSpan.FromMinutes(1));
        game.Look();
        CheckCancelled(game);
    }

    [Fact]
    public void Coins_that_a_competition_forgot_are_free_after_the_next_start()
    {
        using var world = new World(323);
        var wallet = world.Grains.GetGrain<IWalletGrain>(0);
        var script = world.Wallet.AddressAt(new Coordinator.Wallet.Derivation(Coordinator.Wallet.Keychain.External, 3)).ScriptPubKey.ToHex();
        Assert.Null(world.Run(() => wallet.FundAsync(new FundRequest($"funding/{Guid.AllBitsSet}", script, 100_000, 1_000, 1))).Problem);
        Assert.NotEqual(0, world.Run(() => wallet.BalanceAsync()).Value!.Reserved);
        world.Restart();
        world.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(0, world.Run(() => wallet.BalanceAsync()).Value!.Reserved);
    }

    [Fact]
    public void Coins_of_a_competition_that_goes_on_stay_its_own()
    {
        using var world = new World(324);
        using var game = new Game(world);
        game.Create().Until("contract_created");
        world.Restart();
        world.Pass(TimeSpan.FromSeconds(5));
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    private static void Set(World world, string service, bool down)
    {
        if (service == "chain")
        {
            world.ChainPort.Fault = down ? ChainFault.ConnectionLost : null;
            return;
        }

        world.LightningFaults.Clear();
        if (down)
        {
            world.LightningFaults.Script(new LndFault("*", LndFaultKind.BreakBefore, Count: 100_000));
        }
    }
}
