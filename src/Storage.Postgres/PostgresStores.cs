namespace Coordinator.Storage.Postgres;

/// <summary>Everything in one database, open for the one coordinator that holds its lease.</summary>
/// <remarks>Reads and writes answer <see cref="StorageException"/> while the server is away. Losing the lease is for good: <see cref="Lost"/> tells, every
/// later write is refused with <see cref="StorageFault.Fenced"/>, and the process has to end.</remarks>
public sealed class PostgresStores : IOpenedStorage
{
    private readonly PostgresDatabase _database;

    private PostgresStores(PostgresDatabase database, PostgresStorageOptions options)
    {
        _database = database;
        Ports = new StoragePorts(
            new PostgresGrainStorage(database, "competitions", options.Json),
            new PostgresGrainStorage(database, "users", options.Json),
            new PostgresGrainStorage(database, "bitcoin", options.Json),
            new PostgresReminderTable(database),
            new PostgresArtefacts(database),
            new PostgresReservations(database),
            new PostgresDirectory(database, "competitions"),
            new PostgresDirectory(database, "users"),
            new PostgresCursors(database, options.Json));
        Surveys = [new PostgresSurvey(database, "competitions"), new PostgresSurvey(database, "users"), new PostgresSurvey(database, "bitcoin")];
        Lineage = new PostgresLineage(database, options.File);
    }

    /// <inheritdoc/>
    public StoragePorts Ports { get; }

    /// <inheritdoc/>
    public IReadOnlyList<IDocumentSurvey> Surveys { get; }

    /// <inheritdoc/>
    public Task<StorageException> Lost => _database.Lost;

    /// <summary>What tells a database that was put back.</summary>
    public PostgresLineage Lineage { get; }

    /// <summary>"the database NAME on HOST", for log and health.</summary>
    public string Name => _database.Name;

    /// <summary>Waits until no other coordinator holds the lease (for as long as it takes; <see cref="PostgresStorageOptions.StandingBy"/> is told), checks the
    /// server, brings the schema up to date and opens it.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="clock">Of the pauses between two looks at the lease.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="StorageException">With one sentence for the operator; nothing stays open or held then.</exception>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public static async Task<PostgresStores> OpenAsync(PostgresStorageOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var place = new PostgresPlace(options);
        var lease = await PostgresLease.TakeAsync(place, options, clock, cancellation).ConfigureAwait(false);
        return new PostgresStores(new PostgresDatabase(place, lease), options);
    }

    /// <summary>Ends the connections and gives the lease back. What is under way may fail with an unknown outcome. Safe to repeat.</summary>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => _database.Dispose();
}
