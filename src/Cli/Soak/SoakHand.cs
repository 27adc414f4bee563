using Coordinator.Cli.Demo;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Soak;

/// <summary>What goes on all the time: blocks while transactions wait, at most one in a pause, and a killed service is started again.</summary>
internal sealed class SoakHand(LocalWorld world, ChainWorld chain, DemoLog log, TimeProvider clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>So that no payment is held for as many blocks as its invoice allows: a soak has some hundred competitions at most.</summary>
    private static readonly TimeSpan BlockPause = TimeSpan.FromMilliseconds(1_500);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var mined = clock.GetTimestamp();
        while (!cancellation.IsCancellationRequested)
        {
            if (await world.KeepServiceAsync(cancellation))
            {
                log.Tell("restarted", "the service is started again on its data");
            }

            if (clock.GetElapsedTime(mined) >= BlockPause && (await chain.TipAsync(cancellation)).Waiting > 0)
            {
                await chain.MineAsync(1, null, cancellation);
                mined = clock.GetTimestamp();
            }

            await Task.Delay(Tick, clock, cancellation);
        }
    }
}
