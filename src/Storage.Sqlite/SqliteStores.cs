namespace Coordinator.Storage.Sqlite;

/// <summary>The opened data folder: its lock and its three databases, with everything that is stored in them.</summary>
public sealed class SqliteStores : IDisposable, IAsyncDisposable
{
    private readonly DataFolderLock _lock;
    private readonly SqliteDatabase[] _databases;

    private SqliteStores(DataFolderLock folder, SqliteDatabase[] databases, SqliteStorageOptions options)
    {
        _lock = folder;
        _databases = databases;
        (Competitions, Users, Bitcoin) = (databases[0], databases[1], databases[2]);
        CompetitionDocuments = new SqliteGrainStorage(Competitions, options.Json);
        UserDocuments = new SqliteGrainStorage(Users, options.Json);
        BitcoinDocuments = new SqliteGrainStorage(Bitcoin, options.Json);
        Reminders = new SqliteReminderTable(Competitions);
        Artefacts = new SqliteArtefacts(Competitions);
        Reservations = new SqliteReservations(Bitcoin);
        Directory = new SqliteDirectory(Competitions);
        UserDirectory = new SqliteDirectory(Users);
        Cursors = new SqliteCursors(Bitcoin, options.Json);
    }

    /// <summary><c>competitions.db</c>.</summary>
    public SqliteDatabase Competitions { get; }

    /// <summary><c>users.db</c>.</summary>
    public SqliteDatabase Users { get; }

    /// <summary><c>bitcoin.db</c>.</summary>
    public SqliteDatabase Bitcoin { get; }

    /// <summary>Documents of <see cref="Competitions"/>; the provider "Default".</summary>
    public SqliteGrainStorage CompetitionDocuments { get; }

    /// <summary>Documents of <see cref="Users"/>; the provider "users".</summary>
    public SqliteGrainStorage UserDocuments { get; }

    /// <summary>Documents of <see cref="Bitcoin"/>; the provider "bitcoin".</summary>
    public SqliteGrainStorage BitcoinDocuments { get; }

    /// <summary>Reminders of every grain.</summary>
    public SqliteReminderTable Reminders { get; }

    /// <summary>Large immutable values of competitions.</summary>
    public SqliteArtefacts Artefacts { get; }

    /// <summary>Coins promised to intents.</summary>
    public SqliteReservations Reservations { get; }

    /// <summary>Lists of competitions.</summary>
    public SqliteDirectory Directory { get; }

    /// <summary>Lists of users.</summary>
    public SqliteDirectory UserDirectory { get; }

    /// <summary>How far the watchers have come.</summary>
    public SqliteCursors Cursors { get; }

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
