using Orleans.Storage;

namespace Coordinator.Storage;

/// <summary>Grain documents behind a gate. Operations: <c>grain.read</c>, <c>grain.write</c>, <c>grain.clear</c>.</summary>
/// <remarks>A write stores the document the state object held when it was called, however long the gate waits; the state object
/// changes only after the gate was left. Documents are immutable, so holding the reference is enough.</remarks>
internal sealed class GatedGrainStorage(IGrainStorage inner, IStorageGate gate) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => PassAsync("grain.read", grainState, call => inner.ReadStateAsync(stateName, grainId, call), takesState: true);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => PassAsync("grain.write", grainState, call => inner.WriteStateAsync(stateName, grainId, call), takesState: false);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => PassAsync("grain.clear", grainState, call => inner.ClearStateAsync(stateName, grainId, call), takesState: true);

    private async Task PassAsync<T>(string operation, IGrainState<T> grainState, Func<GrainState<T>, Task> inside, bool takesState)
    {
        var call = new GrainState<T>(grainState.State, grainState.ETag) { RecordExists = grainState.RecordExists };
        await gate.PassAsync(operation, () => inside(call));
        grainState.ETag = call.ETag;
        grainState.RecordExists = call.RecordExists;
        if (takesState)
        {
            grainState.State = call.State;
        }
    }
}
