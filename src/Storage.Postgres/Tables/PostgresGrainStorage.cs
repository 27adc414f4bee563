using System.Text.Json;
using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>Grain documents in the database.</summary>
/// <param name="database">Not owned.</param>
/// <param name="store">Whose documents: each store has its own.</param>
/// <param name="json">How documents are written; brings the converters.</param>
internal sealed class PostgresGrainStorage(PostgresDatabase database, string store, JsonSerializerOptions json) : RowGrainStorage(json)
{
    // $7 is the expected ETag; null fits only where there is no document. No row comes back on a conflict, and nothing is to be undone.
    private const string Store = """
        INSERT INTO coordinator.grain_state AS held (store, type, key, name, etag, data, digest)
        SELECT $1, $2, $3, $4, 1, $5, $6
        WHERE $7::bigint IS NULL OR EXISTS (SELECT 1 FROM coordinator.grain_state WHERE store = $1 AND type = $2 AND key = $3 AND name = $4)
        ON CONFLICT (store, type, key, name) DO UPDATE SET etag = held.etag + 1, data = excluded.data, digest = excluded.digest
        WHERE CASE WHEN $7::bigint IS NULL THEN held.data IS NULL ELSE held.data IS NOT NULL AND held.etag = $7::bigint END
        RETURNING etag
        """;

    private const string Clear = """
        UPDATE coordinator.grain_state SET etag = etag + 1, data = NULL, digest = NULL
        WHERE store = $1 AND type = $2 AND key = $3 AND name = $4 AND data IS NOT NULL AND etag = $5
        """;

    private const string Find = """
        SELECT etag, data, digest FROM coordinator.grain_state WHERE store = $1 AND type = $2 AND key = $3 AND name = $4 AND data IS NOT NULL
        """;

    /// <inheritdoc/>
    protected override (string Name, string Kept) Place => (database.Name, "the database");

    /// <inheritdoc/>
    protected override async Task<DocumentRow?> FindAsync(DocumentKey key)
        => (await database.ReadAsync(Find, Map, store, key.Type, key.Key, key.Name).ConfigureAwait(false)).FirstOrDefault();

    /// <inheritdoc/>
    protected override async Task<long?> StoreAsync(DocumentKey key, string data, byte[] digest, long? expected)
    {
        var etags = await database.ReturningAsync(
            row => row.GetInt64(0), new PostgresStatement(Store, store, key.Type, key.Key, key.Name, data, digest, expected)).ConfigureAwait(false);
        return etags.Count == 0 ? null : etags[0];
    }

    /// <inheritdoc/>
    protected override async Task<bool> ClearAsync(DocumentKey key, long expected)
        => await database.ExecuteAsync(new PostgresStatement(Clear, store, key.Type, key.Key, key.Name, expected)).ConfigureAwait(false) > 0;

    private static DocumentRow Map(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2));
}
