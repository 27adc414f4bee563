using System.Security.Cryptography;

namespace Coordinator.Cli.Processes;

/// <summary>The folder of <c>--data</c>: one command at a time, every process in a folder of its own.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly bool _isTemporary;

    private DataFolder(string path, FileStream folderLock, bool isTemporary) => (Root, _lock, _isTemporary) = (path, folderLock, isTemporary);

    public string Root { get; }

    public string Service => Path.Combine(Root, "service");

    public string Simulators => Path.Combine(Root, "simulators");

    public string Node => Path.Combine(Root, "node");

    public string Players => Path.Combine(Root, "players");

    public string TokenFile => Path.Combine(Root, "operator.token");

    /// <summary>Where several services share one key.</summary>
    public string KeyFile => Path.Combine(Root, "coordinator_private_key.pem");

    public string ServiceSettings => Path.Combine(Root, "service.json");

    public string Story => Path.Combine(Root, "demo.json");

    public string Log(string name) => Path.Combine(Root, $"{name.ToLowerInvariant()}.log");

    /// <summary>Opens a folder, or a fresh temporary one for null.</summary>
    /// <exception cref="CommandFailedException">Another command uses it, or it cannot be made.</exception>
    public static DataFolder Open(string? path)
    {
        var root = path is null ? Directory.CreateTempSubdirectory("coordinator-").FullName : Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(root);
            var folderLock = new FileStream(Path.Combine(root, "in-use.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var folder = new DataFolder(root, folderLock, path is null);
            folder.EnsureToken();
            return folder;
        }
        catch (IOException failure)
        {
            throw new CommandFailedException(File.Exists(Path.Combine(root, "in-use.lock"))
                ? $"the data folder {root} is in use by another coordinator: stop that one first, or name another folder with --data"
                : $"the data folder {root} cannot be used: {failure.Message}");
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new CommandFailedException($"the data folder {root} cannot be used: {failure.Message}");
        }
    }

    /// <summary>Removes a temporary folder; a named one stays.</summary>
    public void Forget()
    {
        if (_isTemporary)
        {
            _lock.Dispose();
            Directory.Delete(Root, recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    private void EnsureToken()
    {
        if (File.Exists(TokenFile))
        {
            return;
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(TokenFile, options);
        writer.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
    }
}
