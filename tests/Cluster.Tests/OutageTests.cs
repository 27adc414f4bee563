using Coordinator.Chain;
using Coordinator.Dlc;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>A service that is down delays; only a deadline ends something.</summary>
public sealed class OutageTests
{
    private const int StepsDown = 6;

    [Theory]
    [InlineData("lightning")]
    [InlineData("chain")]
    [InlineData("oracle")]
    public void A_service_that_is_down_for_a_while_only_delays(string service)
    {
        for (var from = 0; from < 40; from += 5)
        {
            using var world = new World(50 + (ulong)from);
            using var game = new Game(world);
            game.Players[0].Takes = Taking.OnChain;
            game.Create();
            for (var step = 0; step < from + StepsDown; step++)
            {
                Set(world, service, down: step >= from);
                game.Step();
            }

            Set(world, service, down: false);
            game.Look();
            CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        }
    }

    [Theory]
    [InlineData("AddHoldInvoice")]
    [InlineData("SettleInvoice")]
    [InlineData("SendPaymentV2")]
    [InlineData("LookupInvoiceV2")]
    [InlineData("TrackPaymentV2")]
    public void A_lost_answer_of_the_node_is_looked_up_never_believed(string method)
    {
        using var world = new World(60);
        using var game = new Game(world);
        world.LightningFaults.Script(new LndFault(method, LndFaultKind.DropAnswer, Count: 4));
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_lost_answer_of_a_cancellation_is_looked_up()
    {
        using var world = new World(61);
        using var game = new Game(world);
        game.Players[2].Comes = false;
        world.LightningFaults.Script(new LndFault("CancelInvoice", LndFaultKind.DropAnswer, Count: 4));
        game.Create().Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void Lost_answers_of_the_chain_are_looked_up()
    {
        using var world = new World(62);
        world.ChainPort.LostAnswers = 6;
        using var game = new Game(world);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Theory]
    [InlineData(OracleFaultKind.DropAfter)]
    [InlineData(OracleFaultKind.FailAfter)]
    [InlineData(OracleFaultKind.Garbage)]
    public void Lost_answers_of_the_oracle_are_looked_up(OracleFaultKind kind)
    {
        using var world = new World(63);
        using var game = new Game(world);
        world.OracleFaults.Add(new OracleFault(kind, "POST", Times: 3));
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void An_oracle_that_never_comes_back_cancels_at_the_signing_deadline()
    {
        using var world = new World(64);
        using var game = new Game(world);
        game.Create();
        Set(world, "oracle", down: true);
        for (var minute = 0; minute < 70 && game.View.State != "cancelled"; minute++)
        {
            game.Step();
            world.Pass(TimeSpan.FromMinutes(1));
        }

        CheckCancelled(game);
    }

    private static void Set(World world, string service, bool down)
    {
        switch (service)
        {
            case "lightning":
                world.LightningFaults.Clear();
                if (down)
                {
                    world.LightningFaults.Script(new LndFault("*", LndFaultKind.BreakBefore, Count: 100_000));
                }

                break;
            case "chain":
                world.ChainPort.Fault = down ? ChainFault.ConnectionLost : null;
                break;
            default:
                world.OracleFaults.Clear();
                if (down)
                {
                    world.OracleFaults.Add(new OracleFault(OracleFaultKind.Status, Times: 100_000, StatusCode: 503));
                }

                break;
        }
    }
}
