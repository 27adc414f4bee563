using System.Text.Json;
using Orleans.Storage;

namespace Coordinator.Storage;

/// <summary>A grain's document as its row holds it.</summary>
/// <param name="Etag">From 1.</param>
/// <param name="Data">JSON text.</param>
/// <param name="Digest">Of the text.</param>
public sealed record DocumentRow(long Etag, string Data, byte[] Digest);

/// <summary>Whose row it is.</summary>
public readonly record struct DocumentKey(string Type, string Key, string Name)
{
    public static DocumentKey Of(string stateName, GrainId grain) => new(grain.Type.ToString()!, grain.Key.ToString()!, stateName);
}

/// <summary>Grain documents as rows of a database: JSON text without CLR names, one ETag per row.</summary>
/// <remarks>The document is serialised before the first await, so a grain may go on changing it. A write is answered when it is on the disk.
/// Any failure other than a conflict leaves unknown what is stored: the grain must read again.</remarks>
/// <param name="json">How documents are written; brings the converters.</param>
public abstract class RowGrainStorage(JsonSerializerOptions json) : IGrainStorage
{
    private readonly Documents _documents = new(json);

    /// <summary>Where the rows are, and what to keep of it when one is damaged: "X is damaged: stop, keep Y".</summary>
    protected abstract (string Name, string Kept) Place { get; }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The row is damaged, or was written by a program that this one does not understand.</exception>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await FindAsync(DocumentKey.Of(stateName, grainId)).ConfigureAwait(false);
        if (row is null)
        {
            StoredDocument.SetAbsent(grainState);
            return;
        }
        if (!Documents.Digest(row.Data).AsSpan().SequenceEqual(row.Digest))
        {
            throw new StorageException(StorageFault.Corrupt,
                $"the {StoredDocument.Describe(stateName, grainId)} in {Place.Name} is damaged: stop, keep {Place.Kept}, and restore a backup");
        }
        grainState.State = _documents.Read<T>(row.Data, StoredDocument.Describe(stateName, grainId));
        StoredDocument.SetStored(grainState, row.Etag);
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (key, data) = (DocumentKey.Of(stateName, grainId), _documents.Write(grainState.State));
        var stored = await StoreAsync(key, data, Documents.Digest(data), StoredDocument.Expected(grainState.ETag)).ConfigureAwait(false);
        if (stored is not { } etag)
        {
            throw await ConflictAsync(stateName, grainId, grainState.ETag).ConfigureAwait(false);
        }
        StoredDocument.SetStored(grainState, etag);
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = DocumentKey.Of(stateName, grainId);
        var cleared = StoredDocument.Expected(grainState.ETag) is { } expected
            ? await ClearAsync(key, expected).ConfigureAwait(false)
            : await FindAsync(key).ConfigureAwait(false) is null;
        if (!cleared)
        {
            throw await ConflictAsync(stateName, grainId, grainState.ETag).ConfigureAwait(false);
        }
        StoredDocument.SetAbsent(grainState);
    }

    /// <summary>The row, or null where there is no document: never stored, or cleared.</summary>
    protected abstract Task<DocumentRow?> FindAsync(DocumentKey key);

    /// <summary>Stores durably where the row's ETag is the expected one, null being no document.</summary>
    /// <returns>The new ETag, or null on a conflict, which changes nothing.</returns>
    protected abstract Task<long?> StoreAsync(DocumentKey key, string data, byte[] digest, long? expected);

    /// <summary>Clears durably where the row's ETag is the expected one.</summary>
    /// <returns>False on a conflict, which changes nothing.</returns>
    protected abstract Task<bool> ClearAsync(DocumentKey key, long expected);

    private async Task<InconsistentStateException> ConflictAsync(string stateName, GrainId grain, string? expected)
        => StoredDocument.Conflict(stateName, grain, (await FindAsync(DocumentKey.Of(stateName, grain)).ConfigureAwait(false))?.Etag, expected);
}
