namespace Coordinator.Simulation;

/// <summary>What became of one seed.</summary>
/// <param name="Seed">It again.</param>
/// <param name="Violation">The rule that was broken, or null.</param>
/// <param name="TraceHash">64 hex digits; the same in every process.</param>
/// <param name="Story">What led to the violation: at most 80 lines, or everything where that was asked for.</param>
/// <param name="Counts">Faults, kills, ends and ways out.</param>
/// <param name="Turns">How many turns it took.</param>
public sealed record SeedResult(ulong Seed, Violation? Violation, string TraceHash, IReadOnlyList<string> Story, Counts Counts, long Turns = 0);

/// <summary>Plays one seed from its beginning to its end.</summary>
public static class SeedRun
{
    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>Runs the seed on a thread of its own and waits for it. Any number may run at once.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="bug">Planted between the service and the world; null in an honest run.</param>
    /// <param name="whole">The story is the whole trace.</param>
    public static SeedResult Run(ulong seed, PlantedBug? bug = null, bool whole = false)
    {
        SeedResult? result = null;
        Exception? broken = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = Play(seed, bug, whole);
                }
#pragma warning disable CA1031 // Whatever it is, the caller's thread throws it.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    broken = failure;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        return result ?? throw new InvalidOperationException($"seed {seed} could not be played", broken);
    }

    private static SeedResult Play(ulong seed, PlantedBug? bug, bool whole)
    {
        using var world = new SimWorld(seed, bug);
        using var play = new SimPlay(world);
        Violation? violation = null;
        try
        {
            play.Run();
        }
        catch (Violation broken)
        {
            violation = broken;
            world.Trace.Add($"VIOLATION {broken.Rule}");
        }

        play.Count();
        return new SeedResult(seed, violation, world.Trace.Hash(), whole ? world.Trace.Whole : world.Trace.Short, world.Counts, world.Loop.Turns);
    }
}
