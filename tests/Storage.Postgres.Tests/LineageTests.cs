using Coordinator.Testing;

namespace Coordinator.Storage.Postgres.Tests;

public sealed class LineageTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    [Fact]
    public async Task The_mark_of_a_database_that_went_on_is_the_one_that_was_written_last()
    {
        await using (var stores = await OpenAsync())
        {
            Assert.Null(await stores.Lineage.ReadAsync());
            await stores.Lineage.WriteAsync(0);
            Assert.Equal(0, await stores.Lineage.ReadAsync());
            await stores.Lineage.WriteAsync(5);
            await stores.Lineage.WriteAsync(5);
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => stores.Lineage.WriteAsync(-1));
        }
        Assert.Equal(5, await ReadAsync(Connection));
        await SqlAsync("VACUUM FREEZE coordinator.lineage");
        Assert.Equal(5, await ReadAsync(Connection));
        await SqlAsync("VACUUM FULL coordinator.lineage");
        Assert.Equal(5, await ReadAsync(Connection));
    }

    [Fact]
    public async Task A_dump_that_was_loaded_has_no_mark_until_one_is_written()
    {
        await WriteAsync(Connection, 5);
        using var folder = new TemporaryFolder();
        await Server.RunAsync("pg_dump", "-d", Database, "-f", folder.File("dump.sql"));
        var loaded = await Server.CreateDatabaseAsync();
        await Server.RunAsync("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", NameOf(loaded), "-f", folder.File("dump.sql"));
        Assert.Null(await ReadAsync(loaded));
        await WriteAsync(loaded, 6);
        Assert.Equal(6, await ReadAsync(loaded));
        Assert.Equal(5, await ReadAsync(Connection));
    }

    [Fact]
    public async Task The_same_server_after_a_power_cut_is_no_restore_and_a_promoted_copy_of_it_is_one()
    {
        await using var server = await PostgresProcess.StartAsync("wal_level=replica", "max_wal_senders=4");
        var connection = await server.CreateDatabaseAsync();
        await WriteAsync(connection, 5);
        await server.KillNowAsync();
        await server.RestartAsync();
        Assert.Equal(5, await ReadAsync(connection));
        using var folder = new TemporaryFolder();
        await server.RunAsync("pg_basebackup", "-D", folder.File("copy"), "-X", "stream", "-c", "fast", "-R");
        await using var copy = await PostgresProcess.StartFromAsync(target =>
        {
            Directory.Move(folder.File("copy"), target);
            return Task.CompletedTask;
        });
        Assert.Contains("is a standby server", (await RefusalAsync(copy.ConnectionString(NameOf(connection)))).Message, StringComparison.Ordinal);
        await copy.QueryAsync("SELECT pg_promote()", PostgresProcess.User);
        Assert.Null(await ReadAsync(copy.ConnectionString(NameOf(connection))));
        await WriteAsync(copy.ConnectionString(NameOf(connection)), 6);
        Assert.Equal(6, await ReadAsync(copy.ConnectionString(NameOf(connection))));

        await ConnectionsToAnotherLineageAreRefusedAsync(connection, copy.ConnectionString(NameOf(connection)));
    }

    [Theory]
    [InlineData(9, 9)]
    [InlineData(3, 5)]
    [InlineData(null, 5)]
    public async Task A_file_that_is_ahead_of_the_row_counts_and_one_that_is_behind_or_absent_does_not(int? inFile, int expected)
    {
        using var folder = new TemporaryFolder();
        var file = new GenerationMark(folder.File("mark"));
        await using var stores = await OpenAsync(Connection, file: file);
        await stores.Lineage.WriteAsync(5);
        Assert.Equal(5, file.Read());
        File.Delete(folder.File("mark"));
        if (inFile is { } value)
        {
            file.Write(value);
        }
        Assert.Equal(expected, await stores.Lineage.ReadAsync());
    }

    [Fact]
    public async Task A_new_database_beside_a_file_of_an_older_one_is_told()
    {
        using var folder = new TemporaryFolder();
        var file = new GenerationMark(folder.File("mark"));
        file.Write(0);
        await using var stores = await OpenAsync(Connection, file: file);
        Assert.Null(await stores.Lineage.ReadAsync());
        file.Write(7);
        Assert.Equal(7, await stores.Lineage.ReadAsync());
    }

    /// <summary>The lease of one server, and a pool that reaches another one.</summary>
    private static async Task ConnectionsToAnotherLineageAreRefusedAsync(string connection, string other)
    {
        var options = new PostgresStorageOptions { ConnectionString = connection, LeasePoll = Never };
        var lease = await PostgresLease.TakeAsync(new PostgresPlace(options), options, TimeProvider.System, CancellationToken.None);
        await using var database = new PostgresDatabase(new PostgresPlace(new PostgresStorageOptions { ConnectionString = other }), lease);
        var refusal = await Assert.ThrowsAsync<StorageException>(() => database.ReadAsync("SELECT 1", row => row.GetInt32(0)));
        Assert.Equal(StorageFault.Fenced, refusal.Fault);
        Assert.Contains("is not the one it was", (await database.Lost.WaitAsync(Patience)).Message, StringComparison.Ordinal);
    }

    private static async Task<long?> ReadAsync(string connection)
    {
        await using var stores = await OpenAsync(connection).WaitAsync(Patience);
        return await stores.Lineage.ReadAsync();
    }

    private static async Task WriteAsync(string connection, long generation)
    {
        await using var stores = await OpenAsync(connection).WaitAsync(Patience);
        await stores.Lineage.WriteAsync(generation);
    }
}
