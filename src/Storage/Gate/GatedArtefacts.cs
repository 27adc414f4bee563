namespace Coordinator.Storage;

/// <summary>Artefacts behind a gate. Operations: <c>artefact.put</c>, <c>artefact.get</c>, <c>artefact.delete</c>.</summary>
internal sealed class GatedArtefacts(IArtefactStore inner, IStorageGate gate) : IArtefactStore
{
    public Task PutAsync(string owner, byte[] hash, byte[] data) => gate.PassAsync("artefact.put", () => inner.PutAsync(owner, hash, data));

    public Task<byte[]?> GetAsync(byte[] hash) => gate.PassAsync("artefact.get", () => inner.GetAsync(hash));

    public Task<int> DeleteAsync(string owner) => gate.PassAsync("artefact.delete", () => inner.DeleteAsync(owner));
}
