using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>Lists that any request may read without waking a grain.</summary>
/// <param name="database">With a <c>directory</c> table. Not owned.</param>
public sealed class SqliteDirectory(SqliteDatabase database) : IDirectoryIndex
{
    private const string Store = """
        INSERT INTO directory(kind, key, version, json) VALUES ($1, $2, $3, $4)
        ON CONFLICT(kind, key) DO UPDATE SET version = excluded.version, json = excluded.json WHERE directory.version < excluded.version
        """;

    /// <inheritdoc/>
    public async Task<bool> UpsertAsync(string kind, DirectoryEntry entry)
        => await database.ExecuteAsync(Store, kind, entry.Key, entry.Version, entry.Json).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string kind, string key)
        => await database.ExecuteAsync("DELETE FROM directory WHERE kind = $1 AND key = $2", kind, key).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public Task<DirectoryEntry?> FindAsync(string kind, string key) => database.ReadAsync(statements => statements.QueryFirst(
        "SELECT key, version, json FROM directory WHERE kind = $1 AND key = $2", Map, kind, key));

    /// <inheritdoc/>
    public Task<ImmutableArray<DirectoryEntry>> ListAsync(string kind, string? after = null, int limit = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return database.ReadAsync(statements => statements.Query(
            "SELECT key, version, json FROM directory WHERE kind = $1 AND ($2 IS NULL OR key > $2) ORDER BY key LIMIT $3",
            Map, kind, after, limit).ToImmutableArray());
    }

    private static DirectoryEntry Map(SqliteDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetString(2));
}
