using System.Text.Json;

namespace Coordinator.Storage;

/// <summary>The in-memory twin of stored cursors.</summary>
/// <param name="disk">Where the values are.</param>
/// <param name="store">The database that is imitated; each has cursors of its own.</param>
/// <param name="json">How values are written.</param>
public sealed class MemoryCursors(MemoryDisk disk, string store, JsonSerializerOptions json) : JsonCursors(json)
{
    /// <inheritdoc/>
    protected override Task<string?> FindAsync(string name) => disk.ReadAsync(content => content.Cursors.GetValueOrDefault((store, name)));

    /// <inheritdoc/>
    protected override Task StoreAsync(string name, string text)
        => disk.WriteAsync(content => (content with { Cursors = content.Cursors.SetItem((store, name), text) }, true));
}
