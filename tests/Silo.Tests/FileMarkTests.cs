namespace Coordinator.Silo.Tests;

/// <summary>The generation mark, and the file that says that a folder was restored.</summary>
public sealed class FileMarkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-mark-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void No_mark_is_believed_of_a_restored_folder_until_a_new_one_is_written()
    {
        var restored = Path.Combine(_folder, FileMark.RestoredName);
        var mark = new FileMark(Path.Combine(_folder, "mark"), restored);
        Assert.Null(mark.Read());
        mark.Write(7);
        Assert.Equal(7, mark.Read());
        File.WriteAllText(restored, "restored as of a moment ago");
        Assert.Null(mark.Read());
        Assert.Null(mark.Read()); // it stays until the data holds the restore
        mark.Write(8);
        Assert.Equal(8, mark.Read());
        Assert.False(File.Exists(restored));
    }
}
