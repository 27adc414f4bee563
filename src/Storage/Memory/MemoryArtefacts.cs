using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>The in-memory twin of stored artefacts.</summary>
public sealed class MemoryArtefacts(MemoryDisk disk) : IArtefactStore
{
    /// <inheritdoc/>
    public async Task PutAsync(string owner, byte[] hash, byte[] data)
    {
        ArtefactRules.Require(owner, hash, data);
        var name = Convert.ToHexStringLower(hash);
        var copy = ImmutableArray.Create(data);
        await disk.WriteAsync(content =>
        {
            var row = content.Artefacts.GetValueOrDefault(name)
                ?? new MemoryDisk.ArtefactRow(copy, ImmutableSortedSet.Create<string>(StringComparer.Ordinal));
            return (content with { Artefacts = content.Artefacts.SetItem(name, row with { Owners = row.Owners.Add(owner) }) }, true);
        });
    }

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(byte[] hash)
    {
        var row = await disk.ReadAsync(content => content.Artefacts.GetValueOrDefault(Convert.ToHexStringLower(hash)));
        return row?.Data.ToArray();
    }

    /// <inheritdoc/>
    public Task<int> DeleteAsync(string owner) => disk.WriteAsync(content => Delete(content, owner));

    private static (MemoryDisk.Content Next, int Removed) Delete(MemoryDisk.Content content, string owner)
    {
        var next = content.Artefacts;
        foreach (var (hash, row) in content.Artefacts)
        {
            var owners = row.Owners.Remove(owner);
            if (owners.Count < row.Owners.Count)
            {
                next = owners.IsEmpty ? next.Remove(hash) : next.SetItem(hash, row with { Owners = owners });
            }
        }
        return (content with { Artefacts = next }, content.Artefacts.Count - next.Count);
    }
}
