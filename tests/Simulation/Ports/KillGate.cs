using Coordinator.Storage;

namespace Coordinator.Simulation;

/// <summary>The storage of one life of the service: operations fail before or after they are done, and the process dies before or after a
/// write. Whoever waits for a dead process waits for ever.</summary>
internal sealed class KillGate(SimLife life, KillPlan kills, FaultSource faults, int perMille) : IStorageGate
{
    private readonly Task _never = new TaskCompletionSource().Task;

    /// <summary>Writes of this life.</summary>
    public int Writes { get; private set; }

    public Task EnterAsync(string operation)
    {
        if (life.IsOver)
        {
            return _never;
        }

        if (IsWrite(operation))
        {
            Writes++;
            if (kills.Takes(KillKind.BeforeWrite))
            {
                life.Kill(KillKind.BeforeWrite, $"write {Writes}, {operation}");
                return _never;
            }
        }

        return faults.Draws(FaultKind.StorageErrorBefore, perMille, operation) ? Failed() : Task.CompletedTask;
    }

    public Task LeaveAsync(string operation)
    {
        if (life.IsOver)
        {
            return _never;
        }

        if (IsWrite(operation) && kills.Takes(KillKind.AfterWrite))
        {
            life.Kill(KillKind.AfterWrite, $"write {Writes}, {operation}");
            return _never;
        }

        return IsWrite(operation) && faults.Draws(FaultKind.StorageErrorAfter, perMille, operation) ? Failed() : Task.CompletedTask;
    }

    private static Task Failed() => Task.FromException(new StorageException(StorageFault.Other, "simulated"));

    private static bool IsWrite(string operation)
        => !(operation.EndsWith(".read", StringComparison.Ordinal) || operation.EndsWith(".get", StringComparison.Ordinal)
            || operation.EndsWith(".list", StringComparison.Ordinal) || operation.EndsWith(".find", StringComparison.Ordinal));
}
