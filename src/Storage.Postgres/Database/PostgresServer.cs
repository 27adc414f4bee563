using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>Which server answers and how far it can be trusted: looked at once for every connection.</summary>
/// <param name="SystemIdentifier">Of the cluster, made at its initialisation; copies of its files keep it.</param>
/// <param name="Timeline">Eight hexadecimal digits: another after every promotion and every point-in-time restore.</param>
internal sealed record PostgresServer(string SystemIdentifier, string Timeline)
{
    private const int OldestVersion = 130_000;

    private const string State = """
        SELECT pg_is_in_recovery(), current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('synchronous_commit'),
            current_setting('fsync'), current_setting('full_page_writes'), current_setting('default_transaction_isolation')
        """;

    // Not asked of a server in recovery, which has no log position of its own.
    private const string Identity = """
        SELECT system_identifier::text, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()
        """;

    /// <summary>Refuses a server that cannot promise that an answered write survives a power cut.</summary>
    /// <exception cref="StorageException">With what is to be changed.</exception>
    public static async Task<PostgresServer> LookAsync(NpgsqlConnection connection, string place, CancellationToken cancellation)
    {
        await using (var command = new NpgsqlCommand(State, connection))
        {
            await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await row.ReadAsync(cancellation).ConfigureAwait(false);
            if (Complaint(row) is { } complaint)
            {
                throw new StorageException(StorageFault.Other, $"{place} {complaint}");
            }
        }

        await using (var command = new NpgsqlCommand(Identity, connection))
        {
            await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await row.ReadAsync(cancellation).ConfigureAwait(false);
            return new PostgresServer(row.GetString(0), row.GetString(1));
        }
    }

    private static string? Complaint(NpgsqlDataReader row)
        => row.GetBoolean(0) ? "is a standby server: connect to the primary"
            : row.GetInt32(1) < OldestVersion ? "is of a server older than PostgreSQL 13"
            : row.GetString(2) != "UTF8" ? $"has the encoding {row.GetString(2)}: create it with UTF8"
            : row.GetString(3) == "off" ? "has synchronous_commit off: an answered write could be lost in a power cut, turn it on"
            : row.GetString(4) != "on" ? "is of a server with fsync off: an answered write could be lost in a power cut, turn it on"
            : row.GetString(5) != "on" ? "is of a server with full_page_writes off: a power cut could damage it, turn it on"
            : row.GetString(6) != "read committed" ? "does not let the coordinator choose the isolation level read committed"
            : null;
}
