using System.Collections.Immutable;
using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>Lists as rows.</summary>
internal sealed class PostgresDirectory(PostgresDatabase database, string store) : IDirectoryIndex
{
    private const string Store = """
        INSERT INTO coordinator.directory AS held (store, kind, key, version, json) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (store, kind, key) DO UPDATE SET version = excluded.version, json = excluded.json WHERE held.version < excluded.version
        """;

    /// <inheritdoc/>
    public async Task<bool> UpsertAsync(string kind, DirectoryEntry entry)
        => await database.ExecuteAsync(new PostgresStatement(Store, store, kind, entry.Key, entry.Version, entry.Json)).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string kind, string key) => await database.ExecuteAsync(new PostgresStatement(
        "DELETE FROM coordinator.directory WHERE store = $1 AND kind = $2 AND key = $3", store, kind, key)).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public async Task<DirectoryEntry?> FindAsync(string kind, string key) => (await database.ReadAsync(
        "SELECT key, version, json FROM coordinator.directory WHERE store = $1 AND kind = $2 AND key = $3", Map, store, kind, key).ConfigureAwait(false)).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<ImmutableArray<DirectoryEntry>> ListAsync(string kind, string? after = null, int limit = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return [.. await database.ReadAsync(
            """
            SELECT key, version, json FROM coordinator.directory
            WHERE store = $1 AND kind = $2 AND ($3::text IS NULL OR key > $3::text) ORDER BY key LIMIT $4
            """,
            Map, store, kind, after, (long)limit).ConfigureAwait(false)];
    }

    private static DirectoryEntry Map(NpgsqlDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetString(2));
}
