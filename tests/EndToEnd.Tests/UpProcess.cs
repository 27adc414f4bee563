using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary><c>up --json</c> as a process: its first line, and its end.</summary>
internal static partial class UpProcess
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    /// <summary>The line that says that it is ready.</summary>
    public static async Task<JsonElement> ReadyAsync(Process process)
    {
        var line = await process.StandardOutput.ReadLineAsync();
        if (line is null)
        {
            Assert.Fail(await process.StandardError.ReadToEndAsync());
        }

        using var document = JsonDocument.Parse(line!);
        Assert.Equal("ready", document.RootElement.GetProperty("event").GetString());
        return document.RootElement.Clone();
    }

    /// <summary>Ctrl-C; the exit code.</summary>
    public static async Task<int> StopAsync(Process process)
    {
        Assert.Equal(0, kill(process.Id, IgnoresInterrupt() ? Terminate : Interrupt));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    /// <summary>A job that a shell put into the background ignores Ctrl-C, and so does whatever it starts.</summary>
    private static bool IgnoresInterrupt()
    {
        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
