using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Coordinator.Backup.Tests;

/// <summary>A demo over a folder of its own, as a process with the service, simulators and players as its children.</summary>
internal sealed partial class DemoProcess : IAsyncDisposable
{
    private const int Kill = 9;
    private readonly Process _process;
    private readonly Task<string> _errors;

    private DemoProcess(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    public List<JsonElement> Told { get; } = [];

    public static DemoProcess Start(string folder)
    {
        var program = Path.Combine(Script.Programs, "Cli", "release", "Coordinator.Cli.dll");
        return new DemoProcess(Process.Start(new ProcessStartInfo(
            "dotnet", [program, "demo", "--players", "2", "--places", "1", "--seed", "11", "--json", "--data", folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Reads what it tells until one of its lines is this.</summary>
    public async Task<JsonElement> UntilAsync(string name, Func<JsonElement, bool>? which = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4), TimeProvider.System);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var told = document.RootElement.Clone();
            Told.Add(told);
            if (told.GetProperty("event").GetString() == name && which?.Invoke(told) != false)
            {
                return told;
            }
        }

        throw new InvalidOperationException($"the demo ended before '{name}':\n{string.Join('\n', Told.TakeLast(20))}\n{await _errors}");
    }

    /// <summary>To its end; the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5), TimeProvider.System);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            Told.Add(document.RootElement.Clone());
        }

        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>The end of what it told, for a message.</summary>
    public async Task<string> LastWordsAsync() => $"{string.Join('\n', Told.TakeLast(30))}\n{await _errors}";

    /// <summary>kill −9 of the service, and of the demo before it can start it again; simulators and players then end by themselves.</summary>
    public async Task KillServiceAsync()
    {
        var children = Children().ToList();
        var service = Assert.Single(children, child => child.Command.Contains("Coordinator.Silo.dll", StringComparison.Ordinal));
        Assert.Equal(0, kill(service.Id, Kill));
        Assert.Equal(0, kill(_process.Id, Kill));
        for (var tries = 0; tries < 600 && children.Exists(child => Runs(child.Id, child.Command)); tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.DoesNotContain(children, child => Runs(child.Id, child.Command));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private IEnumerable<(int Id, string Command)> Children()
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            var id = int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture);
            if (Read($"/proc/{id}/stat") is { } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{_process.Id}")
            {
                yield return (id, Read($"/proc/{id}/cmdline") ?? "");
            }
        }
    }

    private static bool Runs(int id, string command) => command.Length > 0 && Read($"/proc/{id}/cmdline") == command;

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
