using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Operator;

/// <summary>A secret in a file that an option of a command names; only its owner may read it.</summary>
internal static class OptionSecret
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What is in it, trimmed. It is shown nowhere.</summary>
    /// <param name="option">The option that named it, for messages.</param>
    /// <param name="file">Its path.</param>
    /// <exception cref="CommandFailedException">It does not exist, is empty, cannot be read, or others may read it (exit code 2).</exception>
    public static string Read(string option, string file)
    {
        Check(option, file);
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } secret ? secret : throw new CommandFailedException($"{option} '{file}' is empty", 2);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{option} '{file}' cannot be read: {failure.Message}", 2);
        }
    }

    /// <summary>The file exists and only its owner may read it.</summary>
    /// <exception cref="CommandFailedException">Otherwise (exit code 2).</exception>
    public static void Check(string option, string file)
    {
        if (!File.Exists(file))
        {
            throw new CommandFailedException($"{option} '{file}' does not exist", 2);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0)
        {
            throw new CommandFailedException($"{option} '{file}' may be read or written by others than its owner: chmod 600 {file}", 2);
        }
    }
}
