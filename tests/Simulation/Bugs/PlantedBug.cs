namespace Coordinator.Simulation;

/// <summary>A deliberate mistake between the coordinator and the world, to see that the audit finds it.</summary>
public enum PlantedBug
{
    /// <summary>A funding transaction that only waits is taken for confirmed: tickets are settled too early.</summary>
    SettleBeforeFunding,
}
