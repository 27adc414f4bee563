using System.Text.Json;
using Orleans.Storage;

namespace Orleans.Embedded;

/// <summary>Documents in memory, serialized, so that a grain never shares an object with its store.</summary>
internal sealed class MemoryGrainStorage : IGrainStorage
{
    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true };
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, GrainId Grain), (byte[] Bytes, long Version)> _documents = [];
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            if (_documents.TryGetValue((stateName, grainId), out var document))
            {
                grainState.State = JsonSerializer.Deserialize<T>(document.Bytes, Options)!;
                (grainState.ETag, grainState.RecordExists) = (Text(document.Version), true);
            }
            else
            {
                grainState.State = FreshState.Of<T>();
                (grainState.ETag, grainState.RecordExists) = (null, false);
            }
        }
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(grainState.State, Options);
        lock (_gate)
        {
            Check(stateName, grainId, grainState);
            _documents[(stateName, grainId)] = (bytes, ++_version);
            (grainState.ETag, grainState.RecordExists) = (Text(_version), true);
        }
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            Check(stateName, grainId, grainState);
            _documents.Remove((stateName, grainId));
            (grainState.ETag, grainState.RecordExists) = (null, false);
        }
        return Task.CompletedTask;
    }

    private void Check<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = _documents.TryGetValue((stateName, grainId), out var document) ? Text(document.Version) : null;
        if (!string.Equals(stored, grainState.ETag, StringComparison.Ordinal))
        {
            throw new InconsistentStateException($"Version conflict on {stateName} of {grainId}.", stored, grainState.ETag);
        }
    }

    private static string Text(long version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
