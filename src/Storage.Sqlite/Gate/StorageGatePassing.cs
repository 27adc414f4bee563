namespace Coordinator.Storage.Sqlite;

/// <summary>One way through a gate. Plain awaits: in simulation nothing may leave the thread.</summary>
internal static class StorageGatePassing
{
    public static async Task<T> PassAsync<T>(this IStorageGate gate, string operation, Func<Task<T>> inside)
    {
        await gate.EnterAsync(operation);
        var result = await inside();
        await gate.LeaveAsync(operation);
        return result;
    }

    public static async Task PassAsync(this IStorageGate gate, string operation, Func<Task> inside)
    {
        await gate.EnterAsync(operation);
        await inside();
        await gate.LeaveAsync(operation);
    }
}
