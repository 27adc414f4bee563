using System.Text.Json;
using Coordinator.Storage.Postgres;
using Coordinator.Storage.Sqlite;
using Coordinator.Testing;

namespace Coordinator.Storage.Tests;

/// <summary>The ports of one kind of storage, and a way to end the process and come back.</summary>
public abstract class Ground : IAsyncLifetime
{
    protected static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public abstract StoragePorts Ports { get; }

    /// <summary>Closes everything and opens what is on the disk.</summary>
    public abstract Task RestartAsync();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public abstract Task DisposeAsync();
}

/// <inheritdoc/>
public sealed class SqliteGround : Ground
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-contract-").FullName;
    private SqliteStores _stores;

    public SqliteGround() => _stores = Open();

    public override StoragePorts Ports => _stores.Ports;

    public override async Task RestartAsync()
    {
        await _stores.DisposeAsync();
        _stores = Open();
    }

    public override async Task DisposeAsync()
    {
        await _stores.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private SqliteStores Open() => SqliteStores.Open(new SqliteStorageOptions { DataDirectory = _folder, Json = Json });
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

    public override Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>A database of its own on the server of all tests.</summary>
public sealed class PostgresGround(PostgresFixture fixture) : Ground
{
    private string _connection = "";
    private PostgresStores? _stores;

    public override StoragePorts Ports => _stores!.Ports;

    public override async Task InitializeAsync()
    {
        _connection = await fixture.Server.CreateDatabaseAsync();
        _stores = await OpenAsync();
    }

    public override async Task RestartAsync()
    {
        await _stores!.DisposeAsync();
        _stores = await OpenAsync();
    }

    public override async Task DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }
    }

    private Task<PostgresStores> OpenAsync()
        => PostgresStores.OpenAsync(new PostgresStorageOptions { ConnectionString = _connection, Json = Json }, TimeProvider.System, CancellationToken.None);
}

/// <summary>One real server for all contracts.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresProcess Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresProcess.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

/// <summary>The contracts on PostgreSQL share its server, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnePostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "one PostgreSQL server";
}

/// <summary>SQLite behind an open gate: the gate adds nothing of its own.</summary>
public sealed class GatedGround : Ground
{
    private readonly SqliteGround _inner = new();

    public override StoragePorts Ports => _inner.Ports.Behind(new OpenGate());

    public override Task RestartAsync() => _inner.RestartAsync();

    public override Task DisposeAsync() => _inner.DisposeAsync();

    private sealed class OpenGate : IStorageGate
    {
        public Task EnterAsync(string operation) => Task.CompletedTask;

        public Task LeaveAsync(string operation) => Task.CompletedTask;
    }
}
