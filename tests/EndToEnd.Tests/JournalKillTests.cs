using System.Collections.Concurrent;
using System.Globalization;
using Xunit.Sdk;

namespace Coordinator.EndToEnd.Tests;

/// <summary>
/// The service's process is ended by SIGKILL right after a write of its storage is durable and before anybody hears of it; started again on the
/// same folder it finishes the same competition. By default a sample of ten over both signing modes, which moves by a step a day; where long
/// tests are asked for, after every write of a whole run.
/// </summary>
public sealed class JournalKillTests(Told told) : IClassFixture<Told>
{
    private const int AtOnce = 2;
    private const int Sample = 5;
    private const int Wave = 16;
    private const int MostWrites = 2_000;

    [Theory]
    [InlineData("local")]
    [InlineData("keymeld")]
    public async Task Killed_after_a_write_of_its_journal_it_finishes_and_pays_every_winner_once(string signing)
    {
        var whole = await JournalRun.PlayAsync(signing);
        whole.Check(shares: null);
        Assert.Equal(0, whole.Killed);
        if (CommandLine.IsLong)
        {
            await AfterEachAsync(signing, whole);
        }
        else
        {
            await AfterSomeAsync(signing, whole);
        }
    }

    [Theory]
    [InlineData("local")]
    [InlineData("keymeld")]
    public async Task Killed_in_ten_lives_one_after_the_other_it_still_finishes(string signing)
    {
        int[] plan = [.. Enumerable.Range(0, 10).Select(life => 5 + (3 * life))];
        var run = await JournalRun.PlayAsync(signing, plan);
        run.Check(shares: null);
        told.Say($"{signing}, ten lives: {string.Join(", ", run.Lives)}");
        Assert.InRange(run.Killed, 5, 10);
    }

    /// <summary>Evenly spread over nine tenths of a run, which is never exactly as long as another one.</summary>
    private async Task AfterSomeAsync(string signing, JournalRun whole)
    {
        var step = whole.LastWrites * 9 / 10 / Sample;
        var first = 1 + (TimeProvider.System.GetUtcNow().DayOfYear % step);
        int[] writes = [.. Enumerable.Range(0, Sample).Select(number => first + (number * step))];
        told.Say($"{signing}: killed after writes {string.Join(", ", writes)} of about {whole.LastWrites}");
        var runs = await KillAsync(signing, writes, whole.Shares);
        Assert.All(runs, run => Assert.Equal(1, run.Killed));
    }

    /// <summary>Until a run has no such write any more.</summary>
    private async Task AfterEachAsync(string signing, JournalRun whole)
    {
        var (killed, begun) = (0, TimeProvider.System.GetTimestamp());
        for (var first = 1; first < MostWrites; first += Wave)
        {
            var runs = await KillAsync(signing, [.. Enumerable.Range(first, Wave)], whole.Shares);
            told.Say($"{signing}: {string.Join(", ", runs.Select(run => run.Lives[0]))}");
            killed += runs.Sum(run => run.Killed);
            Assert.All(runs, run => Assert.True(
                run.Killed == 1 || run.Plan[0] > whole.LastWrites * 9 / 10, $"{signing}: a run ended before write {run.Plan[0]} of about {whole.LastWrites}"));
            if (runs[^1].Killed == 0)
            {
                break;
            }
        }

        told.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{signing}: killed after each of {killed} writes in {TimeProvider.System.GetElapsedTime(begun).TotalMinutes:F1} min; undisturbed {whole.LastWrites} writes"));
        Assert.InRange(killed, whole.LastWrites * 9 / 10, MostWrites);
    }

    /// <summary>A run for each of these writes; every run that did not end well is told, and then the test fails.</summary>
    private async Task<IReadOnlyList<JournalRun>> KillAsync(string signing, int[] writes, IReadOnlyList<long> shares)
    {
        var (runs, failures) = (new ConcurrentDictionary<int, JournalRun>(), new ConcurrentQueue<string>());
        await Parallel.ForEachAsync(writes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (write, _) =>
        {
            var run = runs[write] = await JournalRun.PlayAsync(signing, write);
            try
            {
                run.Check(shares);
            }
            catch (XunitException failure)
            {
                failures.Enqueue($"{signing}, lives {string.Join(", ", run.Lives)}: {failure.Message}\n{run.Result}");
                told.Say($"{signing}: NOT WELL after {string.Join(", ", run.Lives)}: {failure.Message.Split('\n')[0]}");
            }
        });
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        return [.. writes.Select(write => runs[write])];
    }
}
