using System.Diagnostics;
using Coordinator.Testing;

namespace Coordinator.Backup.Tests;

/// <summary>What the root script answered.</summary>
internal sealed record ScriptResult(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
}

/// <summary>Runs the root script as an operator does, on the programs that are built beside these tests.</summary>
internal static class Script
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static string Root => Path.GetFullPath(Path.Combine(VectorFiles.Path(), "..", ".."));

    /// <summary>The folder of built programs: one folder each, as the root script keeps them.</summary>
    public static string Programs => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));

    public static async Task<ScriptResult> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["coordinator", .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["COORDINATOR_RUN"] = Programs },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return new ScriptResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"./coordinator {string.Join(' ', arguments)} did not end");
        }
    }
}
