namespace Coordinator.Storage.Sqlite;

/// <summary>The opened data folder: its lock, its three databases, and what is stored in them.</summary>
public sealed class SqliteStores : IOpenedStorage
{
    private readonly DataFolderLock _lock;
    private readonly SqliteDatabase[] _databases;

    private SqliteStores(DataFolderLock folder, SqliteDatabase[] databases, SqliteStorageOptions options)
    {
        _lock = folder;
        _databases = databases;
        (Competitions, Users, Bitcoin) = (databases[0], databases[1], databases[2]);
        Ports = new StoragePorts(
            new SqliteGrainStorage(Competitions, options.Json),
            new SqliteGrainStorage(Users, options.Json),
            new SqliteGrainStorage(Bitcoin, options.Json),
            new SqliteReminderTable(Competitions),
            new SqliteArtefacts(Competitions),
            new SqliteReservations(Bitcoin),
            new SqliteDirectory(Competitions),
            new SqliteDirectory(Users),
            new SqliteCursors(Bitcoin, options.Json));
        Surveys = [.. databases.Select(database => new SqliteSurvey(database))];
    }

    /// <summary><c>competitions.db</c>: documents, reminders, artefacts, lists.</summary>
    public SqliteDatabase Competitions { get; }

    /// <summary><c>users.db</c>: documents, lists.</summary>
    public SqliteDatabase Users { get; }

    /// <summary><c>bitcoin.db</c>: documents, reservations, cursors.</summary>
    public SqliteDatabase Bitcoin { get; }

    /// <inheritdoc/>
    public StoragePorts Ports { get; }

    /// <inheritdoc/>
    public IReadOnlyList<IDocumentSurvey> Surveys { get; }

    /// <summary>Never: the folder is held until it is closed.</summary>
    public Task<StorageException> Lost { get; } = new TaskCompletionSource<StorageException>().Task;

    /// <summary>Takes the folder for this process and opens its databases, each checked and brought up to date.</summary>
    /// <exception cref="StorageException">With one sentence for the operator; nothing stays open or locked then.</exception>
    public static SqliteStores Open(SqliteStorageOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            throw new StorageException(StorageFault.Other, "no data directory is configured");
        }
        var folder = DataFolderLock.Take(options.DataDirectory);
        var opened = new List<SqliteDatabase>();
        try
        {
            if (DataFolderCheck.Gap(folder.Folder) is { } gap)
            {
                throw new StorageException(StorageFault.Other, gap);
            }

            foreach (var schema in new[] { Schemas.Competitions, Schemas.Users, Schemas.Bitcoin })
            {
                opened.Add(SqliteDatabase.Open(Path.Combine(folder.Folder, $"{schema.Name}.db"), schema, options.Database));
            }
            return new SqliteStores(folder, [.. opened], options);
        }
        catch
        {
            opened.ForEach(database => database.Dispose());
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Finishes what is queued, folds the logs into the files, closes them and gives the folder back. Safe to repeat.</summary>
    public void Dispose()
    {
        foreach (var database in _databases)
        {
            database.Dispose();
        }
        _lock.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
        {
            await database.DisposeAsync().ConfigureAwait(false);
        }
        _lock.Dispose();
    }
}
