using Coordinator.Storage;

namespace Coordinator.Cluster.Tests;

/// <summary>The storage of one silo's life: counts its writes and, at a chosen one, dies as a process does — the caller never hears again.</summary>
/// <param name="deadlyWrite">From 1; null never dies.</param>
/// <param name="afterTheWrite">Whether the deadly write reaches the disk.</param>
internal sealed class CrashGate(int? deadlyWrite = null, bool afterTheWrite = false) : IStorageGate
{
    private int _inFlight;
    private readonly Task _never = new TaskCompletionSource().Task;

    public int Writes { get; private set; }

    public bool Tripped { get; private set; }

    /// <summary>Operations that real storage works on.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The operations written so far, for messages.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Where set, the next grain write fails with this and stores nothing.</summary>
    public Exception? FailNextWrite { get; set; }

    public Task EnterAsync(string operation)
    {
        if (Tripped)
        {
            return _never;
        }

        if (!IsWrite(operation))
        {
            Interlocked.Increment(ref _inFlight);
            return Task.CompletedTask;
        }

        if (FailNextWrite is { } failure && operation == "grain.write")
        {
            FailNextWrite = null;
            return Task.FromException(failure);
        }

        Writes++;
        Last = operation;
        if (Writes == deadlyWrite && !afterTheWrite)
        {
            Tripped = true;
            return _never;
        }

        Interlocked.Increment(ref _inFlight);
        return Task.CompletedTask;
    }

    public Task LeaveAsync(string operation)
    {
        Interlocked.Decrement(ref _inFlight);
        if (IsWrite(operation) && Writes == deadlyWrite && afterTheWrite)
        {
            Tripped = true;
        }

        return Tripped ? _never : Task.CompletedTask;
    }

    public void Failed(string operation) => Interlocked.Decrement(ref _inFlight);

    private static bool IsWrite(string operation)
        => !(operation.EndsWith(".read", StringComparison.Ordinal) || operation.EndsWith(".get", StringComparison.Ordinal)
            || operation.EndsWith(".list", StringComparison.Ordinal) || operation.EndsWith(".find", StringComparison.Ordinal));
}
