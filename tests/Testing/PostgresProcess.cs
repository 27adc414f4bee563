using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Coordinator.Testing;

/// <summary>A PostgreSQL server of its own, on loopback, with its files in a temporary folder that goes with it. It syncs to the disk as a real one does: it may
/// be killed at any moment. It ends with the process that started it, even where that is killed. Its default order of text is not the ordinal one.
/// Found by <c>COORDINATOR_POSTGRES</c> (the root script sets it), or among the system's programs.</summary>
/// <remarks>One server serves all tests of a project: a fixture holds it, and every test takes a database with <see cref="CreateDatabaseAsync"/>. A test that
/// kills it needs one of its own.</remarks>
public sealed class PostgresProcess : IAsyncDisposable
{
    /// <summary>The owner of everything.</summary>
    public const string User = "postgres";

    /// <summary>Their password, which must never be seen in a log.</summary>
    public const string Password = "never-to-be-seen-in-a-log";

    private readonly string _folder;
    private readonly string[] _settings;
    private int _databases;
    private PostgresKeeper? _keeper;

    private PostgresProcess(string folder, string[] settings) => (_folder, _settings) = (folder, settings);

    /// <summary>On 127.0.0.1; the same after a restart.</summary>
    public int Port { get; private set; }

    /// <summary>Where the server's programs are: psql, pg_dump, pg_basebackup.</summary>
    public static string Programs => PostgresPrograms.Folder;

    /// <summary>The server's own files: what a base backup of it would copy.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>What it said so far.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "log");

    /// <summary>A new, empty server that accepts connections.</summary>
    /// <param name="settings">Of its configuration, each as <c>name=value</c>.</param>
    public static Task<PostgresProcess> StartAsync(params string[] settings)
        => StartFromAsync(
            async folder =>
            {
                var secret = Path.Combine(Path.GetDirectoryName(folder)!, "password");
                await File.WriteAllTextAsync(secret, Password);
                await PostgresPrograms.RunAsync(
                    "initdb", ["-D", folder, "-U", User, "-A", "scram-sha-256", $"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en"],
                    owner: true);
            },
            settings);

    /// <summary>A server on files that somebody else makes: a restored base backup of another one, say.</summary>
    /// <param name="fill">Given the folder, which is not there yet and whose parent is: makes it and everything in it.</param>
    /// <param name="settings">Of its configuration, each as <c>name=value</c>.</param>
    public static async Task<PostgresProcess> StartFromAsync(Func<string, Task> fill, params string[] settings)
    {
        var server = new PostgresProcess(Directory.CreateTempSubdirectory("coordinator-postgres-").FullName, settings);
        try
        {
            PostgresPrograms.GiveAway(server._folder);
            await fill(server.DataFolder);
            PostgresPrograms.GiveAway(server._folder);
            await server.StartOnFreePortAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new database; what a client connects with.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await QueryAsync($"CREATE DATABASE {name}", User);
        return ConnectionString(name);
    }

    /// <summary>What a client connects to a database with, as the owner of everything.</summary>
    public string ConnectionString(string database)
        => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={User};Password={Password};Database={database}");

    /// <summary>What psql answers, unaligned and without headers; an error of the server fails the test.</summary>
    public Task<string> QueryAsync(string sql, string database)
        => RunAsync("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql);

    /// <summary>Runs one of the server's programs as a client of it; what it wrote to standard output. Another exit code than 0 fails the test.</summary>
    public Task<string> RunAsync(string program, params string[] arguments)
        => PostgresPrograms.RunAsync(program, ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, .. arguments], owner: false, Password);

    /// <summary>Kills it at once (-9), as a power cut would end it; returns when none of its processes is left.</summary>
    public Task KillNowAsync() => EndAsync("KILL");

    /// <summary>Ends it in order, without waiting for clients.</summary>
    public Task StopAsync() => EndAsync("INT");

    /// <summary>Starts it again on its files and its port, ending it first where it runs; returns when it accepts connections.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        for (var tries = 1; !await TryStartAsync(); tries++)
        {
            if (tries == 10)
            {
                throw new InvalidOperationException($"PostgreSQL does not start again: {Log}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System); // somebody else's connection may have its port for a moment
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync("QUIT");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task EndAsync(string signal)
    {
        if (_keeper is { } keeper)
        {
            _keeper = null;
            await keeper.EndAsync(signal);
        }
    }

    private async Task StartOnFreePortAsync()
    {
        for (var tries = 0; tries < 5; tries++)
        {
            Port = FreePort();
            if (await TryStartAsync())
            {
                return;
            }
        }

        throw new InvalidOperationException($"PostgreSQL does not start: {Log}");
    }

    private async Task<bool> TryStartAsync()
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={Port}", $"unix_socket_directories={_folder}", "max_connections=200", "jit=off", "fsync=on", "full_page_writes=on",
            "logging_collector=off", "log_destination=stderr", .. _settings,
        ];
        var keeper = await PostgresKeeper.StartAsync(_folder, LogFile, ["-D", DataFolder, .. settings.SelectMany(setting => new[] { "-c", setting })]);
        for (var tries = 0; tries < 300 && !keeper.HasEnded; tries++)
        {
            if (await PostgresPrograms.TryAsync("psql", ["-h", "127.0.0.1", "-p", $"{Port}", "-U", User, "-d", User, "-X", "-q", "-c", "SELECT 1"], Password))
            {
                _keeper = keeper;
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await keeper.EndAsync("KILL");
        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
