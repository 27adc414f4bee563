using Coordinator.Testing;

namespace Coordinator.Storage.Sqlite.Tests;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_opener_is_refused_with_a_sentence()
    {
        using var first = DataFolderLock.Take(_folder.Path);
        var error = Assert.Throws<StorageException>(() => DataFolderLock.Take(_folder.Path));
        Assert.Equal(StorageFault.Locked, error.Fault);
        Assert.Equal($"the data in {_folder.Path} is in use by another coordinator", error.Message);
    }

    [Fact]
    public void A_folder_given_back_can_be_taken_again()
    {
        for (var i = 0; i < 3; i++)
        {
            using var held = DataFolderLock.Take(_folder.Path);
            held.Dispose();
        }
    }

    [Fact]
    public void The_lock_is_the_operating_system_s_and_a_file_left_behind_is_no_lock()
    {
        File.WriteAllText(_folder.File(DataFolderLock.FileName), "4711\n");
        using var held = DataFolderLock.Take(_folder.Path);
        Assert.Equal(_folder.Path, held.Folder);
    }

    [Fact]
    public void An_absent_folder_is_made_for_its_owner_alone()
    {
        var path = _folder.File("new/data");
        using var held = DataFolderLock.Take(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_path_that_is_a_file_is_told()
    {
        File.WriteAllText(_folder.File("file"), "");
        var error = Assert.Throws<StorageException>(() => DataFolderLock.Take(_folder.File("file")));
        Assert.Contains(_folder.File("file"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_permission_reads_as_a_task_for_the_operator()
    {
        var error = FileErrors.From(new UnauthorizedAccessException(), "/data");
        Assert.Equal((StorageFault.ReadOnly, "/data cannot be written by this user: check its owner and mode"), (error.Fault, error.Message));
        Assert.Equal(StorageFault.Full, FileErrors.From(new IOException("no space", 28), "/data").Fault);
        Assert.Equal(StorageFault.ReadOnly, FileErrors.From(new IOException("read-only", 30), "/data").Fault);
    }
}
