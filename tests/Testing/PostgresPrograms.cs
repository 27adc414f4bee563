using System.Diagnostics;
using System.Globalization;

namespace Coordinator.Testing;

/// <summary>The programs of a PostgreSQL server, which does not run as root: there it runs as nobody.</summary>
internal static class PostgresPrograms
{
    private const int Nobody = 65534;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static string Folder { get; } = Find();

    /// <summary>Starts a line of words that run a program as the server's owner.</summary>
    public static string[] AsOwner
        => Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--"] : [];

    /// <summary>Gives a folder and all that is in it to the server's owner.</summary>
    public static void GiveAway(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Run(Started(["chown", "-R", $"{Nobody}:{Nobody}", folder], null)).GetAwaiter().GetResult();
        }
    }

    /// <summary>What a program wrote to standard output; fails where it does not end with 0.</summary>
    public static async Task<string> RunAsync(string program, string[] arguments, bool owner, string? password = null)
        => await Run(Started([.. owner ? AsOwner : [], Path.Combine(Folder, program), .. arguments], password));

    public static async Task<bool> TryAsync(string program, string[] arguments, string password)
    {
        using var process = Started([Path.Combine(Folder, program), .. arguments], password);
        return (await EndAsync(process)).Code == 0;
    }

    private static async Task<string> Run(Process started)
    {
        using var process = started;
        var (code, output, error) = await EndAsync(process);
        return code == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"{started.StartInfo.FileName} ended with {code}: {error}");
    }

    private static Process Started(string[] words, string? password)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        if (password is not null)
        {
            start.Environment["PGPASSWORD"] = password;
            start.Environment["PGCONNECT_TIMEOUT"] = "10";
        }

        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Output, string Error)> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} does not end");
        }
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("COORDINATOR_POSTGRES") is { Length: > 0 } named)
        {
            return named;
        }

        var system = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return system.OrderByDescending(folder => decimal.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin")).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException("these tests need a PostgreSQL server: ./coordinator test gets one");
    }
}
