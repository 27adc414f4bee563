using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>Large immutable values named by their hash (D26): written first, idempotently; documents hold only the hash.</summary>
public interface IArtefacts
{
    /// <summary>Stores a value durably for an owner. Safe to repeat.</summary>
    /// <param name="owner">The competition.</param>
    /// <param name="data">Not changed by the caller any more.</param>
    /// <returns>SHA-256 of the data.</returns>
    Task<Hash32> PutAsync(Guid owner, byte[] data);

    /// <summary>The value, checked against its hash.</summary>
    /// <exception cref="InvalidOperationException">Nobody stored it: storage lost something a document relies on.</exception>
    Task<byte[]> GetAsync(Hash32 hash);
}
