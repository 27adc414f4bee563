using Coordinator.Testing;

namespace Coordinator.Storage.Sqlite.Tests;

public sealed class FaultTests : IDisposable
{
    private static readonly string LargeText = new('x', 3_000);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_database_fails_at_once_and_keeps_exactly_what_was_answered()
    {
        await using var database = Notes.Open(_folder, new SqliteDatabaseOptions { MaxPageCount = 40 });
        var answered = new List<int>();
        StorageException? failure = null;
        for (var id = 0; id < 200 && failure is null; id++)
        {
            try
            {
                await database.AddAsync(id, LargeText);
                answered.Add(id);
            }
            catch (StorageException error)
            {
                failure = error;
            }
        }
        Assert.Equal(StorageFault.Full, failure?.Fault);
        Assert.Contains("no room left", failure!.Message, StringComparison.Ordinal);
        Assert.NotEmpty(answered);
        Assert.Equal(answered, await database.IdsAsync());
        await database.ExecuteAsync("DELETE FROM note WHERE id < 5");
        await database.AddAsync(999, LargeText); // room again: it goes on
        Assert.Contains(999, await database.IdsAsync());
    }

    [Fact]
    public async Task A_full_database_fails_the_whole_batch_and_answers_no_success_from_it()
    {
        await using var database = Notes.Open(_folder, new SqliteDatabaseOptions { MaxPageCount = 40 });
        var (gate, held) = database.HoldWriter();
        var batch = Enumerable.Range(0, 200).Select(id => database.AddAsync(id, LargeText)).ToList();
        gate.Set();
        await held;
        foreach (var command in batch)
        {
            Assert.Equal(StorageFault.Full, (await Assert.ThrowsAsync<StorageException>(() => command)).Fault);
        }
        Assert.Empty(await database.IdsAsync());
    }

    [Fact]
    public async Task A_lock_of_another_process_is_told_and_ends_with_it()
    {
        await using var database = Notes.Open(_folder, new SqliteDatabaseOptions { BusyTimeout = TimeSpan.FromMilliseconds(20) });
        using var other = Notes.Connect(database.Path);
        other.Run("BEGIN IMMEDIATE");
        var error = await Assert.ThrowsAsync<StorageException>(() => database.AddAsync(1));
        Assert.Equal(StorageFault.Locked, error.Fault);
        Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
        Assert.Empty(await database.IdsAsync()); // readers do not care
        other.Run("ROLLBACK");
        await database.AddAsync(1);
        Assert.Equal([1], await database.IdsAsync());
    }

    [Fact]
    public void A_locked_file_cannot_be_opened()
    {
        using var other = Notes.Connect(_folder.File("notes.db"));
        other.Run("PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE held(id INTEGER); BEGIN EXCLUSIVE");
        var error = Assert.Throws<StorageException>(
            () => Notes.Open(_folder, new SqliteDatabaseOptions { BusyTimeout = TimeSpan.FromMilliseconds(20) }));
        Assert.Equal(StorageFault.Locked, error.Fault);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(4096 + 1)]
    [InlineData(3 * 4096)]
    public async Task A_file_that_was_cut_short_is_refused_at_opening_and_stays_as_it_is(int less)
    {
        await FillAsync();
        var path = _folder.File("notes.db");
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(file.Length - less);
        }

