using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>The in-memory twin of stored lists.</summary>
/// <param name="disk">Where the lines are.</param>
/// <param name="store">The database that is imitated; each has lists of its own.</param>
public sealed class MemoryDirectory(MemoryDisk disk, string store) : IDirectoryIndex
{
    /// <inheritdoc/>
    public Task<bool> UpsertAsync(string kind, DirectoryEntry entry) => disk.WriteAsync(content =>
        content.Directory.TryGetValue((store, kind, entry.Key), out var old) && old.Version >= entry.Version
            ? (content, false)
            : (content with { Directory = content.Directory.SetItem((store, kind, entry.Key), entry) }, true));

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string kind, string key) => disk.WriteAsync(content => (
        content with { Directory = content.Directory.Remove((store, kind, key)) }, content.Directory.ContainsKey((store, kind, key))));

    /// <inheritdoc/>
    public Task<DirectoryEntry?> FindAsync(string kind, string key)
        => disk.ReadAsync(content => content.Directory.GetValueOrDefault((store, kind, key)));

    /// <inheritdoc/>
    public Task<ImmutableArray<DirectoryEntry>> ListAsync(string kind, string? after = null, int limit = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return disk.ReadAsync(content => content.Directory
            .Where(line => line.Key.Store == store && line.Key.Kind == kind)
            .Where(line => after is null || string.CompareOrdinal(line.Key.Key, after) > 0)
            .Select(line => line.Value)
            .Take(limit)
            .ToImmutableArray());
    }
}
