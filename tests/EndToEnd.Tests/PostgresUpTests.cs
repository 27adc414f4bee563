namespace Coordinator.EndToEnd.Tests;

/// <summary><c>up</c> and <c>bench http</c> with the service's state in PostgreSQL.</summary>
public sealed class PostgresUpTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-up-on-postgres-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Up_goes_on_with_what_its_database_holds()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var database = connection.Split("Database=")[1];
        var epochs = new List<string>();
        for (var start = 0; start < 2; start++)
        {
            using var up = CommandLine.Start(
                "up", "--ports", "auto", "--data", Path.Combine(_folder, "data"), "--json", "--connection-string-file", PostgresDemoTests.Secret(_folder, connection));
            await UpProcess.ReadyAsync(up);
            epochs.Add(await postgres.Server.QueryAsync("SELECT epoch FROM coordinator.lease", database));
            Assert.Equal(0, await UpProcess.StopAsync(up));
        }

        Assert.True(long.Parse(epochs[0], null) < long.Parse(epochs[1], null), string.Join(", ", epochs));
        Assert.Equal("t", await postgres.Server.QueryAsync("SELECT generation >= 0 FROM coordinator.lineage", database));
        Assert.Empty(Directory.GetFiles(_folder, "competitions.db", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_bench_reserves_tickets_in_the_database_and_refuses_none()
    {
        var file = PostgresDemoTests.Secret(_folder, await postgres.Server.CreateDatabaseAsync());
        var result = await CommandLine.RunAsync(
            "", "bench", "http", "--competitions", "50", "--connections", "16", "--tickets", "100", "--seconds", "1", "--json", "--connection-string-file", file);
        Assert.True(result.ExitCode == 0, result.ToString());
        var report = Assert.Single(result.Events);
        Assert.All(report.GetProperty("results").EnumerateArray(), one => Assert.Equal(0, one.GetProperty("refused").GetInt32()));
        Assert.True(report.GetProperty("ticket_commits").GetDouble() > 0);
    }
}
