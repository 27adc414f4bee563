using Coordinator.Testing;
using Npgsql;

namespace Coordinator.Storage.Postgres.Tests;

/// <summary>One real server for all tests that do not kill it.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresProcess Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresProcess.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

/// <summary>They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnePostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "one PostgreSQL server";
}

/// <summary>A database of its own for every test, and what all of them do with it.</summary>
[Collection(OnePostgres.Name)]
public abstract class PostgresTest(PostgresFixture fixture) : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    protected static readonly TimeSpan Never = TimeSpan.FromHours(1);
    protected static readonly GrainId Grain = GrainId.Create("competition", "a");

    protected PostgresProcess Server => fixture.Server;

    protected string Connection { get; private set; } = "";

    protected string Database => NameOf(Connection);

    public async Task InitializeAsync() => Connection = await Server.CreateDatabaseAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    protected static string NameOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    protected static Task<PostgresStores> OpenAsync(
        string connection, TimeSpan? poll = null, GenerationMark? file = null, Action<string>? standingBy = null, CancellationToken cancellation = default)
        => PostgresStores.OpenAsync(
            new PostgresStorageOptions { ConnectionString = connection, LeasePoll = poll ?? TimeSpan.FromMilliseconds(50), File = file, StandingBy = standingBy },
            TimeProvider.System, cancellation);

    protected Task<PostgresStores> OpenAsync(TimeSpan? poll = null) => OpenAsync(Connection, poll);

    protected Task<string> SqlAsync(string sql) => Server.QueryAsync(sql, Database);

    protected static async Task<StorageException> RefusalAsync(string connection)
    {
        var refusal = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(connection).WaitAsync(Patience));
        Assert.DoesNotContain(PostgresProcess.Password, refusal.ToString(), StringComparison.Ordinal);
        return refusal;
    }
}
