namespace Coordinator.Silo;

/// <summary>A file with a secret, named in the configuration: nobody but its owner may have any right to it.</summary>
internal static class SecretFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What is wrong with a file that is there; null where it is in order, or not there: whether it has to be is for its key to say. A link
    /// counts as what it leads to.</summary>
    public static string? Complaint(string key, string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenHandle(path);
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) is not UnixFileMode.None and var wider ? Wider(key, path, wider) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{key} is '{path}'; it cannot be read: {failure.Message}";
        }
    }

    private static string Wider(string key, string path, UnixFileMode wider)
        => $"{key} is '{path}'; others than its owner may use it ({wider}): chmod 600, in a Kubernetes volume defaultMode 0400";
}
