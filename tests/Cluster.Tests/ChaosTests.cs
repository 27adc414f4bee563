using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Dlc;
using Coordinator.Simulators.Keymeld;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Everything goes wrong at random, in an order that the seed fixes. CLUSTER_SEEDS sets how many seeds are tried.</summary>
public sealed class ChaosTests
{
    private static readonly string[] NodeCalls = ["AddHoldInvoice", "LookupInvoiceV2", "SettleInvoice", "CancelInvoice", "SendPaymentV2", "TrackPaymentV2", "GetInfo"];
    private static readonly string[] KeymeldPaths = ["/enclaves", "/slots", "/participants", "/keygen", "/signing", "/status", "/approve"];
    private static readonly LndFaultKind[] NodeFaults = [LndFaultKind.BreakBefore, LndFaultKind.DropAnswer, LndFaultKind.Refuse, LndFaultKind.DelayAfter];
    private static readonly OracleFaultKind[] OracleKinds =
        [OracleFaultKind.Status, OracleFaultKind.DropBefore, OracleFaultKind.DropAfter, OracleFaultKind.FailAfter, OracleFaultKind.Garbage];

    public static TheoryData<int> Seeds()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("CLUSTER_SEEDS"), CultureInfo.InvariantCulture, out var asked) ? asked : 12;
        return [.. Enumerable.Range(1, count)];
    }

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Whatever_fails_on_the_way_every_winner_is_paid_exactly_once(int seed)
    {
        using var world = new World(1_000 + (ulong)seed, seed % 2 == 0 ? World.ThroughKeymeld : null);
        var chance = new SplitMix64(9_000 + (ulong)seed);
        var outcome = chance.Below(7);
        using var game = new Game(world) { Attests = outcome };
        foreach (var player in game.Players)
        {
            player.Takes = (Taking)chance.Below(3);
            player.Lies = chance.Below(8) == 0;
        }

        var held = new List<Txid>();
        game.Create();
        for (var step = 0; step < 60 && !game.IsOver; step++)
        {
            Break(world, game, chance, held);
            game.Step();
        }

        Mend(world, held);
        for (var step = 0; step < 400 && !game.IsOver; step++)
        {
            game.Step();
        }

        Assert.True(game.IsOver, $"{world}: still {game.View.State}{Environment.NewLine}{world.Log.Tail}");
        if (game.View.State == "cancelled")
        {
            CheckCancelled(game);
        }
        else
        {
            CheckEveryWinnerOnce(game, Ledger.CheckEnd(game), Outcome.Attestation(outcome), asWished: false);
        }
    }

    private static void Break(World world, Game game, SplitMix64 chance, List<Txid> held)
    {
        world.ChainPort.Fault = null;
        var which = chance.Below(14);
        switch (which)
        {
            case < 5:
                BreakCalls(world, chance, which);
                break;
            case 5:
                world.Restart();
                break;
            case 6:
                var (write, after) = (1 + chance.Below(40), chance.Below(2) == 0);
                world.NextGate = () => new CrashGate(write, after);
                world.Restart();
                world.NextGate = null;
                break;
            case 7 when world.Chain.Waiting is [.., var (waiting, _)]:
                world.Chain.Evict(waiting.Txid);
                break;
            case 8 when game.View.State is "outcome_broadcasted" or "delta_broadcasted":
                world.Chain.Reorganise(1 + chance.Below(2));
                break;
            case 9:
                world.Pass(TimeSpan.FromSeconds(chance.Below(90)));
                break;
            case 10 when world.Chain.Waiting is [.., var (stuck, _)]:
                world.Chain.Hold(stuck.Txid);
                held.Add(stuck.Txid);
                break;
            case 11:
                world.Lightning.SyncedToChain = !world.Lightning.SyncedToChain;
                break;
            case 12 or 13:
                BreakKeymeld(world, chance);
                break;
        }
    }

    /// <summary>A gateway that may be anything but a thief's: its answers are late, lost or nonsense, it restarts, its enclaves are away.</summary>
    private static void BreakKeymeld(World world, SplitMix64 chance)
    {
        switch (chance.Below(4))
        {
            case 0:
                world.Keymeld.Restart();
                break;
            case 1:
                world.Keymeld.RestartEnclave(chance.Below(3), withNewKey: false, world.Clock.GetUtcNow());
                break;
            case 2:
                world.Keymeld.SetDown(chance.Below(3), chance.Below(2) == 0);
                break;
            default:
                var kinds = Enum.GetValues<KeymeldFaultKind>();
                world.KeymeldFaults.Add(new KeymeldFault(
                    kinds[chance.Below(kinds.Length)], Path: KeymeldPaths[chance.Below(KeymeldPaths.Length)], Times: 1 + chance.Below(4),
                    DelayMilliseconds: 1_000 * chance.Below(20)));
                break;
        }
    }

    private static void BreakCalls(World world, SplitMix64 chance, int which)
    {
        switch (which)
        {
            case 0 or 1:
                var method = NodeCalls[chance.Below(NodeCalls.Length)];
                world.LightningFaults.Script(new LndFault(
                    method, NodeFaults[chance.Below(NodeFaults.Length)], 1 + chance.Below(4), TimeSpan.FromSeconds(chance.Below(20))));
                break;
            case 2:
                world.OracleFaults.Add(new OracleFault(OracleKinds[chance.Below(OracleKinds.Length)], Times: 1 + chance.Below(4)));
                break;
            case 3:
                world.ChainPort.Fault = ChainFault.ConnectionLost;
                break;
            default:
                world.ChainPort.LostAnswers = 1 + chance.Below(3);
                break;
        }
    }

    private static void Mend(World world, List<Txid> held)
    {
        held.ForEach(world.Chain.Release);
        world.Lightning.SyncedToChain = true;
        world.ChainPort.Fault = null;
        world.ChainPort.LostAnswers = 0;
        world.LightningFaults.Clear();
        world.OracleFaults.Clear();
        world.KeymeldFaults.Clear();
        for (var enclave = 0; enclave < 3; enclave++)
        {
            world.Keymeld.SetDown(enclave, isDown: false);
        }
    }
}
