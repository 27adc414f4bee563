using System.Runtime.InteropServices;
using System.Text.Json;
using Coordinator.Storage.Sqlite;

namespace Coordinator.Backup.Tests;

/// <summary>A temporary folder with a data folder in it, and a place of its own to back up to.</summary>
internal sealed partial class BackupWorld : IAsyncDisposable
{
    private const int Kill = 9;
    private readonly Dictionary<string, string> _environment = [];
    private readonly List<int> _started = [];
    private int _looks;

    private BackupWorld(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The data folder that is backed up.</summary>
    public string Data => Path.Combine(Folder, "data");

    /// <summary>Where the backup's configuration is.</summary>
    public string Config { get; private set; } = "";

    /// <summary>To a bucket, with the production configuration; only faster.</summary>
    public static BackupWorld ToBucket(ObjectStore store)
    {
        var world = new BackupWorld(Directory.CreateTempSubdirectory("coordinator-backup-").FullName);
        var production = File.ReadAllText(Path.Combine(Script.Root, "config", "litestream.production.yml"));
        Assert.Equal(3, production.Split("sync-interval: 10s").Length - 1);
        world.Config = Path.Combine(world.Folder, "litestream.yml");
        File.WriteAllText(world.Config, production.Replace("sync-interval: 10s", "sync-interval: 1s", StringComparison.Ordinal));
        (string Name, string Value)[] variables =
        [
            ("BUCKET", "backup"), ("PATH", Path.GetFileName(world.Folder)), ("REGION", "us-east-1"), ("ENDPOINT", store.Address),
            ("ACCESS_KEY_ID", "anybody"), ("SECRET_ACCESS_KEY", "anything"),
        ];
        foreach (var (name, value) in variables)
        {
            world._environment[$"LITESTREAM_{name}"] = value;
        }

        return world;
    }

    /// <summary>To a folder, with the development configuration as it is.</summary>
    public static BackupWorld ToFolder() => new(Directory.CreateTempSubdirectory("coordinator-backup-").FullName)
    {
        Config = Path.Combine(Script.Root, "config", "litestream.yml"),
    };

    public string In(string name) => Path.Combine(Folder, name);

    public Task<ScriptResult> BackupAsync(params string[] arguments) => Script.RunAsync(_environment, ["backup", .. arguments]);

    /// <summary>Ships the data folder, or another one.</summary>
    public async Task<int> StartAsync(string? data = null)
    {
        var result = await BackupAsync("start", "--data", data ?? Data, "--config", Config);
        Assert.True(result.ExitCode == 0, result.ToString());
        using var status = JsonDocument.Parse(result.Output);
        var id = status.RootElement.GetProperty("pid").GetInt32();
        _started.Add(id);
        return id;
    }

    public async Task StopAsync(string? data = null)
    {
        var result = await BackupAsync("stop", "--data", data ?? Data, "--config", Config);
        Assert.True((result.ExitCode, result.Output) == (0, "stopped\n"), $"{result}\n{await File.ReadAllTextAsync((data ?? Data) + ".shipping/log")}");
    }

    /// <summary>kill −9 of what <see cref="StartAsync"/> started.</summary>
    public static void KillNow(int id) => Assert.Equal(0, kill(id, Kill));

    /// <summary>Restores into a folder below this one; it must succeed.</summary>
    public async Task<string> RestoreAsync(string name, params string[] arguments)
    {
        var result = await TryRestoreAsync(name, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(File.Exists(Path.Combine(In(name), "restored-from-backup")));
        Assert.Empty(Directory.GetFiles(In(name), "*.tmp-*"));
        Assert.Equal("ok", Content.Ask(Path.Combine(In(name), "competitions.db"), "PRAGMA integrity_check"));
        return In(name);
    }

    /// <summary>The backup lies beside the data, wherever it is restored to.</summary>
    public Task<ScriptResult> TryRestoreAsync(string name, params string[] arguments)
        => BackupAsync(["restore", "--data", In(name), "--config", Config, "--replica", Data + ".backup", .. arguments]);

    /// <summary>Restores again and again until what comes back is one of these: then it was shipped.</summary>
    /// <returns>Which one.</returns>
    public async Task<string> ShippedAsync(string[] wanted, string? data = null)
    {
        var (last, tried) = ("", default(ScriptResult));
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var name = $"look-{++_looks}";
            tried = await TryRestoreAsync(name);
            if (tried.ExitCode == 0 && wanted.Contains(last = Content.Of(In(name))))
            {
                return last;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        }

        Assert.Fail($"not shipped in time; wanted\n{string.Join("\nor\n", wanted)}\nrestored\n{last}\n{tried}\n{await File.ReadAllTextAsync((data ?? Data) + ".shipping/log")}");
        return last;
    }

    /// <summary>Opens the data folder as the service does.</summary>
    public SqliteStores Open() => SqliteStores.Open(new SqliteStorageOptions { DataDirectory = Data });

    /// <summary>Some documents in all three databases, or in the competitions' alone.</summary>
    public static async Task WriteAsync(SqliteStores stores, string batch, bool onlyCompetitions = false)
    {
        for (var i = 0; i < 20; i++)
        {
            await WriteAsync(stores.Competitions, $"{batch}-{i}", new string((char)('a' + (i % 26)), 500 * i));
        }

        if (!onlyCompetitions)
        {
            await WriteAsync(stores.Users, batch, batch);
            await WriteAsync(stores.Bitcoin, batch, batch);
        }
    }

    private static Task<int> WriteAsync(SqliteDatabase database, string key, string text) => database.ExecuteAsync(
        "INSERT INTO grain_state(type, key, name, etag, data, digest) VALUES ('test', $1, 'state', 1, $2, NULL)", key, text);

    /// <summary>Every file and folder with its size: what a refusal must leave as it is.</summary>
    public string Tree() => string.Join('\n', Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
        .Select(path => $"{path} {(File.Exists(path) ? new FileInfo(path).Length : -1)}").Order(StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _started.Where(IsOurs))
        {
            _ = kill(id, Kill);
            for (var tries = 0; tries < 100 && IsOurs(id); tries++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }

        Directory.Delete(Folder, recursive: true);
    }

    private bool IsOurs(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Contains(Folder, StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
