using System.Globalization;
using System.Text;

namespace Coordinator.Storage.Sqlite;

/// <summary>Holds a data folder for this process alone, so that two coordinators never write one set of books.</summary>
/// <remarks>The lock is the operating system's (flock on Linux): it ends with the process, kill -9 included, and leaves nothing to clean up.
/// It is advisory, and not to be trusted on network file systems.</remarks>
public sealed class DataFolderLock : IDisposable
{
    /// <summary>The name of the lock file inside the folder. Its content is the process id of the last holder, for the operator only.</summary>
    public const string FileName = "coordinator.lock";

    private readonly FileStream _file;

    private DataFolderLock(string folder, FileStream file)
    {
        Folder = folder;
        _file = file;
    }

    /// <summary>The full path of the folder that is held.</summary>
    public string Folder { get; }

    /// <summary>Creates the folder if it is absent (readable by its owner only) and takes it.</summary>
    /// <exception cref="StorageException"><see cref="StorageFault.Locked"/> when another holds it, this process included;
    /// <see cref="StorageFault.ReadOnly"/> or <see cref="StorageFault.Full"/> when it cannot be written.</exception>
    public static DataFolderLock Take(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var full = Path.GetFullPath(folder);
        Create(full);
        return new DataFolderLock(full, OpenExclusively(full));
    }

    /// <summary>Gives the folder back. Safe to repeat.</summary>
    public void Dispose() => _file.Dispose();

    private static void Create(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(error, folder);
        }
    }

    private static FileStream OpenExclusively(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            WriteProcessId(file);
            return file;
        }
        catch (IOException error) when (IsHeldByAnother(error))
        {
            throw new StorageException(StorageFault.Locked, $"the data in {folder} is in use by another coordinator", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(error, folder);
        }
    }

    private static void WriteProcessId(FileStream file)
    {
        try
        {
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // EWOULDBLOCK on Linux, its number on macOS, and Windows' sharing violation.
    private static bool IsHeldByAnother(IOException error) => (error.HResult & 0xFFFF) is 11 or 35 or 32;
}
