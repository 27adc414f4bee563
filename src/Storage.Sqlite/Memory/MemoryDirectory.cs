using System.Collections.Immutable;

namespace Coordinator.Storage.Sqlite;

/// <summary>The in-memory twin of <see cref="SqliteDirectory"/>.</summary>
public sealed class MemoryDirectory(MemoryDisk disk, IStorageGate gate) : IDirectoryIndex
{
    /// <inheritdoc/>
    public async Task<bool> UpsertAsync(string kind, DirectoryEntry entry)
    {
        await gate.EnterAsync("directory.upsert");
        var stored = disk.Write(content =>
            content.Directory.TryGetValue((kind, entry.Key), out var old) && old.Version >= entry.Version
                ? (content, false)
                : (content with { Directory = content.Directory.SetItem((kind, entry.Key), entry) }, true));
        await gate.LeaveAsync("directory.upsert");
        return stored;
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string kind, string key)
    {
        await gate.EnterAsync("directory.remove");
        var removed = disk.Write(content => (
            content with { Directory = content.Directory.Remove((kind, key)) }, content.Directory.ContainsKey((kind, key))));
        await gate.LeaveAsync("directory.remove");
        return removed;
    }

    /// <inheritdoc/>
    public async Task<DirectoryEntry?> FindAsync(string kind, string key)
    {
        await gate.EnterAsync("directory.find");
        var entry = disk.Read(content => content.Directory.GetValueOrDefault((kind, key)));
        await gate.LeaveAsync("directory.find");
        return entry;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<DirectoryEntry>> ListAsync(string kind, string? after = null, int limit = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await gate.EnterAsync("directory.list");
        var entries = disk.Read(content => content.Directory
            .Where(line => line.Key.Kind == kind && (after is null || string.CompareOrdinal(line.Key.Key, after) > 0))
            .Select(line => line.Value)
            .Take(limit)
            .ToImmutableArray());
        await gate.LeaveAsync("directory.list");
        return entries;
    }
}
