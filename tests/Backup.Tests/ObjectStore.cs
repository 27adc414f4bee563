using System.Diagnostics;
using System.Text.Json;

namespace Coordinator.Backup.Tests;

/// <summary>An object store on loopback, in memory, with one bucket named backup. One for all tests: each has a prefix of its own.</summary>
public sealed class ObjectStore : IAsyncLifetime
{
    private Process? _process;

    public string Address { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var script = Environment.GetEnvironmentVariable("COORDINATOR_STORE");
        Assert.True(File.Exists(script), "the object store is not installed: run ./coordinator test Backup, or set COORDINATOR_STORE");
        _process = Process.Start(new ProcessStartInfo("node", [script!, "backup"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("the object store ended");
        using var ready = JsonDocument.Parse(line);
        Address = ready.RootElement.GetProperty("address").GetString()!;
    }

    public async Task DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}

/// <summary>Tests that share the store.</summary>
[CollectionDefinition(Name)]
public sealed class StoreUsers : ICollectionFixture<ObjectStore>
{
    public const string Name = "store";
}
