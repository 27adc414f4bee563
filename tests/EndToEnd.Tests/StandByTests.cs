using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Coordinator.EndToEnd.Tests;

/// <summary>Two service processes on one database, each with addresses of its own: what the one that waits answers, and how both end.</summary>
public sealed partial class StandByTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-stand-by-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Who_stands_by_lives_and_is_sent_nobody_until_it_takes_over()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var first = Start("first", connection);
        await Until(async () => await Status(first.Public, "") == 200, first); // of two that begin at once either may be the first
        var second = Start("second", connection);
        await Until(async () => await Status(second.Public, "?alive") == 200, second);

        Assert.Equal((200, 503), (await Status(first.Public, "?alive"), await Status(second.Public, "")));
        Assert.Equal(503, (int)(await _http.GetAsync(new Uri(second.Public, "/api/v1/competitions"))).StatusCode);
        Assert.Contains("coordinator_standing_by 1\n", await _http.GetStringAsync(new Uri(second.Metrics, "/metrics")), StringComparison.Ordinal);
        Assert.Contains("coordinator_standing_by 0\n", await _http.GetStringAsync(new Uri(first.Metrics, "/metrics")), StringComparison.Ordinal);
        Assert.Equal(0, await ProbeAsync(second));

        first.Process.Kill();
        await Until(async () => await Status(second.Public, "") == 200, second);
        Assert.Contains("coordinator_standing_by 0\n", await _http.GetStringAsync(new Uri(second.Metrics, "/metrics")), StringComparison.Ordinal);
        Assert.Contains("takes over", second.Words(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stands_by_ends_when_it_is_asked_to()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var first = Start("first", connection);
        await Until(async () => await Status(first.Public, "") == 200, first);
        var second = Start("second", connection);
        await Until(async () => await Status(second.Public, "?alive") == 200, second);

        Assert.Equal(0, kill(second.Process.Id, Terminate));

        await second.Process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, second.Process.ExitCode);
        Assert.Equal(200, await Status(first.Public, ""));
    }

    [Fact]
    public async Task Who_loses_the_lease_ends_with_a_code_of_its_own_and_the_other_takes_over()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var first = Start("first", connection);
        await Until(async () => await Status(first.Public, "") == 200, first);
        var second = Start("second", connection);
        await Until(async () => await Status(second.Public, "?alive") == 200, second);

        // The sessions that hold locks of the whole session: the lease's.
        await postgres.Server.QueryAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            connection.Split("Database=")[1]);

        await first.Process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(3, first.Process.ExitCode);
        Assert.Contains("the storage is lost", first.Words(), StringComparison.Ordinal);
        await Until(async () => await Status(second.Public, "") == 200, second);
    }

    [Fact]
    public async Task Another_key_than_the_database_was_made_with_is_refused()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var first = Start("first", connection);
        await Until(async () => await Status(first.Public, "") == 200, first);
        first.Process.Kill();
        await first.Process.WaitForExitAsync();

        var missing = Start("second", connection, key: "another.pem");
        await missing.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(2, missing.Process.ExitCode);
        Assert.Contains("every process needs that one", missing.Words(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "another.pem")));
    }

    private async Task<int> Status(Uri address, string query)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(address, $"/api/v1/health_check{query}"));
            return (int)answer.StatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or SocketException)
        {
            return 0;
        }
    }

    private static async Task Until(Func<Task<bool>> holds, Service service)
    {
        for (var tries = 0; tries < 1_800; tries++)
        {
            if (await holds())
            {
                return;
            }

            Assert.False(service.Process.HasExited, service.Words());
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Fail($"it does not come to that: {service.Words()}");
    }

    /// <summary>As a container's health check asks.</summary>
    private static async Task<int> ProbeAsync(Service service)
    {
        using var probe = Process.Start(new ProcessStartInfo(CommandLine.Dotnet, [CommandLine.Program("Silo"), "health", "--config", service.Settings]))!;
        await probe.WaitForExitAsync().WaitAsync(Patience);
        return probe.ExitCode;
    }

    private Service Start(string name, string connection, string key = "key.pem")
    {
        int[] ports = [FreePort(), FreePort(), FreePort()];
        var settings = Path.Combine(_folder, $"{name}.json");
        File.WriteAllText(settings, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Data"] = new { Directory = Path.Combine(_folder, name), KeyFile = Path.Combine(_folder, key) },
            ["Storage"] = new { Kind = "postgres", ConnectionStringFile = PostgresDemoTests.Secret(_folder, connection) },
            ["Gateway"] = new { PublicPort = ports[0], OperatorPort = ports[1], MetricsPort = ports[2], OperatorTokenFile = Write("operator.token", new string('0', 64)) },
            ["Chain"] = new { Address = "http://127.0.0.1:9" },
            ["Oracle"] = new { Address = "http://127.0.0.1:9" },
            ["Lightning"] = new { Address = "https://127.0.0.1:9", MacaroonPath = Write("coordinator.macaroon", "none") },
            ["Competitions"] = new { Signing = "local" },
        }));
        var log = Path.Combine(_folder, $"{name}.log");
        var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" 2>>\"$0\" >/dev/null", log, CommandLine.Dotnet, CommandLine.Program("Silo"), "--config", settings]))!;
        _processes.Add(process);
        return new Service(process, new Uri($"http://127.0.0.1:{ports[0]}"), new Uri($"http://127.0.0.1:{ports[2]}"), settings, log);
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    private sealed record Service(Process Process, Uri Public, Uri Metrics, string Settings, string Log)
    {
        public string Words() => File.Exists(Log) ? File.ReadAllText(Log) : "";
    }
}
