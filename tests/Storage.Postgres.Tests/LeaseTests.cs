namespace Coordinator.Storage.Postgres.Tests;

public sealed class LeaseTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    [Fact]
    public async Task The_second_stands_by_and_says_so_until_the_first_ends()
    {
        var first = await OpenAsync();
        var told = new TaskCompletionSource<string>();
        var opening = OpenAsync(Connection, standingBy: told.SetResult);
        Assert.Equal($"standing by: another coordinator holds the lease of the database {Database} on 127.0.0.1", await told.Task.WaitAsync(Patience));
        await first.Ports.Cursors.SetNumberAsync("blocks", 1);
        Assert.False(opening.IsCompleted);
        await first.DisposeAsync();
        await using var second = await opening.WaitAsync(Patience);
        Assert.Equal(1, await second.Ports.Cursors.GetNumberAsync("blocks"));
        await second.Ports.Cursors.SetNumberAsync("blocks", 2);
        Assert.False(first.Lost.IsCompleted);
        Assert.False(second.Lost.IsCompleted);
    }

    [Fact]
    public async Task A_holder_whose_connection_is_ended_is_told_and_writes_no_more_while_the_next_one_goes_on()
    {
        await using var first = await OpenAsync();
        await first.Ports.Cursors.SetNumberAsync("blocks", 1);
        var opening = OpenAsync(Connection);
        await SqlAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        var reason = await first.Lost.WaitAsync(Patience);
        Assert.Equal(StorageFault.Fenced, reason.Fault);
        Assert.Contains("the lease of the database", reason.Message, StringComparison.Ordinal);
        await using var second = await opening.WaitAsync(Patience);
        Assert.Equal(StorageFault.Fenced, (await Assert.ThrowsAsync<StorageException>(() => first.Ports.Cursors.SetNumberAsync("blocks", 7))).Fault);
        Assert.Equal(1, await second.Ports.Cursors.GetNumberAsync("blocks"));
        await second.Ports.Cursors.SetNumberAsync("blocks", 2);
    }

    [Fact]
    public async Task A_stand_by_can_be_stopped_and_leaves_the_lease_to_others()
    {
        var first = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var waiting = OpenAsync(Connection, standingBy: _ => stop.Cancel(), cancellation: stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        await first.DisposeAsync();
        await using var next = await OpenAsync().WaitAsync(Patience);
        Assert.False(next.Lost.IsCompleted);
    }

    [Fact]
    public async Task Closing_twice_or_synchronously_gives_the_lease_back_and_later_calls_say_that_it_is_closed()
    {
        var first = await OpenAsync();
        first.Dispose();
        await first.DisposeAsync();
        await using (await OpenAsync().WaitAsync(Patience))
        {
            Assert.Contains("is closed", (await Assert.ThrowsAsync<StorageException>(() => first.Ports.Cursors.GetNumberAsync("blocks"))).Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<StorageException>(() => first.Ports.Cursors.SetNumberAsync("blocks", 1));
        }
    }

    [Fact]
    public async Task Two_that_start_at_once_on_a_new_database_both_come_to_serve()
    {
        var (one, other) = (OpenAsync(), OpenAsync());
        var first = await await Task.WhenAny(one, other).WaitAsync(Patience);
        await first.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
        await first.DisposeAsync();
        await using var second = await (first == (one.IsCompletedSuccessfully ? await one : null) ? other : one).WaitAsync(Patience);
        var state = new GrainState<List<int>>();
        await second.Ports.Documents.ReadStateAsync("s", Grain, state);
        Assert.Equal([1], state.State);
    }
}
