namespace Coordinator.Storage;

/// <summary>Small named values: how far a watcher has come.</summary>
public interface ICursorStore
{
    /// <summary>The value, or null when it was never set.</summary>
    /// <exception cref="StorageException">What is stored under this name is not a <typeparamref name="T"/>.</exception>
    Task<T?> GetAsync<T>(string name)
        where T : class;

    /// <summary>The number, or null when it was never set.</summary>
    Task<long?> GetNumberAsync(string name);

    /// <summary>Stores the value durably; the last write wins. Safe to repeat.</summary>
    Task SetAsync<T>(string name, T value)
        where T : class;

    /// <summary>Stores the number durably; the last write wins. Safe to repeat.</summary>
    Task SetNumberAsync(string name, long value);
}
