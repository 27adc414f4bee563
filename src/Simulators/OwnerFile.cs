namespace Coordinator.Simulators;

/// <summary>What simulators keep: keys and macaroons among it, so that only the owner may read it.</summary>
internal static class OwnerFile
{
    /// <summary>Replaces a file as a whole; on disk when this returns. Safe to repeat.</summary>
    public static void Replace(string path, byte[] bytes)
    {
        var temporary = path + ".new";
        var mode = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, mode))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
