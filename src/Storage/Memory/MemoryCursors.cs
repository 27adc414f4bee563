using System.Text.Json;

namespace Coordinator.Storage;

/// <summary>The in-memory twin of stored cursors.</summary>
/// <param name="disk">Where the values are.</param>
/// <param name="store">The database that is imitated; each has cursors of its own.</param>
/// <param name="json">How values are written.</param>
public sealed class MemoryCursors(MemoryDisk disk, string store, JsonSerializerOptions json) : ICursorStore
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

    private Task<string?> FindAsync(string name) => disk.ReadAsync(content => content.Cursors.GetValueOrDefault((store, name)));

    private Task StoreAsync(string name, string text)
        => disk.WriteAsync(content => (content with { Cursors = content.Cursors.SetItem((store, name), text) }, true));
}
