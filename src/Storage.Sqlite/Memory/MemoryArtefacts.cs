using System.Collections.Immutable;

namespace Coordinator.Storage.Sqlite;

/// <summary>The in-memory twin of <see cref="SqliteArtefacts"/>.</summary>
public sealed class MemoryArtefacts(MemoryDisk disk, IStorageGate gate) : IArtefactStore
{
    /// <inheritdoc/>
    public async Task PutAsync(string owner, byte[] hash, byte[] data)
    {
        ArtefactRules.Require(owner, hash, data);
        var name = Convert.ToHexStringLower(hash);
        var copy = ImmutableArray.Create(data);
        await gate.EnterAsync("artefact.put");
        disk.Write(content =>
        {
            var row = content.Artefacts.GetValueOrDefault(name)
                ?? new MemoryDisk.ArtefactRow(copy, ImmutableSortedSet.Create<string>(StringComparer.Ordinal));
            return (content with { Artefacts = content.Artefacts.SetItem(name, row with { Owners = row.Owners.Add(owner) }) }, true);
        });
        await gate.LeaveAsync("artefact.put");
    }

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(byte[] hash)
    {
        await gate.EnterAsync("artefact.get");
        var row = disk.Read(content => content.Artefacts.GetValueOrDefault(Convert.ToHexStringLower(hash)));
        await gate.LeaveAsync("artefact.get");
        return row?.Data.ToArray();
    }

    /// <inheritdoc/>
    public async Task<int> DeleteAsync(string owner)
    {
        await gate.EnterAsync("artefact.delete");
        var removed = disk.Write(content => Delete(content, owner));
        await gate.LeaveAsync("artefact.delete");
        return removed;
    }

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
