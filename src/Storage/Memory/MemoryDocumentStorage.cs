using System.Text.Json;
using Orleans.Storage;

namespace Coordinator.Storage;

/// <summary>The in-memory twin of the stored documents: the same JSON, the same ETags.</summary>
/// <param name="disk">Where the documents are.</param>
/// <param name="store">The database that is imitated; each has documents of its own.</param>
/// <param name="json">How documents are written; brings the converters.</param>
public sealed class MemoryDocumentStorage(MemoryDisk disk, string store, JsonSerializerOptions json) : IGrainStorage
{
    private readonly Documents _documents = new(json);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await disk.ReadAsync(content => Find(content, stateName, grainId));
        if (row?.Data is null)
        {
            StoredDocument.SetAbsent(grainState);
            return;
        }
        grainState.State = _documents.Read<T>(row.Data, StoredDocument.Describe(stateName, grainId));
        StoredDocument.SetStored(grainState, row.Etag);
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var data = _documents.Write(grainState.State);
        var expected = grainState.ETag;
        var etag = await disk.WriteAsync(content => Replace(content, stateName, grainId, expected, data));
        StoredDocument.SetStored(grainState, etag);
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var expected = grainState.ETag;
        await disk.WriteAsync(content => expected is null && Find(content, stateName, grainId)?.Data is null
            ? (content, 0)
            : Replace(content, stateName, grainId, expected, data: null));
        StoredDocument.SetAbsent(grainState);
    }

    // As in SQLite, a cleared document keeps its row without data, so that its ETag never comes back.
    private (MemoryDisk.Content Next, long Etag) Replace(
        MemoryDisk.Content content, string stateName, GrainId grain, string? expected, string? data)
    {
        var row = Find(content, stateName, grain);
        long? stored = row?.Data is null ? null : row.Etag;
        if (stored != StoredDocument.Expected(expected))
        {
            throw StoredDocument.Conflict(stateName, grain, stored, expected);
        }
        var next = new MemoryDisk.GrainRow((row?.Etag ?? 0) + 1, data);
        return (content with { Grains = content.Grains.SetItem((store, grain.ToString(), stateName), next) }, next.Etag);
    }

    private MemoryDisk.GrainRow? Find(MemoryDisk.Content content, string stateName, GrainId grain)
        => content.Grains.GetValueOrDefault((store, grain.ToString(), stateName));
}
