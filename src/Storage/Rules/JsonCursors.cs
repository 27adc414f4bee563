using System.Text.Json;

namespace Coordinator.Storage;

/// <summary>Small named values as JSON, wherever their text is kept. Plain awaits: in simulation nothing may leave the thread.</summary>
/// <param name="json">How values are written.</param>
public abstract class JsonCursors(JsonSerializerOptions json) : ICursorStore
{
    private readonly Documents _documents = new(json);

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(string name)
        where T : class
        => await FindAsync(name) is { } text ? _documents.Read<T>(text, $"cursor {name}") : null;

    /// <inheritdoc/>
    public async Task<long?> GetNumberAsync(string name)
        => await FindAsync(name) is { } text ? _documents.Read<long>(text, $"cursor {name}") : null;

    /// <inheritdoc/>
    public Task SetAsync<T>(string name, T value)
        where T : class
        => StoreAsync(name, _documents.Write(value));

    /// <inheritdoc/>
    public Task SetNumberAsync(string name, long value) => StoreAsync(name, _documents.Write(value));

    /// <summary>The text under this name, or null where it was never stored.</summary>
    protected abstract Task<string?> FindAsync(string name);

    /// <summary>Stores the text durably; the last write wins. Safe to repeat.</summary>
    protected abstract Task StoreAsync(string name, string text);
}
