using Coordinator.Testing;

namespace Coordinator.Storage.Sqlite.Tests;

public sealed class MigrationTests : IDisposable
{
    private static readonly Schema First = new("notes", ["CREATE TABLE note(id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT"]);

    private static readonly Schema Second = First with
    {
        Steps = First.Steps.Add("ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'white'; CREATE TABLE tag(id INTEGER)"),
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_newer_program_brings_an_older_file_forward_and_keeps_its_rows()
    {
        await using (var old = Open(First))
        {
            await old.AddAsync(1);
        }
        await using var database = Open(Second);
        var rows = await database.ReadAsync(statements => statements.Query("SELECT colour FROM note", row => row.GetString(0)));
        Assert.Equal(["white"], rows);
    }

    [Fact]
    public async Task Opening_again_changes_nothing()
    {
        for (var i = 0; i < 3; i++)
        {
            await using var database = Open(Second);
            await database.AddAsync(i);
        }
        Assert.Equal(3, Notes.CommittedNotes(_folder.File("notes.db")));
    }

    [Fact]
    public async Task An_older_program_refuses_a_newer_file()
    {
        await Open(Second).DisposeAsync();
        var error = Assert.Throws<StorageException>(() => Open(First));
        Assert.Contains("has schema 2 and this program knows only 1: run the newer program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_file_at_the_step_before()
    {
        var broken = Second with { Steps = Second.Steps.Add("CREATE TABLE half(id INTEGER); INSERT INTO nowhere VALUES (1)") };
        Assert.Throws<StorageException>(() => Open(broken));
        await using var database = Open(Second); // version 2, without a trace of step 3
        var tables = await database.ReadAsync(statements => statements.Query("SELECT name FROM sqlite_schema", row => row.GetString(0)));
        Assert.Contains("tag", tables);
        Assert.DoesNotContain("half", tables);
    }

    [Fact]
    public async Task A_file_that_holds_something_else_is_refused()
    {
        await Open(First with { Name = "letters" }).DisposeAsync();
        Assert.Contains("is the database 'letters', not 'notes'", Assert.Throws<StorageException>(() => Open(First)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        using (var other = Notes.Connect(_folder.File("notes.db")))
        {
            other.Run("CREATE TABLE theirs(id INTEGER)");
        }
        Assert.Contains("not a database of the coordinator", Assert.Throws<StorageException>(() => Open(First)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_steps_of_the_three_databases_never_change()
    {
        foreach (var schema in new[] { Schemas.Competitions, Schemas.Users, Schemas.Bitcoin })
        {
            await using var database = SqliteDatabase.Open(_folder.File(schema.Name + ".db"), schema);
            var tables = await database.ReadAsync(statements => statements.Query(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", row => row.GetString(0)));
            Assert.Equal(
                schema.Name switch
                {
                    "competitions" => ["artefact", "artefact_owner", "cursor", "directory", "grain_state", "reminder", "schema_version"],
                    "users" => ["cursor", "directory", "grain_state", "schema_version"],
                    _ => new[] { "cursor", "grain_state", "reservation", "schema_version" },
                },
                tables);
        }
    }

    private SqliteDatabase Open(Schema schema) => SqliteDatabase.Open(_folder.File("notes.db"), schema);
}
