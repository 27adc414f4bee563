namespace Coordinator.Storage.Tests;

public abstract class ListContract(Ground ground) : IAsyncLifetime
{
    private IDirectoryIndex Lists => ground.Ports.Directory;

    public Task InitializeAsync() => ground.InitializeAsync();

    public Task DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task A_list_is_ordered_by_key_whatever_the_order_of_updates()
    {
        foreach (var key in new[] { "b", "d", "a", "c" })
        {
            Assert.True(await Lists.UpsertAsync("competition", new DirectoryEntry(key, 1, $$"""{"id":"{{key}}"}""")));
        }
        await Lists.UpsertAsync("user", new DirectoryEntry("b2", 1, "{}"));
        await ground.RestartAsync();
        Assert.Equal(["a", "b", "c", "d"], (await Lists.ListAsync("competition")).Select(entry => entry.Key));
        Assert.Equal(["c"], (await Lists.ListAsync("competition", after: "b", limit: 1)).Select(entry => entry.Key));
        Assert.Empty(await Lists.ListAsync("nothing"));
    }

    [Fact]
    public async Task Only_a_newer_version_replaces_a_line()
    {
        Assert.True(await Lists.UpsertAsync("competition", new DirectoryEntry("a", 5, "five")));
        Assert.False(await Lists.UpsertAsync("competition", new DirectoryEntry("a", 5, "again")));
        Assert.False(await Lists.UpsertAsync("competition", new DirectoryEntry("a", 4, "late")));
        Assert.Equal(new DirectoryEntry("a", 5, "five"), await Lists.FindAsync("competition", "a"));
        Assert.True(await Lists.UpsertAsync("competition", new DirectoryEntry("a", 6, "six")));
        Assert.Equal(new DirectoryEntry("a", 6, "six"), await Lists.FindAsync("competition", "a"));
    }

    [Fact]
    public async Task A_removed_line_is_gone()
    {
        await Lists.UpsertAsync("competition", new DirectoryEntry("a", 5, "five"));
        Assert.True(await Lists.RemoveAsync("competition", "a"));
        Assert.False(await Lists.RemoveAsync("competition", "a"));
        Assert.Null(await Lists.FindAsync("competition", "a"));
    }

    [Fact]
    public async Task A_list_of_nothing_cannot_be_asked_for()
        => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lists.ListAsync("competition", limit: 0));

    [Fact]
    public async Task A_cursor_keeps_its_last_value_over_a_restart()
    {
        Assert.Null(await ground.Ports.Cursors.GetNumberAsync("blocks"));
        Assert.Null(await ground.Ports.Cursors.GetAsync<Tip>("tip"));
        await ground.Ports.Cursors.SetNumberAsync("blocks", 800_000);
        await ground.Ports.Cursors.SetNumberAsync("blocks", 800_001);
        await ground.Ports.Cursors.SetAsync("tip", new Tip("00ab", 7));
        await ground.RestartAsync();
        Assert.Equal(800_001, await ground.Ports.Cursors.GetNumberAsync("blocks"));
        Assert.Equal(new Tip("00ab", 7), await ground.Ports.Cursors.GetAsync<Tip>("tip"));
    }

    [Fact]
    public async Task A_cursor_of_another_type_is_refused_by_name()
    {
        await ground.Ports.Cursors.SetAsync("tip", new Tip("00ab", 7));
        var error = await Assert.ThrowsAsync<StorageException>(() => ground.Ports.Cursors.GetNumberAsync("tip"));
        Assert.Contains("cursor tip", error.Message, StringComparison.Ordinal);
    }

    public sealed record Tip(string Hash, int Height);

    public sealed class OnSqlite() : ListContract(new SqliteGround());

    [Collection(OnePostgres.Name)]
    public sealed class OnPostgres(PostgresFixture fixture) : ListContract(new PostgresGround(fixture));

    public sealed class InMemory() : ListContract(new MemoryGround());

    public sealed class BehindAGate() : ListContract(new GatedGround());
}
