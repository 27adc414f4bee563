using System.Globalization;

namespace Coordinator.Backup.Tests;

/// <summary>What is written comes back, row by row: as it was last, and as it was at a moment.</summary>
[Collection(StoreUsers.Name)]
public sealed class ReplicationTests(ObjectStore store)
{
    [Fact]
    public async Task What_was_shipped_comes_back_after_the_shipper_was_killed_and_after_it_was_stopped()
    {
        await using var world = BackupWorld.ToBucket(store);
        await using var stores = world.Open();
        var shipper = await world.StartAsync();
        await BackupWorld.WriteAsync(stores, "first");
        var first = Content.Of(world.Data);
        await world.ShippedAsync([first]);
        BackupWorld.KillNow(shipper);
        Assert.Equal(first, Content.Of(await world.RestoreAsync("after-kill")));

        await BackupWorld.WriteAsync(stores, "while-nobody-shipped");
        await world.StartAsync();
        await BackupWorld.WriteAsync(stores, "second");
        var second = Content.Of(world.Data);
        await world.StopAsync(); // what was written a moment ago is sent before it ends
        Assert.Equal(second, Content.Of(await world.RestoreAsync("after-stop")));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_moment_comes_back_as_it_was_over_new_generations_and_with_databases_that_were_idle()
    {
        await using var world = BackupWorld.ToBucket(store);
        var (stores, shipper) = (world.Open(), await world.StartAsync());
        await BackupWorld.WriteAsync(stores, "first");
        var first = Content.Of(world.Data);
        await world.ShippedAsync([first]);
        var afterFirst = await MomentAsync();

        await BackupWorld.WriteAsync(stores, "second", onlyCompetitions: true);
        var second = Content.Of(world.Data);
        await world.ShippedAsync([second]);
        var afterSecond = await MomentAsync();

        // Stopped without a shipper, the log is folded in: the next one begins a generation anew.
        BackupWorld.KillNow(shipper);
        await stores.DisposeAsync();
        await using var again = world.Open();
        await world.StartAsync();
        await BackupWorld.WriteAsync(again, "third");
        await world.StopAsync();
        Assert.Equal(first, Content.Of(await world.RestoreAsync("at-first", "--at", afterFirst)));
        Assert.Equal(second, Content.Of(await world.RestoreAsync("at-second", "--at", afterSecond)));
        Assert.Equal(Content.Of(world.Data), Content.Of(await world.RestoreAsync("newest")));

        var before = world.Tree();
        var tooOld = await world.TryRestoreAsync("too-old", "--at", "2020-01-01T00:00:00Z");
        Assert.True(tooOld.ExitCode == 1 && tooOld.Errors.Contains("no backup of competitions.db as old as 2020-01-01T00:00:00Z; nothing was changed", StringComparison.Ordinal), tooOld.ToString());
        Assert.Equal(before, world.Tree());
    }

    [Fact]
    public async Task A_folder_is_backed_up_with_the_development_file_as_it_is_and_restored_over_the_key_that_stays()
    {
        await using var world = BackupWorld.ToFolder();
        await using var stores = world.Open();
        await world.StartAsync();
        await BackupWorld.WriteAsync(stores, "first");
        await world.StopAsync();
        Directory.CreateDirectory(world.In("new"));
        await File.WriteAllTextAsync(Path.Combine(world.In("new"), "coordinator_private_key.pem"), "the key");
        Assert.Equal(Content.Of(world.Data), Content.Of(await world.RestoreAsync("new")));
        Assert.Equal(
            ["bitcoin.db", "competitions.db", "coordinator_private_key.pem", "restored-from-backup", "users.db"],
            Directory.GetFiles(world.In("new")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(
            Directory.GetFiles(world.In("new"), "*.db"),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_damaged_backup_changes_nothing()
    {
        await using var world = BackupWorld.ToFolder();
        await using (var stores = world.Open())
        {
            await world.StartAsync();
            await BackupWorld.WriteAsync(stores, "first");
            await world.StopAsync();
        }

        var snapshot = Assert.Single(Directory.GetFiles(world.Data + ".backup/users", "*.snapshot.lz4", SearchOption.AllDirectories));
        var bytes = await File.ReadAllBytesAsync(snapshot);
        await File.WriteAllBytesAsync(snapshot, bytes[..(bytes.Length / 2)]);
        var before = world.Tree();
        var result = await world.TryRestoreAsync("new");
        Assert.True(result.ExitCode == 1 && result.Errors.Contains("nothing was changed", StringComparison.Ordinal), result.ToString());
        Assert.Equal(before, world.Tree());
    }

    /// <summary>A moment after everything that is shipped and before everything that is not: backups know moments to the second.</summary>
    private static async Task<string> MomentAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1_500), TimeProvider.System);
        var moment = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await Task.Delay(TimeSpan.FromMilliseconds(1_500), TimeProvider.System);
        return moment;
    }
}
