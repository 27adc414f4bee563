using System.Globalization;
using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>Brings the schema up to date, over the connection that holds the lease: whoever loses it loses the step that was under way.</summary>
internal static class PostgresMigration
{
    /// <exception cref="StorageException">The schema is of a newer program or is not the coordinator's, or the user lacks rights.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string place, CancellationToken cancellation)
    {
        await StepAsync(connection, () => PrepareAsync(connection, place, cancellation), cancellation).ConfigureAwait(false);
        for (var version = await VersionAsync(connection, place, cancellation).ConfigureAwait(false); version < PostgresSteps.All.Length; version++)
        {
            var sql = string.Create(CultureInfo.InvariantCulture, $"{PostgresSteps.All[version]}; UPDATE coordinator.schema_version SET version = {version + 1}");
            await StepAsync(connection, () => ExecuteAsync(connection, sql, cancellation), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until no write is under way, and lets none begin before the transaction ends.</summary>
    internal static Task ExclusivelyAsync(NpgsqlConnection connection, CancellationToken cancellation)
        => ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({PostgresLocks.Fence})"), cancellation);

    private static async Task StepAsync(NpgsqlConnection connection, Func<Task> step, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await ExclusivelyAsync(connection, cancellation).ConfigureAwait(false);
        await step().ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task PrepareAsync(NpgsqlConnection connection, string place, CancellationToken cancellation)
    {
        if (!await AskAsync(connection, $"SELECT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = '{PostgresSteps.SchemaName}')", cancellation).ConfigureAwait(false))
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA {PostgresSteps.SchemaName}", cancellation).ConfigureAwait(false);
        }
        if (await AskAsync(connection, $"SELECT to_regclass('{PostgresSteps.SchemaName}.schema_version') IS NOT NULL", cancellation).ConfigureAwait(false))
        {
            return;
        }
        if (await AskAsync(connection, $"SELECT EXISTS(SELECT 1 FROM pg_class WHERE relnamespace = '{PostgresSteps.SchemaName}'::regnamespace)", cancellation).ConfigureAwait(false))
        {
            throw new StorageException(StorageFault.Other, $"{place} has a schema {PostgresSteps.SchemaName} that is not the coordinator's");
        }
        await ExecuteAsync(connection, """
            CREATE TABLE coordinator.schema_version(one boolean PRIMARY KEY CHECK (one), version int NOT NULL);
            INSERT INTO coordinator.schema_version(one, version) VALUES (true, 0)
            """, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> VersionAsync(NpgsqlConnection connection, string place, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM coordinator.schema_version", connection);
        var version = (int?)await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false)
            ?? throw new StorageException(StorageFault.Corrupt, $"{place} does not say which version its schema has: restore a backup");
        return version <= PostgresSteps.All.Length ? version : throw new StorageException(
            StorageFault.Other,
            $"{place} has schema {version} and this program knows only {PostgresSteps.All.Length}: run the newer program, or restore a backup from before it");
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
