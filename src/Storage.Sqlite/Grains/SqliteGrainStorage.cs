using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>Grain documents in one database file.</summary>
/// <param name="database">With a <c>grain_state</c> table. Not owned.</param>
/// <param name="json">How documents are written; brings the converters.</param>
public sealed class SqliteGrainStorage(SqliteDatabase database, JsonSerializerOptions json) : RowGrainStorage(json)
{
    // $6 is the expected ETag; null fits only where there is no document. No row comes back on a conflict, and nothing is to be undone.
    private const string Store = """
        INSERT INTO grain_state(type, key, name, etag, data, digest)
        SELECT $1, $2, $3, 1, $4, $5
        WHERE $6 IS NULL OR EXISTS (SELECT 1 FROM grain_state WHERE type = $1 AND key = $2 AND name = $3)
        ON CONFLICT(type, key, name) DO UPDATE SET etag = etag + 1, data = excluded.data, digest = excluded.digest
        WHERE CASE WHEN $6 IS NULL THEN grain_state.data IS NULL ELSE grain_state.data IS NOT NULL AND grain_state.etag = $6 END
        RETURNING etag
        """;

    private const string Clear = """
        UPDATE grain_state SET etag = etag + 1, data = NULL, digest = NULL
        WHERE type = $1 AND key = $2 AND name = $3 AND data IS NOT NULL AND etag = $4
        """;

    private const string Find = """
        SELECT etag, data, digest FROM grain_state WHERE type = $1 AND key = $2 AND name = $3 AND data IS NOT NULL
        """;

    /// <inheritdoc/>
    protected override (string Name, string Kept) Place => (database.Path, "the file");

    /// <inheritdoc/>
    protected override Task<DocumentRow?> FindAsync(DocumentKey key)
        => database.ReadAsync(statements => statements.QueryFirst(Find, Map, key.Type, key.Key, key.Name));

    /// <inheritdoc/>
    protected override async Task<long?> StoreAsync(DocumentKey key, string data, byte[] digest, long? expected)
    {
        var etags = await database.ExecuteReturningAsync(Store, row => row.GetInt64(0), key.Type, key.Key, key.Name, data, digest, expected).ConfigureAwait(false);
        return etags.Count == 0 ? null : etags[0];
    }

    /// <inheritdoc/>
    protected override async Task<bool> ClearAsync(DocumentKey key, long expected)
        => await database.ExecuteAsync(Clear, key.Type, key.Key, key.Name, expected).ConfigureAwait(false) > 0;

    private static DocumentRow Map(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2));
}
