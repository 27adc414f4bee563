using System.Text.Json;
using Orleans.Storage;

namespace Coordinator.Storage.Sqlite.Tests;

/// <summary>The ports of one kind of storage, and a way to end the process and come back.</summary>
public abstract class Ground : IAsyncDisposable
{
    protected static JsonSerializerOptions Json { get; } = new SqliteStorageOptions().Json;

    public abstract IGrainStorage Documents { get; }

    public abstract IGrainStorage UserDocuments { get; }

    public abstract IReminderTable Reminders { get; }

    public abstract IArtefactStore Artefacts { get; }

    public abstract IReservationStore Reservations { get; }

    public abstract IDirectoryIndex Directory { get; }

    public abstract ICursorStore Cursors { get; }

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

    public override IGrainStorage Documents => _stores.CompetitionDocuments;

    public override IGrainStorage UserDocuments => _stores.UserDocuments;

    public override IReminderTable Reminders => _stores.Reminders;

    public override IArtefactStore Artefacts => _stores.Artefacts;

    public override IReservationStore Reservations => _stores.Reservations;

    public override IDirectoryIndex Directory => _stores.Directory;

    public override ICursorStore Cursors => _stores.Cursors;

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
    private readonly OpenGate _gate = new();
    private MemoryDisk _disk = new();

    public override IGrainStorage Documents => new MemoryDocumentStorage(_disk, _gate, "Default", Json);

    public override IGrainStorage UserDocuments => new MemoryDocumentStorage(_disk, _gate, "users", Json);

    public override IReminderTable Reminders => new MemoryReminderTable(_disk, _gate);

    public override IArtefactStore Artefacts => new MemoryArtefacts(_disk, _gate);

    public override IReservationStore Reservations => new MemoryReservations(_disk, _gate);

    public override IDirectoryIndex Directory => new MemoryDirectory(_disk, _gate);

    public override ICursorStore Cursors => new MemoryCursors(_disk, _gate, "bitcoin", Json);

    public override Task RestartAsync()
    {
        _disk = _disk.Copy();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
