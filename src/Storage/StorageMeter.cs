using System.Diagnostics.Metrics;

namespace Coordinator.Storage;

/// <summary>What the writers have done: commits, each with one fsync, and the commands that shared them.</summary>
internal static class StorageMeter
{
    private static readonly Meter Storage = new("Coordinator.Storage");

    private static readonly Counter<long> Commits =
        Storage.CreateCounter<long>("coordinator_storage_commits", description: "Transactions made durable");

    private static readonly Counter<long> Commands =
        Storage.CreateCounter<long>("coordinator_storage_commands", description: "Writes in those transactions");

    internal static void Count(int commands)
    {
        Commits.Add(1);
        Commands.Add(commands);
    }
}
