using Coordinator.Testing;

namespace Coordinator.Storage.Postgres.Tests;

public sealed class OutageTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    [Fact]
    public async Task After_a_power_cut_every_answered_write_is_there_and_the_others_were_told_as_unknown()
    {
        const int Writers = 12;
        await using var server = await PostgresProcess.StartAsync();
        var connection = await server.CreateDatabaseAsync();
        await using var stores = await OpenAsync(connection);
        var answered = new int[Writers];
        var failures = new Exception?[Writers];
        var under = new TaskCompletionSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var state = new GrainState<List<int>>([0]);
            for (var number = 1; number < 100_000 && failures[writer] is null; number++)
            {
                state.State = [number];
                failures[writer] = await Record.ExceptionAsync(() => stores.Ports.Documents.WriteStateAsync("s", Of(writer), state));
                answered[writer] = failures[writer] is null ? number : answered[writer];
                if (number == 20)
                {
                    under.TrySetResult();
                }
            }
        })).ToList();
        await under.Task.WaitAsync(Patience);
        await server.KillNowAsync();
        await Task.WhenAll(writers).WaitAsync(Patience);
        Assert.All(failures, failure => Assert.IsType<StorageException>(failure));
        Assert.Equal(StorageFault.Fenced, (await stores.Lost.WaitAsync(Patience)).Fault);
        Assert.Contains("cannot be reached", (await Assert.ThrowsAsync<StorageException>(() => stores.Ports.Cursors.GetNumberAsync("x"))).Message, StringComparison.Ordinal);
        await server.RestartAsync();
        Assert.Null(await stores.Ports.Cursors.GetNumberAsync("x")); // reads go on where they can
        await Assert.ThrowsAsync<StorageException>(() => stores.Ports.Cursors.SetNumberAsync("x", 1)); // this one has to end
        await using var next = await OpenAsync(connection).WaitAsync(Patience);
        await EveryAnswerIsStoredAsync(next, answered);
        await next.Ports.Cursors.SetNumberAsync("x", 1);
    }

    [Fact]
    public async Task A_pool_whose_connections_were_cut_recovers_and_reads_do_not_even_notice()
    {
        await using var stores = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => stores.Ports.Cursors.SetNumberAsync($"c{i}", i)));
        await CutPoolAsync();
        Assert.Equal(3, await stores.Ports.Cursors.GetNumberAsync("c3"));
        await CutPoolAsync();
        var failed = 0;
        for (var tries = 0; tries < 20 && await Record.ExceptionAsync(() => stores.Ports.Cursors.SetNumberAsync("c3", 7)) is { } failure; tries++)
        {
            Assert.IsType<StorageException>(failure);
            failed++;
        }
        Assert.True(failed < 20, "the pool does not recover");
        Assert.Equal(7, await stores.Ports.Cursors.GetNumberAsync("c3"));
        Assert.False(stores.Lost.IsCompleted);
    }

    [Fact]
    public async Task A_write_that_is_not_answered_in_time_is_told_and_not_repeated()
    {
        await using var stores = await PostgresStores.OpenAsync(
            new PostgresStorageOptions { ConnectionString = Connection, CommandTimeout = TimeSpan.FromSeconds(1) }, TimeProvider.System, CancellationToken.None);
        await using var other = new Npgsql.NpgsqlConnection(Connection + ";Pooling=false");
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("LOCK TABLE coordinator.cursor", other))
        {
            await command.ExecuteNonQueryAsync();
        }
        var failure = await Assert.ThrowsAsync<StorageException>(() => stores.Ports.Cursors.SetNumberAsync("blocks", 1).WaitAsync(Patience));
        Assert.Contains("did not answer in time", failure.Message, StringComparison.Ordinal);
        await transaction.RollbackAsync();
        Assert.Null(await stores.Ports.Cursors.GetNumberAsync("blocks"));
        Assert.False(stores.Lost.IsCompleted);
    }

    private static async Task EveryAnswerIsStoredAsync(PostgresStores next, int[] answered)
    {
        for (var writer = 0; writer < answered.Length; writer++)
        {
            var state = new GrainState<List<int>>();
            await next.Ports.Documents.ReadStateAsync("s", Of(writer), state);
            var stored = state.RecordExists ? state.State[0] : 0;
            Assert.True(stored == answered[writer] || stored == answered[writer] + 1, $"writer {writer}: {answered[writer]} was answered, {stored} is stored");
        }
    }

    private static GrainId Of(int writer) => GrainId.Create("competition", $"{writer}");

    private Task<string> CutPoolAsync() => SqlAsync("""
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid NOT IN (
            SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)
        """);
}
