using System.Diagnostics;
using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>What a run of the command line left.</summary>
internal sealed record CommandResult(int ExitCode, IReadOnlyList<string> Output, string Errors)
{
    public IReadOnlyList<JsonElement> Events { get; } = [.. Output.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement.Clone())];

    public override string ToString()
        => $"exit code {ExitCode}\n{string.Join('\n', Output.Select(line => line.Length > 400 ? line[..400] : line).TakeLast(60))}\n{Errors}";
}

/// <summary>Runs the built command line as a process, as the root script does.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly IReadOnlyDictionary<string, string> EmptyEnvironment = new Dictionary<string, string>();

    public static bool IsLong => Environment.GetEnvironmentVariable("COORDINATOR_LONG_TESTS") == "1";

    public static Process Start(params string[] arguments) => Start(EmptyEnvironment, arguments);

    /// <summary>The same with more in the environment.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(Program("Cli"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>The program of a project that is built beside this one.</summary>
    public static string Program(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"Coordinator.{project}.dll");
    }

    /// <summary>Runs to the end, at most ten minutes.</summary>
    public static Task<CommandResult> RunAsync(string input, params string[] arguments) => RunAsync(input, EmptyEnvironment, Patience, arguments);

    /// <summary>The same with a longer time.</summary>
    public static Task<CommandResult> RunAsync(string input, TimeSpan patience, params string[] arguments) => RunAsync(input, EmptyEnvironment, patience, arguments);

    /// <summary>The same with more in the environment of the command and of every process that it starts.</summary>
    public static Task<CommandResult> RunAsync(string input, IReadOnlyDictionary<string, string> environment, params string[] arguments)
        => RunAsync(input, environment, Patience, arguments);

    private static async Task<CommandResult> RunAsync(string input, IReadOnlyDictionary<string, string> environment, TimeSpan limit, string[] arguments)
    {
        using var process = Start(environment, arguments);
        using var patience = new CancellationTokenSource(limit, TimeProvider.System);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end");
        }

        return new CommandResult(process.ExitCode, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries), await errors);
    }

    /// <summary>The dotnet that runs this test, or the one on the path.</summary>
    public static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
}
