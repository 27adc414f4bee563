namespace Coordinator.Storage;

/// <summary>Cursors behind a gate. Operations: <c>cursor.get</c>, <c>cursor.set</c>.</summary>
internal sealed class GatedCursors(ICursorStore inner, IStorageGate gate) : ICursorStore
{
    public Task<T?> GetAsync<T>(string name)
        where T : class
        => gate.PassAsync("cursor.get", () => inner.GetAsync<T>(name));

    public Task<long?> GetNumberAsync(string name) => gate.PassAsync("cursor.get", () => inner.GetNumberAsync(name));

    public Task SetAsync<T>(string name, T value)
        where T : class
        => gate.PassAsync("cursor.set", () => inner.SetAsync(name, value));

    public Task SetNumberAsync(string name, long value) => gate.PassAsync("cursor.set", () => inner.SetNumberAsync(name, value));
}
