namespace Coordinator.Cli.Processes;

/// <summary>Where the other programs are: built side by side, or copied so by the root script.</summary>
internal static class Binaries
{
    public const string Service = "Silo";
    public const string Simulators = "Simulators";
    public const string Players = "Players";

    /// <summary>The program of a project.</summary>
    /// <exception cref="CommandFailedException">It is not built.</exception>
    public static string Find(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        if (own.Parent?.Parent is { } all && Path.Combine(all.FullName, project, own.Name, $"Coordinator.{project}.dll") is { } path && File.Exists(path))
        {
            return path;
        }

        throw new CommandFailedException($"{project} is not built beside this program: run ./coordinator, or dotnet build -c Release src/{project}");
    }

    /// <summary>The dotnet that runs this program, or the one on the path.</summary>
    public static string Dotnet
        => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
            : Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root && File.Exists(Path.Combine(root, "dotnet")) ? Path.Combine(root, "dotnet")
            : "dotnet";
}

/// <summary>A command cannot go on; the message is all that is shown. Exit code 1, or 2 for what was asked wrongly.</summary>
internal sealed class CommandFailedException(string message, int exitCode = 1, bool isUnclear = false) : Exception(message)
{
    public int ExitCode => exitCode;

    /// <summary>It may have been done all the same.</summary>
    public bool IsUnclear => isUnclear;
}
