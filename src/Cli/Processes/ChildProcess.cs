using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Coordinator.Cli.Processes;

/// <summary>One of our programs as a process of its own: its lines on standard output are JSON, its standard error goes to a file.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _errors;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource<JsonElement> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;
    private readonly Task _errorCopy;

    private ChildProcess(string name, Process process, string errors, Action<JsonElement> line, TimeProvider clock)
    {
        (Name, _process, _errors, _clock) = (name, process, errors, clock);
        _output = ReadAsync(line);
        _errorCopy = CopyErrorsAsync();
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Whether it ended by SIGKILL, whoever sent it.</summary>
    public bool WasKilled => _process.HasExited && _process.ExitCode == Killed;

    /// <summary>Of a process that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Ends when the process does; its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        await _output.WaitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Starts a program of this solution that is built beside this one.</summary>
    public static ChildProcess Start(string project, IEnumerable<string> arguments, string errors, Action<JsonElement> line, TimeProvider clock)
        => Start(project, Binaries.Find(project), arguments, errors, line, clock);

    /// <summary>Starts a program.</summary>
    /// <param name="project">Folder name of its project, for messages.</param>
    /// <param name="program">Its assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="errors">Where its standard error is appended.</param>
    /// <param name="line">Gets every JSON object it prints, from a thread of its own.</param>
    public static ChildProcess Start(
        string project, string program, IEnumerable<string> arguments, string errors, Action<JsonElement> line, TimeProvider clock)
    {
        var start = new ProcessStartInfo(Binaries.Dotnet)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new CommandFailedException($"{project} cannot be started");
        return new ChildProcess(project, process, errors, line, clock);
    }

    /// <summary>The line that says where it listens.</summary>
    /// <exception cref="CommandFailedException">It ended or said nothing in time; the message holds its last words.</exception>
    public async Task<JsonElement> ReadyAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var exit = _process.WaitForExitAsync(patience.Token);
        var late = Task.Delay(TimeSpan.FromSeconds(60), _clock, patience.Token);
        await Task.WhenAny(_ready.Task, exit, late);
        cancellation.ThrowIfCancellationRequested();
        await patience.CancelAsync();
        if (_ready.Task.IsCompletedSuccessfully)
        {
            return await _ready.Task;
        }

        await Task.WhenAny(_errorCopy, Task.Delay(TimeSpan.FromSeconds(1), _clock, CancellationToken.None));
        throw new CommandFailedException(_process.HasExited
            ? LastWords() is { Length: > 0 } words ? words : $"{Name} ended with exit code {_process.ExitCode}"
            : $"{Name} did not answer within a minute; see {_errors}");
    }

    /// <summary>Asks it to stop, and ends it where it does not.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            _ = kill(_process.Id, Terminate);
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience, _clock);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                KillNow();
            }
        }

        await Task.WhenAny(Task.WhenAll(_output, _errorCopy), Task.Delay(TimeSpan.FromSeconds(2), _clock, CancellationToken.None));
    }

    /// <summary>SIGKILL: no handler of the process runs.</summary>
    public void KillNow()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // it has ended already
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    /// <summary>The end of what it wrote on standard error.</summary>
    public string LastWords()
    {
        using var file = new FileStream(_errors, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, 4_000), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return string.Join(Environment.NewLine, reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(8));
    }

    private async Task ReadAsync(Action<JsonElement> line)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } text)
        {
            JsonElement parsed;
            try
            {
                using var document = JsonDocument.Parse(text);
                parsed = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                continue;
            }

            if (parsed.ValueKind == JsonValueKind.Object)
            {
                if (parsed.TryGetProperty("event", out var name) && name.ValueEquals("ready"))
                {
                    _ready.TrySetResult(parsed);
                }

                line(parsed);
            }
        }
    }

    private async Task CopyErrorsAsync()
    {
        var file = new FileStream(_errors, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        await using (file)
        {
            await _process.StandardError.BaseStream.CopyToAsync(file);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
