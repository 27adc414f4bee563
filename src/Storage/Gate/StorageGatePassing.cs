namespace Coordinator.Storage;

/// <summary>One way through a gate. Plain awaits: in simulation nothing may leave the thread.</summary>
internal static class StorageGatePassing
{
    public static async Task<T> PassAsync<T>(this IStorageGate gate, string operation, Func<Task<T>> inside)
    {
        await gate.EnterAsync(operation);
        T result;
        try
        {
            result = await inside();
        }
        catch
        {
            gate.Failed(operation);
            throw;
        }

        await gate.LeaveAsync(operation);
        return result;
    }

    public static Task PassAsync(this IStorageGate gate, string operation, Func<Task> inside) => gate.PassAsync(operation, async () =>
    {
        await inside();
        return true;
    });
}
