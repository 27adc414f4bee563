using Coordinator.Grains;
using Orleans.Storage;

namespace Coordinator.Simulation;

/// <summary>Sits on the disk itself: what competitions have stored, as it is now, without reading it again.</summary>
internal sealed class ObservedDocuments(IGrainStorage inner, Action<CompetitionDocument> stored) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var written = grainState.State;
        await inner.WriteStateAsync(stateName, grainId, grainState);
        if (written is CompetitionDocument document)
        {
            stored(document);
        }
    }
}
