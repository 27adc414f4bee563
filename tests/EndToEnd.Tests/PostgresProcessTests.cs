using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>The server that tests of PostgreSQL rest on.</summary>
public sealed class PostgresProcessTests
{
    [Fact]
    public async Task What_was_committed_is_there_after_the_server_was_killed_and_started_again()
    {
        await using var server = await PostgresProcess.StartAsync();
        var database = (await server.CreateDatabaseAsync()).Split("Database=")[1];
        await server.QueryAsync("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)", database);
        var port = server.Port;

        await server.KillNowAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.QueryAsync("SELECT 1", database));
        await server.RestartAsync();

        Assert.Equal((port, "7"), (server.Port, await server.QueryAsync("SELECT n FROM kept", database)));
        Assert.Contains("was interrupted", server.Log, StringComparison.Ordinal);
        Assert.Equal("on", await server.QueryAsync("SHOW fsync", database));
    }

    [Fact]
    public async Task Every_database_is_a_new_one_and_its_order_of_text_is_not_the_ordinal_one()
    {
        await using var server = await PostgresProcess.StartAsync();

        var (first, second) = (await server.CreateDatabaseAsync(), await server.CreateDatabaseAsync());

        Assert.NotEqual(first, second);
        Assert.Equal("t", await server.QueryAsync("SELECT 'a' < 'B'", second.Split("Database=")[1]));
        Assert.Equal("f", await server.QueryAsync("SELECT 'a' < 'B' COLLATE \"C\"", second.Split("Database=")[1]));
    }

    [Fact]
    public async Task A_server_stops_in_order_and_leaves_no_folder()
    {
        var server = await PostgresProcess.StartAsync("work_mem=5MB");
        var folder = server.DataFolder;
        Assert.Equal("5MB", await server.QueryAsync("SHOW work_mem", PostgresProcess.User));

        await server.StopAsync();
        Assert.Contains("database system is shut down", server.Log, StringComparison.Ordinal);
        await server.DisposeAsync();

        Assert.False(Directory.Exists(Path.GetDirectoryName(folder)));
    }
}
