using System.Globalization;
using Coordinator.Testing;
using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite.Tests;

/// <summary>A small database for tests of the database itself: notes, and one table whose broken references surface only at COMMIT.</summary>
internal static class Notes
{
    public static Schema Schema { get; } = new("notes", ["""
        CREATE TABLE note(id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT;
        CREATE TABLE link(id INTEGER NOT NULL REFERENCES note(id) DEFERRABLE INITIALLY DEFERRED) STRICT;
        """]);

    public static SqliteDatabase Open(TemporaryFolder folder, SqliteDatabaseOptions? options = null)
        => SqliteDatabase.Open(folder.File("notes.db"), Schema, options);

    public static Task<int> AddAsync(this SqliteDatabase database, int id, string text = "x")
        => database.ExecuteAsync("INSERT INTO note(id, text) VALUES ($1, $2)", id, text);

    public static Task<IReadOnlyList<int>> IdsAsync(this SqliteDatabase database)
        => database.ReadAsync(statements => statements.Query("SELECT id FROM note ORDER BY id", row => row.GetInt32(0)));

    /// <summary>Counts committed notes through a connection that has nothing to do with the database object.</summary>
    public static int CommittedNotes(string path)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM note";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    public static void Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Occupies the writer until the returned event is set, so that what is queued meanwhile becomes one batch.</summary>
    public static (ManualResetEventSlim Gate, Task Held) HoldWriter(this SqliteDatabase database)
    {
        var gate = new ManualResetEventSlim();
        var inside = new ManualResetEventSlim();
        var held = database.WriteAsync(_ =>
        {
            inside.Set();
            return gate.Wait(TimeSpan.FromSeconds(30));
        });
        Assert.True(inside.Wait(TimeSpan.FromSeconds(30)), "the writer did not take the command");
        return (gate, held);
    }
}
