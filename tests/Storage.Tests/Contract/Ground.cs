using System.Text.Json;
using Coordinator.Storage.Sqlite;
using Coordinator.Testing;

namespace Coordinator.Storage.Tests;

/// <summary>The ports of one kind of storage, and a way to end the process and come back.</summary>
public abstract class Ground : IAsyncDisposable
{
    protected static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public abstract StoragePorts Ports { get; }

    /// <summary>Closes everything and opens what is on the disk.</summary>
    public abstract Task RestartAsync();

    public abstract ValueTask DisposeAsync();
}

/// <inheritdoc/>
public sealed class SqliteGround : Ground
{
    private readonly TemporaryFolder _folder = new();
    private SqliteStores _stores;

    public SqliteGround() => _stores = Open();

    public override StoragePorts Ports => _stores.Ports;

    public override async Task RestartAsync()
    {
        await _stores.DisposeAsync();
        _stores = Open();
    }

    public override async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        _folder.Dispose();
    }

    private SqliteStores Open() => SqliteStores.Open(new SqliteStorageOptions { DataDirectory = _folder.Path, Json = Json });
}

/// <inheritdoc/>
public sealed class MemoryGround : Ground
{
    private MemoryDisk _disk = new();

    public override StoragePorts Ports => _disk.Ports(Json);

    public override Task RestartAsync()
    {
        _disk = _disk.Copy();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>SQLite behind an open gate: the gate adds nothing of its own.</summary>
public sealed class GatedGround : Ground
{
    private readonly SqliteGround _inner = new();

    public override StoragePorts Ports => _inner.Ports.Behind(new OpenGate());

    public override Task RestartAsync() => _inner.RestartAsync();

    public override ValueTask DisposeAsync() => _inner.DisposeAsync();

    private sealed class OpenGate : IStorageGate
    {
        public Task EnterAsync(string operation) => Task.CompletedTask;

        public Task LeaveAsync(string operation) => Task.CompletedTask;
    }
}
