using Coordinator.Testing;

namespace Coordinator.Storage.Sqlite.Tests;

public sealed class GroupCommitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commands_that_wait_together_share_one_transaction()
    {
        await using var database = Notes.Open(_folder);
        var (gate, held) = database.HoldWriter();
        var waiting = Enumerable.Range(0, 100).Select(id => database.AddAsync(id)).ToList();
        var seen = database.WriteAsync(statements => (
            Mine: statements.Query("SELECT id FROM note", row => row.GetInt32(0)).Count,
            Others: Notes.CommittedNotes(database.Path)));
        gate.Set();
        await held;
        Assert.Equal((100, 0), await seen);
        Assert.All(await Task.WhenAll(waiting), changed => Assert.Equal(1, changed));
        Assert.Equal(100, (await database.IdsAsync()).Count);
    }

    [Fact]
    public async Task No_batch_is_larger_than_256_commands()
    {
        await using var database = Notes.Open(_folder);
        var (gate, held) = database.HoldWriter();
        var waiting = Enumerable.Range(0, 256).Select(id => database.AddAsync(id)).ToList();
        var committedBefore = database.WriteAsync(_ => Notes.CommittedNotes(database.Path));
        gate.Set();
        await held;
        Assert.Equal(256, await committedBefore);
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_constraint_fails_its_own_command_and_no_other()
    {
        await using var database = Notes.Open(_folder);
        await database.AddAsync(7);
        var (gate, held) = database.HoldWriter();
        var before = database.AddAsync(1);
        var clash = database.AddAsync(7);
        var after = database.AddAsync(2);
        gate.Set();
        await held;
        await before;
        await after;
        Assert.Equal(StorageFault.Other, (await Assert.ThrowsAsync<StorageException>(() => clash)).Fault);
        Assert.Equal([1, 2, 7], await database.IdsAsync());
    }

    [Fact]
    public async Task A_command_of_several_statements_that_throws_is_undone_alone()
    {
        await using var database = Notes.Open(_folder);
        var (gate, held) = database.HoldWriter();
        var before = database.AddAsync(1);
        var broken = database.WriteAsync<int>(statements =>
        {
            statements.Execute("INSERT INTO note(id, text) VALUES (2, 'half')");
            throw new InvalidOperationException("changed its mind");
        });
        var after = database.AddAsync(3);
        gate.Set();
        await held;
        await Task.WhenAll(before, after);
        Assert.Equal("changed its mind", (await Assert.ThrowsAsync<InvalidOperationException>(() => broken)).Message);
        Assert.Equal([1, 3], await database.IdsAsync());
    }

    [Fact]
    public async Task A_failed_commit_fails_every_caller_of_its_batch_and_the_writer_goes_on()
    {
        await using var database = Notes.Open(_folder);
        var (gate, held) = database.HoldWriter();
        var good = Enumerable.Range(0, 10).Select(id => database.AddAsync(id)).ToList();
        var dangling = database.ExecuteAsync("INSERT INTO link(id) VALUES (99)"); // accepted now, refused by COMMIT
        var refused = database.WriteAsync<int>(_ => throw new InvalidOperationException());
        gate.Set();
        await Assert.ThrowsAsync<StorageException>(() => dangling);
        await Assert.ThrowsAsync<StorageException>(() => refused);
        foreach (var command in good)
        {
            await Assert.ThrowsAsync<StorageException>(() => command);
        }
        await held; // its own batch was committed before
        Assert.Empty(await database.IdsAsync());
        await database.AddAsync(5);
        Assert.Equal([5], await database.IdsAsync());
    }

    [Fact]
    public async Task A_command_that_ends_the_transaction_fails_its_batch_and_nothing_is_written_outside_of_one()
    {
        await using var database = Notes.Open(_folder);
        var (gate, held) = database.HoldWriter();
        var before = database.AddAsync(1);
        var rogue = database.WriteAsync(statements => statements.Execute("ROLLBACK"));
        var after = database.AddAsync(2);
        gate.Set();
        await held;
        foreach (var command in new[] { before, rogue, after })
        {
            await Assert.ThrowsAsync<StorageException>(() => command);
        }
        Assert.Empty(await database.IdsAsync());
        await database.AddAsync(3);
        Assert.Equal([3], await database.IdsAsync());
    }

    [Fact]
    public async Task The_code_of_a_caller_never_runs_on_the_writer_thread()
    {
        await using var database = Notes.Open(_folder);
        string? writer = null;
        await database.WriteAsync(_ => writer = Thread.CurrentThread.Name).ConfigureAwait(false);
        Assert.StartsWith("write notes.db", writer, StringComparison.Ordinal);
        Assert.NotEqual(writer, Thread.CurrentThread.Name);
    }

    [Fact]
    public async Task The_writer_has_the_pragmas_that_durability_needs()
    {
        await using var database = Notes.Open(_folder);
        string Pragma(Statements statements, string name) => statements.QueryFirst($"PRAGMA {name}", row => row.GetString(0)) ?? "";
        var pragmas = await database.WriteAsync(statements => string.Join(' ',
            new[] { "journal_mode", "synchronous", "page_size", "foreign_keys", "busy_timeout" }.Select(name => Pragma(statements, name))));
        Assert.Equal("wal 2 4096 1 2000", pragmas);
    }

    [Fact]
    public async Task An_answered_write_is_seen_by_the_next_read()
    {
        await using var database = Notes.Open(_folder);
        for (var id = 0; id < 200; id++)
        {
            await database.AddAsync(id);
            Assert.Equal(id + 1, (await database.IdsAsync()).Count);
        }
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_loses_nothing()
    {
        await using var database = Notes.Open(_folder, new SqliteDatabaseOptions { QueueCapacity = 4 });
        var (gate, held) = database.HoldWriter();
        var waiting = Enumerable.Range(0, 500).Select(id => database.AddAsync(id)).ToList();
        gate.Set();
        await held;
        await Task.WhenAll(waiting);
        Assert.Equal(500, (await database.IdsAsync()).Count);
    }

    [Fact]
    public async Task A_query_cannot_write()
    {
        await using var database = Notes.Open(_folder);
        var error = await Assert.ThrowsAsync<StorageException>(
            () => database.ReadAsync(statements => statements.Execute("INSERT INTO note(id, text) VALUES (1, 'x')")));
        Assert.Equal(StorageFault.ReadOnly, error.Fault);
        Assert.Empty(await database.IdsAsync());
    }

    [Fact]
    public async Task Stopping_finishes_what_is_queued_and_leaves_one_file()
    {
        var database = Notes.Open(_folder);
        var (gate, held) = database.HoldWriter();
        var waiting = Enumerable.Range(0, 300).Select(id => database.AddAsync(id)).ToList();
        var stopped = database.DisposeAsync().AsTask();
        gate.Set();
        await stopped;
        await held;
        await Task.WhenAll(waiting);
        await database.DisposeAsync();
        database.Dispose();
        Assert.Equal([_folder.File("notes.db")], Directory.GetFiles(_folder.Path));
        Assert.Equal(300, Notes.CommittedNotes(database.Path));
        Assert.Contains("is closed", (await Assert.ThrowsAsync<StorageException>(() => database.AddAsync(1))).Message, StringComparison.Ordinal);
        Assert.Contains("is closed", (await Assert.ThrowsAsync<StorageException>(() => database.IdsAsync())).Message, StringComparison.Ordinal);
    }
}
