namespace Coordinator.Storage.Postgres;

/// <summary>The generation mark of a database (D43): a row that is believed only where it was written, so that a database that was put back is told from
/// one that went on.</summary>
/// <remarks>A dump that was loaded gives the row another transaction, a point-in-time restore or a failover another timeline, a new cluster another
/// identifier. A snapshot of the whole disk keeps all three: where the file beside the data folder is ahead of the row, it counts. A file that is
/// behind says nothing, since another process may have been active meanwhile.</remarks>
public sealed class PostgresLineage
{
    // What xmin shows is the lower half of the number of the transaction that wrote the row; it stays readable when the row is frozen.
    private const string Find = """
        SELECT generation, system_identifier, timeline, xmin::text::bigint = (xid & 4294967295) FROM coordinator.lineage
        """;

    private const string Store = """
        INSERT INTO coordinator.lineage(one, generation, system_identifier, timeline, xid) VALUES (true, $1, $2, $3, pg_current_xact_id()::text::bigint)
        ON CONFLICT (one) DO UPDATE SET generation = excluded.generation, system_identifier = excluded.system_identifier, timeline = excluded.timeline, xid = excluded.xid
        """;

    private readonly PostgresDatabase _database;
    private readonly GenerationMark? _file;

    internal PostgresLineage(PostgresDatabase database, GenerationMark? file) => (_database, _file) = (database, file);

    /// <summary>The mark, zero or more, or null where there is none that can be believed.</summary>
    /// <exception cref="StorageException">The row or the file cannot be read.</exception>
    public async Task<long?> ReadAsync()
    {
        var file = _file?.Read();
        var rows = await _database.ReadAsync(Find, row => (
            Generation: row.GetInt64(0), Server: new PostgresServer(row.GetString(1), row.GetString(2)), IsOriginal: row.GetBoolean(3))).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return file > 0 ? file : null;
        }
        var (generation, server, isOriginal) = rows[0];
        return server != _database.Server || !isOriginal ? null : Math.Max(generation, file ?? 0);
    }

    /// <summary>Stores the mark durably, the row first. The caller has stored the data of this generation before. Safe to repeat.</summary>
    /// <param name="generation">Zero or more.</param>
    /// <exception cref="StorageException">The row or the file cannot be written.</exception>
    public async Task WriteAsync(long generation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        await _database.ExecuteAsync(new PostgresStatement(Store, generation, _database.Server.SystemIdentifier, _database.Server.Timeline)).ConfigureAwait(false);
        _file?.Write(generation);
    }
}
