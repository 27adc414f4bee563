namespace Coordinator.EndToEnd.Tests;

/// <summary>
/// As <see cref="JournalKillTests"/>, with all state in PostgreSQL: the process is ended by SIGKILL right after a write is committed and before anybody hears of
/// it; the next one takes the lease that the server freed and finishes the same competition. By default three writes, which move by a step a day; where long tests
/// are asked for, every fourth write of a whole run.
/// </summary>
public sealed class PostgresJournalTests(Told told, PostgresFixture postgres) : IClassFixture<Told>, IClassFixture<PostgresFixture>
{
    private const int Sample = 3;
    private const int Step = 4;

    [Fact]
    public async Task Killed_after_a_write_that_its_database_committed_it_finishes_and_pays_every_winner_once()
    {
        var whole = await PlayAsync("local");
        whole.Check(shares: null);
        Assert.Equal(0, whole.Killed);
        foreach (var write in Writes(whole.LastWrites))
        {
            var run = await PlayAsync("local", write);
            told.Say($"in PostgreSQL: {run.Lives[0]}");
            Assert.Equal(1, run.Killed);
            run.Check(whole.Shares);
        }
    }

    [Fact]
    public async Task Killed_in_ten_lives_one_after_the_other_it_still_finishes()
    {
        var run = await PlayAsync("keymeld", [.. Enumerable.Range(0, 10).Select(life => 5 + (3 * life))]);
        run.Check(shares: null);
        told.Say($"in PostgreSQL, ten lives: {string.Join(", ", run.Lives)}");
        Assert.InRange(run.Killed, 5, 10);
    }

    /// <summary>Over nine tenths of a run, which is never exactly as long as another one.</summary>
    private static IEnumerable<int> Writes(int writes)
    {
        var step = CommandLine.IsLong ? Step : writes * 9 / 10 / Sample;
        var first = 1 + (TimeProvider.System.GetUtcNow().DayOfYear % step);
        return Enumerable.Range(0, int.MaxValue).Select(number => first + (number * step)).TakeWhile(write => write <= writes * 9 / 10);
    }

    private async Task<JournalRun> PlayAsync(string signing, params int[] plan)
        => await JournalRun.PlayAsync(signing, await postgres.Server.CreateDatabaseAsync(), plan);
}
