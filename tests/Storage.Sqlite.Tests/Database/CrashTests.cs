using Coordinator.Testing;

namespace Coordinator.Storage.Sqlite.Tests;

public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_kill_in_the_middle_of_a_write_every_answered_write_is_there_and_the_other_is_not()
    {
        await using var database = Notes.Open(_folder);
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(round * 100, 50).Select(id => database.AddAsync(id, new string('x', 2_000))));
            var answered = await database.IdsAsync();
            using var copy = new TemporaryFolder();
            await database.WriteAsync(statements =>
            {
                statements.Execute("INSERT INTO note(id, text) VALUES ($1, $2)", (round * 100) + 99, new string('y', 50_000));
                CopyTo(copy); // the disk as kill -9 leaves it here, before COMMIT
                return true;
            });
            await using var reopened = Notes.Open(copy);
            Assert.Equal(answered, await reopened.IdsAsync());
            Assert.True(await reopened.CheckAsync());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_log_torn_anywhere_leaves_a_prefix_of_the_commits(ulong seed)
    {
        var random = new SplitMix64(seed);
        await using var database = Notes.Open(_folder);
        for (var id = 0; id < 40; id++)
        {
            await database.AddAsync(id, new string('x', 1 + random.Below(6_000)));
        }
        for (var tear = 0; tear < 15; tear++)
        {
            using var copy = new TemporaryFolder();
            await database.WriteAsync(_ => CopyTo(copy));
            using (var log = File.OpenWrite(copy.File("notes.db-wal")))
            {
                log.SetLength(random.Below((int)log.Length));
            }
            await using var reopened = Notes.Open(copy, new SqliteDatabaseOptions());
            var ids = await reopened.IdsAsync();
            Assert.True(ids.SequenceEqual(Enumerable.Range(0, ids.Count)), $"seed {seed}, tear {tear}: {string.Join(',', ids)}");
        }
    }

    private bool CopyTo(TemporaryFolder target)
    {
        foreach (var name in new[] { "notes.db", "notes.db-wal" })
        {
            using var from = new FileStream(_folder.File(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = File.Create(target.File(name));
            from.CopyTo(to);
        }
        return true;
    }
}
