using System.Security.Cryptography;

namespace Coordinator.Storage.Postgres;

/// <summary>Artefacts as rows of their own, so that a state document stays small and holds hashes only.</summary>
internal sealed class PostgresArtefacts(PostgresDatabase database) : IArtefactStore
{
    // The value itself is never updated: of two writers of one hash the second finds it there.
    private const string Delete = """
        WITH gone AS (DELETE FROM coordinator.artefact_owner WHERE owner = $1 RETURNING hash)
        DELETE FROM coordinator.artefact AS held USING gone WHERE held.hash = gone.hash
            AND NOT EXISTS (SELECT 1 FROM coordinator.artefact_owner AS other WHERE other.hash = held.hash AND other.owner <> $1)
        """;

    /// <inheritdoc/>
    public Task PutAsync(string owner, byte[] hash, byte[] data)
    {
        ArtefactRules.Require(owner, hash, data);
        return database.ExecuteAsync(
            PostgresLocks.Shared(PostgresLocks.Artefacts),
            new PostgresStatement("INSERT INTO coordinator.artefact(hash, data) VALUES ($1, $2) ON CONFLICT DO NOTHING", hash, data),
            new PostgresStatement("INSERT INTO coordinator.artefact_owner(owner, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING", owner, hash));
    }

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(byte[] hash)
    {
        var rows = await database.ReadAsync("SELECT data FROM coordinator.artefact WHERE hash = $1", row => row.GetFieldValue<byte[]>(0), hash).ConfigureAwait(false);
        return rows.Count == 0 ? null
            : SHA256.HashData(rows[0]).AsSpan().SequenceEqual(hash) ? rows[0]
            : throw new StorageException(StorageFault.Corrupt,
                $"the artefact {Convert.ToHexStringLower(hash)} in {database.Name} is damaged: stop, keep the database, and restore a backup");
    }

    /// <inheritdoc/>
    public Task<int> DeleteAsync(string owner) => database.ExecuteAsync(
        PostgresLocks.Exclusive(PostgresLocks.Artefacts), new PostgresStatement(Delete, owner));
}
