using System.Security.Cryptography;

namespace Coordinator.Storage.Sqlite;

/// <summary>Artefacts as rows of their own, so that a state document stays small and holds hashes only.</summary>
/// <param name="database">With the tables of <see cref="Schemas.Competitions"/>. Not owned.</param>
public sealed class SqliteArtefacts(SqliteDatabase database) : IArtefactStore
{
    /// <inheritdoc/>
    public async Task PutAsync(string owner, byte[] hash, byte[] data)
    {
        ArtefactRules.Require(owner, hash, data);
        await database.WriteAsync(statements =>
        {
            statements.Execute("INSERT INTO artefact(hash, data) VALUES ($1, $2) ON CONFLICT DO NOTHING", hash, data);
            return statements.Execute("INSERT INTO artefact_owner(owner, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING", owner, hash);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(byte[] hash)
    {
        var data = await database.ReadAsync(statements => statements.QueryFirst(
            "SELECT data FROM artefact WHERE hash = $1", row => row.GetFieldValue<byte[]>(0), hash)).ConfigureAwait(false);
        return data is null || SHA256.HashData(data).AsSpan().SequenceEqual(hash)
            ? data
            : throw new StorageException(StorageFault.Corrupt,
                $"the artefact {Convert.ToHexStringLower(hash)} in {database.Path} is damaged: stop, keep the file, and restore a backup");
    }

    /// <inheritdoc/>
    public Task<int> DeleteAsync(string owner) => database.WriteAsync(statements =>
    {
        var hashes = statements.Query("DELETE FROM artefact_owner WHERE owner = $1 RETURNING hash", row => row.GetFieldValue<byte[]>(0), owner);
        return hashes.Sum(hash => statements.Execute(
            "DELETE FROM artefact WHERE hash = $1 AND NOT EXISTS (SELECT 1 FROM artefact_owner WHERE hash = $1)", hash));
    });
}
