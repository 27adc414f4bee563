namespace Coordinator.Silo.Tests;

/// <summary>The generation mark, and the file that says that a folder was restored.</summary>
public sealed class FileMarkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-mark-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task No_mark_is_believed_of_a_restored_folder_until_a_new_one_is_written()
    {
        var restored = Path.Combine(_folder, FileMark.RestoredName);
        var mark = new FileMark(Path.Combine(_folder, "mark"), restored);
        Assert.Null(await mark.ReadAsync());
        await mark.WriteAsync(7);
        Assert.Equal(7, await mark.ReadAsync());
        await File.WriteAllTextAsync(restored, "restored as of a moment ago");
        Assert.Null(await mark.ReadAsync());
        Assert.Null(await mark.ReadAsync()); // it stays until the data holds the restore
        await mark.WriteAsync(8);
        Assert.Equal(8, await mark.ReadAsync());
        Assert.False(File.Exists(restored));
    }
}
