using System.Text.Json;
using Npgsql;
using Orleans.Storage;

namespace Coordinator.Storage.Postgres;

/// <summary>Grain documents as rows: JSON text without CLR names, one ETag per row.</summary>
/// <remarks>The document is serialised before the first await, so a grain may go on changing it. A write is answered when it is committed.
/// Any failure other than a conflict leaves unknown what is stored: the grain must read again.</remarks>
/// <param name="database">Not owned.</param>
/// <param name="store">Whose documents: each store has its own.</param>
/// <param name="json">How documents are written; brings the converters.</param>
internal sealed class PostgresGrainStorage(PostgresDatabase database, string store, JsonSerializerOptions json) : IGrainStorage
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

    private readonly Documents _documents = new(json);

    /// <inheritdoc/>
    /// <exception cref="StorageException">The row is damaged, or was written by a program that this one does not understand.</exception>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await FindAsync(stateName, grainId).ConfigureAwait(false);
        if (row is null)
        {
            StoredDocument.SetAbsent(grainState);
            return;
        }
        if (!Documents.Digest(row.Data).AsSpan().SequenceEqual(row.Digest))
        {
            throw new StorageException(StorageFault.Corrupt,
                $"the {StoredDocument.Describe(stateName, grainId)} in {database.Name} is damaged: stop, keep the database, and restore a backup");
        }
        grainState.State = _documents.Read<T>(row.Data, StoredDocument.Describe(stateName, grainId));
        StoredDocument.SetStored(grainState, row.Etag);
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var data = _documents.Write(grainState.State);
        var etags = await database.ReturningAsync(row => row.GetInt64(0), new PostgresStatement(
            Store, store, grainId.Type.ToString(), grainId.Key.ToString(), stateName, data, Documents.Digest(data),
            StoredDocument.Expected(grainState.ETag))).ConfigureAwait(false);
        if (etags.Count == 0)
        {
            throw await ConflictAsync(stateName, grainId, grainState.ETag).ConfigureAwait(false);
        }
        StoredDocument.SetStored(grainState, etags[0]);
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var cleared = grainState.ETag is null
            ? await FindAsync(stateName, grainId).ConfigureAwait(false) is null
            : await database.ExecuteAsync(new PostgresStatement(Clear, store, grainId.Type.ToString(), grainId.Key.ToString(), stateName,
                StoredDocument.Expected(grainState.ETag))).ConfigureAwait(false) > 0;
        if (!cleared)
        {
            throw await ConflictAsync(stateName, grainId, grainState.ETag).ConfigureAwait(false);
        }
        StoredDocument.SetAbsent(grainState);
    }

    private async Task<Row?> FindAsync(string stateName, GrainId grain)
        => (await database.ReadAsync(Find, Map, store, grain.Type.ToString(), grain.Key.ToString(), stateName).ConfigureAwait(false)).FirstOrDefault();

    private async Task<InconsistentStateException> ConflictAsync(string stateName, GrainId grain, string? expected)
        => StoredDocument.Conflict(stateName, grain, (await FindAsync(stateName, grain).ConfigureAwait(false))?.Etag, expected);

    private static Row Map(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2));

    private sealed record Row(long Etag, string Data, byte[] Digest);
}
