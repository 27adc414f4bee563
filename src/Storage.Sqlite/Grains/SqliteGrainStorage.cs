using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace Coordinator.Storage.Sqlite;

/// <summary>Grain documents as rows: JSON text without CLR names, one ETag per row.</summary>
/// <remarks>The document is serialised before the first await, so a grain may go on changing it. A write is answered when it is on the disk.
/// Any failure other than a conflict leaves unknown what the disk holds: the grain must read again.</remarks>
/// <param name="database">With a <c>grain_state</c> table. Not owned.</param>
/// <param name="json">How documents are written; brings the converters.</param>
public sealed class SqliteGrainStorage(SqliteDatabase database, JsonSerializerOptions json) : IGrainStorage
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
                $"the {StoredDocument.Describe(stateName, grainId)} in {database.Path} is damaged: stop, keep the file, and restore a backup");
        }
        grainState.State = _documents.Read<T>(row.Data, StoredDocument.Describe(stateName, grainId));
        StoredDocument.SetStored(grainState, row.Etag);
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var data = _documents.Write(grainState.State);
        var etags = await database.ExecuteReturningAsync(Store, row => row.GetInt64(0),
            grainId.Type.ToString(), grainId.Key.ToString(), stateName, data, Documents.Digest(data),
            StoredDocument.Expected(grainState.ETag)).ConfigureAwait(false);
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
            : await database.ExecuteAsync(Clear, grainId.Type.ToString(), grainId.Key.ToString(), stateName,
                StoredDocument.Expected(grainState.ETag)).ConfigureAwait(false) > 0;
        if (!cleared)
        {
            throw await ConflictAsync(stateName, grainId, grainState.ETag).ConfigureAwait(false);
        }
        StoredDocument.SetAbsent(grainState);
    }

    private Task<Row?> FindAsync(string stateName, GrainId grain) => database.ReadAsync(statements => statements.QueryFirst(
        Find, Map, grain.Type.ToString(), grain.Key.ToString(), stateName));

    private async Task<InconsistentStateException> ConflictAsync(string stateName, GrainId grain, string? expected)
        => StoredDocument.Conflict(stateName, grain, (await FindAsync(stateName, grain).ConfigureAwait(false))?.Etag, expected);

    private static Row Map(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2));

    private sealed record Row(long Etag, string Data, byte[] Digest);
}
