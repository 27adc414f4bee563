using Coordinator.Storage;

namespace Coordinator.Simulation;

/// <summary>Notes every large value that is stored.</summary>
internal sealed class WatchedArtefacts(IArtefactStore inner, Evidence evidence) : IArtefactStore
{
    public async Task PutAsync(string owner, byte[] hash, byte[] data)
    {
        await inner.PutAsync(owner, hash, data);
        evidence.NoteArtefact(data);
    }

    public Task<byte[]?> GetAsync(byte[] hash) => inner.GetAsync(hash);

    public Task<int> DeleteAsync(string owner) => inner.DeleteAsync(owner);
}
