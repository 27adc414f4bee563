using System.Collections.Concurrent;
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

    /// <summary>The same with another time.</summary>
    public static Task<CommandResult> RunAsync(string input, TimeSpan patience, params string[] arguments) => RunAsync(input, EmptyEnvironment, patience, arguments);

    /// <summary>The same with more in the environment of the command and of every process that it starts.</summary>
    public static Task<CommandResult> RunAsync(string input, IReadOnlyDictionary<string, string> environment, params string[] arguments)
        => RunAsync(input, environment, Patience, arguments);

    private static async Task<CommandResult> RunAsync(string input, IReadOnlyDictionary<string, string> environment, TimeSpan limit, string[] arguments)
    {
        using var process = Start(environment, arguments);
        using var patience = new CancellationTokenSource(limit, TimeProvider.System);
        var (output, errors) = (new SaidLines(process.StandardOutput), new SaidLines(process.StandardError));
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return new CommandResult(process.ExitCode, await output.AllAsync(patience.Token), string.Join('\n', await errors.AllAsync(patience.Token)));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end within {limit}; so far it said:\n{output}\n{errors}");
        }
    }

    /// <summary>The dotnet that runs this test, or the one on the path.</summary>
    public static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
}

/// <summary>What a process says, line by line, whether or not it ends.</summary>
internal sealed class SaidLines
{
    private const int Longest = 400;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _reading;

    public SaidLines(StreamReader from) => _reading = ReadAsync(from);

    /// <summary>All that are not empty, once the process has closed its end.</summary>
    public async Task<IReadOnlyList<string>> AllAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        return [.. _lines];
    }

    /// <summary>The last ones so far.</summary>
    public override string ToString() => string.Join('\n', _lines.TakeLast(40).Select(line => line.Length > Longest ? line[..Longest] : line));

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                _lines.Enqueue(line);
            }
        }
    }
}
