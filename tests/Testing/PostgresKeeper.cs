using System.Diagnostics;
using System.Globalization;

namespace Coordinator.Testing;

/// <summary>A shell between the tests and the server: it passes on signals, and when its standard input ends without them (the tests were killed) it ends the
/// server and removes the folder.</summary>
internal sealed class PostgresKeeper
{
    private const string Script =
        """
        trap '' TERM INT HUP # sent to a whole group of processes: the end of the tests is what counts
        folder=$1; log=$2; shift 2
        "$@" </dev/null >>"$log" 2>&1 &
        server=$!
        echo "$server"
        while read -r signal; do
          case $signal in
            done) exit 0 ;;
            STOP) kill -STOP "$server"; echo stopped ;;
            *) kill -"$signal" "$server"; wait "$server"; echo ended ;;
          esac
        done
        kill -QUIT "$server"
        wait "$server"
        rm -rf "$folder"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _shell;
    private readonly int _server;

    private PostgresKeeper(Process shell, int server) => (_shell, _server) = (shell, server);

    /// <summary>Whether the server ended by itself.</summary>
    public bool HasEnded => Line(_server) is null or { State: 'Z' };

    public static async Task<PostgresKeeper> StartAsync(string folder, string log, string[] arguments)
    {
        string[] words = [.. PostgresPrograms.AsOwner, "sh", "-c", Script, "sh", folder, log, Path.Combine(PostgresPrograms.Folder, "postgres"), .. arguments];
        var shell = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        return new PostgresKeeper(shell, int.Parse(await ReadAsync(shell), CultureInfo.InvariantCulture));
    }

    /// <summary>Sends the server a signal that ends it; returns when it and the processes it had are gone.</summary>
    public async Task EndAsync(string signal)
    {
        int[] children = [];
        if (signal == "KILL" && !HasEnded)
        {
            await AskAsync("STOP"); // it has no more children from here
            children = ChildrenOf(_server);
        }

        await AskAsync(signal);
        await _shell.StandardInput.WriteLineAsync("done");
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        await _shell.WaitForExitAsync(limit.Token);
        _shell.Dispose();
        foreach (var child in children)
        {
            while (Line(child) is { State: not 'Z' })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token); // they see by themselves that it is gone
            }
        }
    }

    private async Task AskAsync(string word)
    {
        await _shell.StandardInput.WriteLineAsync(word);
        await _shell.StandardInput.FlushAsync();
        await ReadAsync(_shell);
    }

    private static async Task<string> ReadAsync(Process shell)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        return await shell.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("the shell that keeps PostgreSQL ended");
    }

    private static int[] ChildrenOf(int parent)
        => [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Line(id) is { } line && line.Parent == parent)];

    /// <summary>State and parent of a process; null where there is none.</summary>
    private static (char State, int Parent)? Line(int process)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
