using Coordinator.Grains;
using Orleans.Storage;

namespace Coordinator.Simulation;

/// <summary>Notes every document that has reached the disk.</summary>
internal sealed class WatchedDocuments(IGrainStorage inner, Evidence evidence) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await inner.WriteStateAsync(stateName, grainId, grainState);
        switch (grainState.State)
        {
            case CompetitionDocument document:
                evidence.NoteDocument(document);
                break;
            case WalletDocument wallet:
                evidence.NoteWallet(wallet);
                break;
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
}
