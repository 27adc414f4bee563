using Coordinator.Grains;
using Orleans.Storage;

namespace Coordinator.Simulation;

/// <summary>Says that a competition's document is written when it is only remembered; it reaches the disk with the next one. Who reads it anew (a life
/// after a kill) gets what is on the disk.</summary>
internal sealed class LateDocuments(IGrainStorage inner) : IGrainStorage
{
    private readonly Dictionary<GrainId, Remembered> _remembered = [];

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _remembered.Remove(grainId);
        return inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.State is not CompetitionDocument document)
        {
            await inner.WriteStateAsync(stateName, grainId, grainState);
            return;
        }

        var (etag, exists) = (grainState.ETag, grainState.RecordExists);
        if (_remembered.TryGetValue(grainId, out var late))
        {
            var written = new GrainState<CompetitionDocument>(late.Document, late.ETag) { RecordExists = late.RecordExists };
            await inner.WriteStateAsync(stateName, grainId, written);
            (etag, exists) = (written.ETag, written.RecordExists);
        }

        _remembered[grainId] = new Remembered(document, etag, exists);
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);

    private sealed record Remembered(CompetitionDocument Document, string? ETag, bool RecordExists);
}
