using System.Collections.Immutable;
using Coordinator.Grains;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coordinator.Cluster.Tests;

/// <summary>The list of competitions: what it tells, and what of it is on disk when.</summary>
public sealed class DirectoryTests
{
    private readonly SlowIndex _index = new();
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task A_new_competition_is_on_disk_before_it_is_known()
    {
        var directory = await StartAsync();
        var put = directory.PutAsync(View(1, 1));
        Assert.Empty(await directory.ListAsync());
        _index.Release();
        await put;
        Assert.Single(await directory.ListAsync());
        Assert.Equal([(1, 1L)], _index.Stored);
    }

    [Fact]
    public async Task A_change_is_told_at_once_and_only_the_latest_of_many_is_written()
    {
        _index.IsHeld = false;
        var directory = await StartAsync();
        await directory.PutAsync(View(1, 1));
        _index.IsHeld = true;
        for (var version = 2; version <= 50; version++)
        {
            await directory.PutAsync(View(1, version));
        }

        Assert.Equal(50, Assert.Single(await directory.ListAsync()).Version);
        _index.Release();
        await directory.OnDeactivateAsync(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "test"), CancellationToken.None);
        Assert.Equal([(1, 1L), (1, 2L), (1, 50L)], _index.Stored);
    }

    [Fact]
    public async Task Old_news_change_nothing()
    {
        _index.IsHeld = false;
        var directory = await StartAsync();
        await directory.PutAsync(View(1, 7));
        await directory.PutAsync(View(1, 7) with { State = "failed" });
        await directory.PutAsync(View(1, 6) with { State = "failed" });
        Assert.Equal("created", Assert.Single(await directory.ListAsync()).State);
        Assert.Equal(1, (await directory.ChangesAsync(0, 0)).Stamp);
    }

    [Fact]
    public async Task A_line_that_cannot_be_written_is_written_with_the_next_change()
    {
        _index.IsHeld = false;
        var directory = await StartAsync();
        await directory.PutAsync(View(1, 1));
        await directory.PutAsync(View(2, 1));
        _index.IsBroken = true;
        await directory.PutAsync(View(1, 2));
        _index.IsBroken = false;
        await directory.PutAsync(View(2, 2));
        Assert.Equal([(1, 2L), (2, 2L)], _index.Stored.TakeLast(2).Order());
    }

    [Fact]
    public async Task Whoever_asks_what_changed_gets_each_once_and_everything_after_a_new_beginning()
    {
        _index.IsHeld = false;
        var directory = await StartAsync();
        foreach (var number in new[] { 1, 2, 3 })
        {
            await directory.PutAsync(View(number, 1));
        }

        var all = await directory.ChangesAsync(0, 0);
        Assert.Equal([1, 2, 3], Numbers(all));
        Assert.Empty((await directory.ChangesAsync(all.Epoch, all.Stamp)).Views);
        await directory.PutAsync(View(2, 2));
        await directory.PutAsync(View(2, 3));
        var some = await directory.ChangesAsync(all.Epoch, all.Stamp);
        Assert.Equal(3, Assert.Single(some.Views).Version);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var next = await StartAsync();
        var anew = await next.ChangesAsync(some.Epoch, some.Stamp);
        Assert.Equal([1, 2, 3], Numbers(anew));
        Assert.True(anew.Epoch > some.Epoch);
    }

    private static IEnumerable<int> Numbers(DirectoryChanges changes) => changes.Views.Select(SlowIndex.NumberOf).Order();

    private static CompetitionView View(int number, long version)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
        var terms = new CreateCompetition(
            Guid.Parse($"019b7a00-0000-7000-8000-{number:d12}"), at, at, at, ["KDEN"], 1, 1, 2, 1_000, 0, 2_000, null);
        return new(version, terms, at, "created", new(0, 0, 0, 0, 0), [], null, null, null, null, null, null, 1_000, 0, null, []);
    }

    private async Task<DirectoryGrain> StartAsync()
    {
        var directory = new DirectoryGrain(_index, _clock, NullLogger<DirectoryGrain>.Instance);
        await directory.OnActivateAsync(CancellationToken.None);
        return directory;
    }

    /// <summary>A disk that a test lets go on, or break.</summary>
    private sealed class SlowIndex : ICompetitionIndex
    {
        private readonly Dictionary<Guid, CompetitionView> _lines = [];
        private TaskCompletionSource _go = new();

        public bool IsHeld { get; set; } = true;

        public bool IsBroken { get; set; }

        public List<(int Number, long Version)> Stored { get; } = [];

        public static int NumberOf(CompetitionView view) => view.Submission.Id.ToByteArray()[^1];

        public void Release() => _go.SetResult();

        public async Task PutAsync(CompetitionView view)
        {
            if (IsHeld)
            {
                await _go.Task;
            }

            if (IsBroken)
            {
                throw new IOException("no room");
            }

            Stored.Add((NumberOf(view), view.Version));
            _lines[view.Submission.Id] = view;
        }

        public Task<ImmutableArray<CompetitionView>> ListAsync() => Task.FromResult(_lines.Values.ToImmutableArray());
    }
}