        var bytes = File.ReadAllBytes(path);
        var error = Assert.Throws<StorageException>(() => Notes.Open(_folder));
        Assert.Equal(StorageFault.Corrupt, error.Fault);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task A_log_that_was_cut_short_holds_what_was_complete_before_the_cut_and_nothing_else(int tenths)
    {
        using var cut = new TemporaryFolder();
        await using (var database = Notes.Open(_folder))
        {
            for (var id = 0; id < 50; id++)
            {
                await database.AddAsync(id, LargeText);
            }

            File.Copy(_folder.File("notes.db"), cut.File("notes.db"));
            File.Copy(_folder.File("notes.db-wal"), cut.File("notes.db-wal"));
        }

        using (var log = new FileStream(cut.File("notes.db-wal"), FileMode.Open))
        {
            log.SetLength(log.Length * tenths / 10);
        }

        await using var reopened = Notes.Open(cut);
        var ids = await reopened.IdsAsync();
        Assert.Equal(Enumerable.Range(0, ids.Count), ids);
        Assert.InRange(ids.Count, 0, 49);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(4096 + 3)]
    public async Task A_damaged_file_is_refused_at_opening(int position)
    {
        await FillAsync();
        Flip(position, length: 16);
        var error = Assert.Throws<StorageException>(() => Notes.Open(_folder));
        Assert.Equal(StorageFault.Corrupt, error.Fault);
        Assert.Contains("restore a backup", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("notes.db"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_file_is_refused_at_opening()
    {
        await FillAsync();
        using (var file = File.OpenWrite(_folder.File("notes.db")))
        {
            file.SetLength(file.Length / 2);
        }
        Assert.Equal(StorageFault.Corrupt, Assert.Throws<StorageException>(() => Notes.Open(_folder)).Fault);
    }

    [Fact]
    public void A_file_of_something_else_is_refused_and_left_alone()
    {
        File.WriteAllText(_folder.File("notes.db"), string.Concat(Enumerable.Repeat("not a database\n", 400)));
        var before = File.ReadAllBytes(_folder.File("notes.db"));
        Assert.Equal(StorageFault.Corrupt, Assert.Throws<StorageException>(() => Notes.Open(_folder)).Fault);
        Assert.Equal(before, File.ReadAllBytes(_folder.File("notes.db")));
    }

    [Fact]
    public async Task Damage_found_while_running_ends_all_success_until_the_file_is_opened_anew()
    {
        await FillAsync();
        for (var page = 2; page < 40; page++)
        {
            Flip(page * 4096, length: 64);
        }
        await using var database = Notes.Open(_folder, new SqliteDatabaseOptions { CheckOnOpen = false });
        var first = await Assert.ThrowsAsync<StorageException>(() => database.ExecuteAsync("UPDATE note SET text = 'y'"));
        Assert.Equal(StorageFault.Corrupt, first.Fault);
        var later = await Assert.ThrowsAsync<StorageException>(() => database.ExecuteAsync("CREATE TABLE fresh(id INTEGER)"));
        Assert.Equal(StorageFault.Corrupt, later.Fault);
        Assert.Equal(StorageFault.Corrupt, (await Assert.ThrowsAsync<StorageException>(() => database.CheckAsync())).Fault);
    }

    [Fact]
    public async Task A_file_that_may_only_be_read_is_told()
    {
        await using var database = Notes.Open(_folder);
        await database.WriteAsync(statements => statements.Execute("PRAGMA query_only = ON"));
        var error = await Assert.ThrowsAsync<StorageException>(() => database.AddAsync(1));
        Assert.Equal(StorageFault.ReadOnly, error.Fault);
        Assert.Contains("cannot be written by this user", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told()
    {
        var path = _folder.File("missing/notes.db");
        var error = Assert.Throws<StorageException>(() => SqliteDatabase.Open(path, Notes.Schema));
        Assert.Equal(StorageFault.Other, error.Fault);
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_healthy_file_passes_the_full_check()
    {
        await FillAsync();
        await using var database = Notes.Open(_folder);
        Assert.True(await database.CheckAsync());
    }

    private async Task FillAsync()
    {
        await using var database = Notes.Open(_folder);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(id => database.AddAsync(id, LargeText)));
    }

    private void Flip(int position, int length)
    {
        using var file = new FileStream(_folder.File("notes.db"), FileMode.Open, FileAccess.ReadWrite);
        file.Position = position;
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        file.Position = position;
        file.Write(Array.ConvertAll(bytes, value => (byte)(value ^ 0xFF)));
    }
}
