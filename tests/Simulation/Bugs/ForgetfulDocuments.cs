using Coordinator.Competitions;
using Coordinator.Grains;
using Orleans.Storage;

namespace Coordinator.Simulation;

/// <summary>Writes cancelled competitions without the intents to give their payments back.</summary>
internal sealed class ForgetfulDocuments(IGrainStorage inner) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.State is not CompetitionDocument { State: Cancelled } document)
        {
            await inner.WriteStateAsync(stateName, grainId, grainState);
            return;
        }

        var forgetful = document with { Intents = [.. document.Intents.Where(intent => intent.Effect is not CancelInvoice)] };
        var written = new GrainState<T>((T)(object)forgetful, grainState.ETag) { RecordExists = grainState.RecordExists };
        await inner.WriteStateAsync(stateName, grainId, written);
        grainState.ETag = written.ETag;
        grainState.RecordExists = written.RecordExists;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
}
