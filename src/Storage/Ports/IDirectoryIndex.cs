using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>One line of a list.</summary>
/// <param name="Key">Orders the list, by ordinal comparison.</param>
/// <param name="Version">Of the document that the line was made from; only a higher one replaces it.</param>
/// <param name="Json">What the list shows.</param>
public sealed record DirectoryEntry(string Key, long Version, string Json);

/// <summary>Lists that are read without waking anyone. Updates may repeat and come in any order.</summary>
public interface IDirectoryIndex
{
    /// <summary>Stores a line unless the stored one is as new or newer. Safe to repeat.</summary>
    /// <returns>True when the line was stored.</returns>
    Task<bool> UpsertAsync(string kind, DirectoryEntry entry);

    /// <summary>Removes a line. Safe to repeat.</summary>
    Task<bool> RemoveAsync(string kind, string key);

    /// <summary>The line, or null.</summary>
    Task<DirectoryEntry?> FindAsync(string kind, string key);

    /// <summary>Lines of a kind ordered by key.</summary>
    /// <param name="after">Only keys after this one; null starts at the beginning.</param>
    /// <param name="limit">At most this many; at least 1.</param>
    Task<ImmutableArray<DirectoryEntry>> ListAsync(string kind, string? after = null, int limit = int.MaxValue);
}
