using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Lightning;

namespace Coordinator.Simulation;

/// <summary>What befalls the world around the service, minute by minute, until the faults end; then everything is mended.</summary>
internal sealed class Disasters(SimWorld world)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly List<Txid> _held = [];

    public async Task RunAsync()
    {
        while (world.Faults.Active)
        {
            await world.Delay(Minute);
            Chain();
            Lightning();
            Keymeld();
        }

        Mend();
    }

    private int Rate => world.Plan.Faults.WorldPerMille;

    private int Below(int bound) => world.Faults.Random.Below(bound);

    private bool Draws(FaultKind kind, string about = "", int times = 1) => world.Faults.Draws(kind, Rate * times, about);

    private void Chain()
    {
        var waiting = world.Chain.Waiting;
        if (waiting.Count > 0 && Draws(FaultKind.Eviction, times: 5))
        {
            world.Chain.Evict(waiting[Below(waiting.Count)].Transaction.Txid);
        }

        if (waiting.Count > 0 && Draws(FaultKind.StuckTransaction, times: 5))
        {
            var stuck = waiting[Below(waiting.Count)].Transaction.Txid;
            world.Chain.Hold(stuck);
            _held.Add(stuck);
            Later(() => world.Chain.Release(stuck));
        }

        // Never deeper than the depth that the terms take for final: that is what a settlement depth means.
        if (world.Chain.Height > Simulators.Chain.ChainModel.InitialBlocks + 20 && Draws(FaultKind.Reorganisation))
        {
            world.Chain.Reorganise(1 + Below(world.Plan.Settings.SettlementDepth), confirmAgain: Below(2) == 0);
            world.FollowChain();
        }

        if (Draws(FaultKind.FeeSpike))
        {
            // Blocks take nothing that pays less: what waits has to be helped, or to wait.
            world.Chain.Spike(2 + Below(1 << Below(7)));
            Later(Calm);
        }
    }

    private void Lightning()
    {
        if (Draws(FaultKind.NodeUnsynced))
        {
            world.Lightning.SyncedToChain = false;
            Later(() => world.Lightning.SyncedToChain = true);
        }

        if (Draws(FaultKind.NodeBehind))
        {
            world.NodesFollow = false;
            Later(() =>
            {
                world.NodesFollow = true;
                world.FollowChain();
            });
        }

        if (Below(10) == 0 && world.Lightning.Invoices(SimWorld.CoordinatorNode).FirstOrDefault(invoice => invoice.State is InvoiceState.Accepted) is { } held
            && Draws(FaultKind.InvoiceDropped, held.Hash.ToString()[..8]))
        {
            world.Lightning.AutoCancel(held.Hash);
        }

        // Between the funding's broadcast and its depth a payment that goes back leaves an unsold seat (D16): short, and worth trying often.
        if (world.Documents.Select(document => document.State).OfType<FundingBroadcasted>().FirstOrDefault() is { } waiting && Draws(FaultKind.InvoiceDropped, "an unsold seat"))
        {
            var tickets = waiting.Header.Roster.Tickets;
            world.Lightning.AutoCancel(PaymentHash.FromBytes(tickets[Below(tickets.Length)].Hash.Bytes));
        }
    }

    private void Keymeld()
    {
        if (world.Plan.Settings.Signing != Competitions.SigningMode.Keymeld)
        {
            return;
        }

        var enclave = Below(3);
        if (Draws(FaultKind.EnclaveDown))
        {
            world.Keymeld.SetDown(enclave, isDown: true);
            Later(() => world.Keymeld.SetDown(enclave, isDown: false));
        }

        if (Draws(FaultKind.EnclaveRestarted))
        {
            world.Keymeld.RestartEnclave(enclave, withNewKey: Below(8) == 0, world.Clock.GetUtcNow());
        }

        if (Draws(FaultKind.GatewayRestarted))
        {
            world.Keymeld.Restart();
        }
    }

    private void Later(Action undo)
    {
        var time = TimeSpan.FromMinutes(2 << Below(8));
        world.Loop.Go(async () =>
        {
            await world.Delay(time);
            undo();
        });
    }

    private void Calm() => world.Chain.Spike(1);

    private void Mend()
    {
        world.Trace.Add("the faults end");
        _held.ForEach(world.Chain.Release);
        world.Lightning.SyncedToChain = true;
        world.NodesFollow = true;
        world.FollowChain();
        Calm();
        for (var enclave = 0; enclave < 3; enclave++)
        {
            world.Keymeld.SetDown(enclave, isDown: false);
        }
    }
}
