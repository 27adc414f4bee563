using System.Security.Cryptography;

namespace Coordinator.Storage;

/// <summary>What every artefact store demands of its callers.</summary>
internal static class ArtefactRules
{
    public static void Require(string owner, byte[] hash, byte[] data)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentNullException.ThrowIfNull(data);
        if (!SHA256.HashData(data).AsSpan().SequenceEqual(hash))
        {
            throw new ArgumentException("the hash is not the SHA-256 of the data", nameof(hash));
        }
    }
}
