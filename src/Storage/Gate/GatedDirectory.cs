using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>Lists behind a gate. Operations: <c>directory.</c> upsert, remove, find, list.</summary>
internal sealed class GatedDirectory(IDirectoryIndex inner, IStorageGate gate) : IDirectoryIndex
{
    public Task<bool> UpsertAsync(string kind, DirectoryEntry entry) => gate.PassAsync("directory.upsert", () => inner.UpsertAsync(kind, entry));

    public Task<bool> RemoveAsync(string kind, string key) => gate.PassAsync("directory.remove", () => inner.RemoveAsync(kind, key));

    public Task<DirectoryEntry?> FindAsync(string kind, string key) => gate.PassAsync("directory.find", () => inner.FindAsync(kind, key));

    public Task<ImmutableArray<DirectoryEntry>> ListAsync(string kind, string? after, int limit)
        => gate.PassAsync("directory.list", () => inner.ListAsync(kind, after, limit));
}
