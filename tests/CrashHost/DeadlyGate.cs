using System.Globalization;
using System.Runtime.InteropServices;
using Coordinator.Storage;

namespace Coordinator.CrashHost;

/// <summary>
/// Counts the writes that are durable, and after a chosen one ends the process by SIGKILL before anybody hears of that write. No handler runs,
/// nothing is flushed: what the disk holds is what the database committed.
/// </summary>
/// <param name="deadlyWrite">From 1; null counts only.</param>
/// <param name="report">Gets <c>killed N OPERATION</c> just before the end.</param>
internal sealed partial class DeadlyGate(int? deadlyWrite, Action<string> report) : IStorageGate
{
    private const int Kill = 9;
    private static readonly string[] Reads = [".read", ".get", ".list", ".find"];
    private readonly Task _never = new TaskCompletionSource().Task;
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    public Task EnterAsync(string operation) => Task.CompletedTask;

    public Task LeaveAsync(string operation)
    {
        if (Reads.Any(read => operation.EndsWith(read, StringComparison.Ordinal)))
        {
            return Task.CompletedTask;
        }

        var number = Interlocked.Increment(ref _writes);
        if (number == deadlyWrite)
        {
            report(string.Create(CultureInfo.InvariantCulture, $"killed {number} {operation}"));
            _ = kill(Environment.ProcessId, Kill);
        }

        return number >= deadlyWrite ? _never : Task.CompletedTask;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
