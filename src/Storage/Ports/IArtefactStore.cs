namespace Coordinator.Storage;

/// <summary>Large immutable values named by their hash: nonces, partials, signatures, contracts.</summary>
public interface IArtefactStore
{
    /// <summary>Stores a value durably for an owner. Safe to repeat; owners share a value without knowing it.</summary>
    /// <param name="owner">Who needs it, such as a competition id.</param>
    /// <param name="hash">SHA-256 of <paramref name="data"/>, 32 bytes.</param>
    /// <param name="data">Not changed by the caller any more.</param>
    /// <exception cref="ArgumentException">The hash is not the data's.</exception>
    Task PutAsync(string owner, byte[] hash, byte[] data);

    /// <summary>The value, checked against its hash, or null when nobody stored it.</summary>
    /// <exception cref="StorageException"><see cref="StorageFault.Corrupt"/> when what is stored has another hash.</exception>
    Task<byte[]?> GetAsync(byte[] hash);

    /// <summary>Gives up everything of an owner; a value without owners is removed. Safe to repeat.</summary>
    /// <returns>How many values were removed.</returns>
    Task<int> DeleteAsync(string owner);
}
