using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>Reminders as rows, read by their place on the ring.</summary>
internal sealed class PostgresReminderTable(PostgresDatabase database) : IReminderTable
{
    private const string Columns = "SELECT type, key, name, start_at, period, etag FROM coordinator.reminder";

    private const string Store = """
        INSERT INTO coordinator.reminder AS held (type, key, name, hash, start_at, period, etag) VALUES ($1, $2, $3, $4, $5, $6, 1)
        ON CONFLICT (type, key, name) DO UPDATE SET start_at = excluded.start_at, period = excluded.period, etag = held.etag + 1
        RETURNING etag
        """;

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadAsync(
        Columns + " WHERE type = $1 AND key = $2 ORDER BY name", grainId.Type.ToString(), grainId.Key.ToString());

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => begin < end
        ? ReadAsync(Columns + " WHERE hash > $1 AND hash <= $2 ORDER BY type, key, name", (long)begin, (long)end)
        : ReadAsync(Columns + " WHERE hash > $1 OR hash <= $2 ORDER BY type, key, name", (long)begin, (long)end);

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => (await database.ReadAsync(
        Columns + " WHERE type = $1 AND key = $2 AND name = $3", Map,
        grainId.Type.ToString(), grainId.Key.ToString(), reminderName).ConfigureAwait(false)).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var etags = await database.ReturningAsync(row => row.GetInt64(0), new PostgresStatement(Store,
            entry.GrainId.Type.ToString(), entry.GrainId.Key.ToString(), entry.ReminderName, (long)entry.GrainId.GetUniformHashCode(),
            StoredReminder.UtcTicks(entry.StartAt), entry.Period.Ticks)).ConfigureAwait(false);
        return StoredDocument.Text(etags[0]);
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => await database.ExecuteAsync(new PostgresStatement(
        "DELETE FROM coordinator.reminder WHERE type = $1 AND key = $2 AND name = $3 AND etag = $4",
        grainId.Type.ToString(), grainId.Key.ToString(), reminderName, StoredDocument.Expected(eTag))).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public Task TestOnlyClearTable() => database.ExecuteAsync(new PostgresStatement("DELETE FROM coordinator.reminder"));

    private async Task<ReminderTableData> ReadAsync(string sql, params object?[] values)
        => new(await database.ReadAsync(sql, Map, values).ConfigureAwait(false));

    private static ReminderEntry Map(NpgsqlDataReader row) => StoredReminder.Entry(
        GrainId.Create(row.GetString(0), row.GetString(1)), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
}
