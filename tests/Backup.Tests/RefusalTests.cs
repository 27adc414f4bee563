namespace Coordinator.Backup.Tests;

/// <summary>Moments and folders that a restore refuses by name, leaving everything as it was.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-13-31T12:00:00Z")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("2026-01-31T25:00:00Z")]
    [InlineData("2026-01-31 12:00:00Z")]
    [InlineData("1769860800")]
    [InlineData("2026-01-31T12:00:00Z; touch here")]
    [InlineData("$(touch here)")]
    public Task What_is_no_moment_is_refused(string moment) => RefusedAsync($"'{moment}' is no moment", world => ["--data", world.In("new"), "--at", moment]);

    [Fact]
    public Task A_moment_in_the_future_is_refused()
        => RefusedAsync("'2999-01-01T00:00:00Z' is in the future", world => ["--data", world.In("new"), "--at", "2999-01-01T00:00:00Z"]);

    [Theory]
    [InlineData("competitions.db")]
    [InlineData("users.db")]
    [InlineData("bitcoin.db")]
    [InlineData("users.db-wal")]
    [InlineData("bitcoin.db-shm")]
    public Task A_folder_with_a_database_or_a_log_is_refused(string file)
        => RefusedAsync($"new/{file} exists", world =>
        {
            Directory.CreateDirectory(world.In("new"));
            File.WriteAllText(Path.Combine(world.In("new"), file), "somebody's books");
            return ["--data", world.In("new")];
        });

    [Fact]
    public Task A_file_is_no_folder_to_restore_into()
        => RefusedAsync("is no folder", world =>
        {
            File.WriteAllText(world.In("new"), "a file");
            return ["--data", world.In("new")];
        });

    [Fact]
    public Task A_link_that_leads_nowhere_is_refused()
        => RefusedAsync("is no folder", world =>
        {
            File.CreateSymbolicLink(world.In("new"), world.In("nowhere/at/all"));
            return ["--data", world.In("new")];
        }, linked: true);

    [Fact]
    public Task A_folder_below_one_that_is_not_there_is_refused() => RefusedAsync("there is no folder", world => ["--data", world.In("a/b")]);

    [Fact]
    public Task Without_a_backup_nothing_is_made() => RefusedAsync("competitions.db cannot be restored", world => ["--data", world.In("new")]);

    [Fact]
    public Task At_a_moment_without_a_backup_nothing_is_made()
        => RefusedAsync("no backup of competitions.db as old as 2026-01-31T12:00:00Z", world => ["--data", world.In("new"), "--at", "2026-01-31T12:00:00Z"]);

    [Fact]
    public Task A_configuration_that_is_not_there_is_refused() => RefusedAsync("there is no file", world => ["--data", world.In("new"), "--config", world.In("none.yml")]);

    [Theory]
    [InlineData("--at")]
    [InlineData("--at", "")]
    [InlineData("--what", "x")]
    [InlineData("somewhere")]
    public Task Options_that_are_not_understood_are_refused(params string[] options) => RefusedAsync("backup start|stop|status|restore", _ => options);

    [Fact]
    public async Task A_folder_that_a_coordinator_holds_is_refused()
    {
        await using var world = BackupWorld.ToFolder();
        await using var stores = world.Open();
        await BackupWorld.WriteAsync(stores, "mine");
        var content = Content.Of(world.Data);
        var result = await world.TryRestoreAsync("data");
        Assert.True(result.ExitCode == 1 && result.Errors.Contains("is in use by a coordinator", StringComparison.Ordinal), result.ToString());
        Assert.Equal(content, Content.Of(world.Data));
    }

    [Fact]
    public async Task A_folder_that_is_being_backed_up_is_refused_and_starting_and_stopping_twice_is_safe()
    {
        await using var world = BackupWorld.ToFolder();
        var first = await world.StartAsync();
        Assert.Equal(first, await world.StartAsync());
        var result = await world.TryRestoreAsync("data");
        Assert.True(result.ExitCode == 1 && result.Errors.Contains("stop it first", StringComparison.Ordinal), result.ToString());
        Assert.False(Directory.Exists(world.Data));
        await world.StopAsync();
        var again = await world.BackupAsync("stop", "--data", world.Data);
        Assert.True(again.ExitCode == 0 && again.Errors.Contains("no backup of", StringComparison.Ordinal), again.ToString());
        Assert.Contains("\"running\":false", (await world.BackupAsync("status", "--data", world.Data)).Output, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string why, Func<BackupWorld, string[]> options, bool linked = false)
    {
        await using var world = BackupWorld.ToFolder();
        var arguments = options(world);
        var before = world.Tree();
        var result = await world.BackupAsync(["restore", .. arguments]);
        Assert.True(result.ExitCode == 1 && result.Output.Length == 0 && result.Errors.Contains(why, StringComparison.Ordinal), $"{why}\n{result}");
        Assert.Equal(before, world.Tree());
        Assert.Equal(linked, File.Exists(world.In("new")) && new FileInfo(world.In("new")).LinkTarget is not null);
        Assert.False(File.Exists(Path.Combine(Script.Root, "here")));
    }
}
