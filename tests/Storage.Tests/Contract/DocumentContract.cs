using Coordinator.Testing;
using Orleans.Storage;

namespace Coordinator.Storage.Tests;

public abstract class DocumentContract(Ground ground) : IAsyncLifetime
{
    private static readonly GrainId Grain = GrainId.Create("competition", "0197/with a slash");

    private IGrainStorage Storage => ground.Ports.Documents;

    public Task InitializeAsync() => ground.InitializeAsync();

    public Task DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task An_absent_document_reads_as_a_fresh_one_without_etag()
    {
        var state = new GrainState<Box> { State = null!, ETag = "9", RecordExists = true };
        await Storage.ReadStateAsync("box", Grain, state);
        Assert.Equal((0, null, false), (state.State.Number, state.ETag, state.RecordExists));
    }

    [Fact]
    public async Task What_was_written_is_read_after_a_restart()
    {
        var written = new GrainState<Box>(new Box { Number = 7, Text = "ä ✓ 'quoted' \"twice\" \0 end" });
        await Storage.WriteStateAsync("box", Grain, written);
        await ground.RestartAsync();
        var read = await ReadAsync("box", Grain);
        Assert.Equal((7, written.State.Text, written.ETag, true), (read.State.Number, read.State.Text, read.ETag, read.RecordExists));
        Assert.True(written.RecordExists);
    }

    [Fact]
    public async Task Every_write_changes_the_etag_and_the_last_writer_must_have_read_the_one_before()
    {
        var first = new GrainState<Box>(new Box { Number = 1 });
        await Storage.WriteStateAsync("box", Grain, first);
        var second = await ReadAsync("box", Grain);
        second.State.Number = 2;
        await Storage.WriteStateAsync("box", Grain, second);
        Assert.NotEqual(first.ETag, second.ETag);
        var stale = first.ETag;
        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("box", Grain, first));
        Assert.Equal((second.ETag, stale), (conflict.StoredEtag, conflict.CurrentEtag));
        Assert.Equal(stale, first.ETag);
        Assert.Equal(2, (await ReadAsync("box", Grain)).State.Number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("77")]
    [InlineData("not-ours")]
    [InlineData("-1")]
    public async Task A_wrong_etag_is_a_conflict(string? etag)
    {
        await Storage.WriteStateAsync("box", Grain, new GrainState<Box>(new Box { Number = 1 }));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("box", Grain, new GrainState<Box>(new Box { Number = 2 }, etag)));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.ClearStateAsync("box", Grain, new GrainState<Box>(new Box { Number = 2 }, etag)));
        Assert.Equal(1, (await ReadAsync("box", Grain)).State.Number);
    }

    [Fact]
    public async Task An_etag_of_a_document_that_is_not_there_is_a_conflict()
    {
        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("box", Grain, new GrainState<Box>(new Box(), "1")));
        Assert.Null(conflict.StoredEtag);
        Assert.False((await ReadAsync("box", Grain)).RecordExists);
    }

    [Fact]
    public async Task A_cleared_document_is_absent_and_its_etags_never_come_back()
    {
        var state = new GrainState<Box>(new Box { Number = 5 });
        await Storage.WriteStateAsync("box", Grain, state);
        var old = state.ETag;
        await Storage.ClearStateAsync("box", Grain, state);
        Assert.Equal((0, null, false), (state.State.Number, state.ETag, state.RecordExists));
        Assert.False((await ReadAsync("box", Grain)).RecordExists);
        await Storage.ClearStateAsync("box", Grain, state); // nothing there: nothing to do
        await Storage.WriteStateAsync("box", Grain, state);
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("box", Grain, new GrainState<Box>(new Box { Number = 9 }, old)));
    }

    [Fact]
    public async Task Documents_differ_by_grain_by_name_and_by_provider()
    {
        var other = GrainId.Create("user", "0197/with a slash");
        await Storage.WriteStateAsync("box", Grain, new GrainState<Box>(new Box { Number = 1 }));
        await Storage.WriteStateAsync("lid", Grain, new GrainState<Box>(new Box { Number = 2 }));
        await Storage.WriteStateAsync("box", other, new GrainState<Box>(new Box { Number = 3 }));
        await ground.Ports.UserDocuments.WriteStateAsync("box", Grain, new GrainState<Box>(new Box { Number = 4 }));
        var users = new GrainState<Box>();
        await ground.Ports.UserDocuments.ReadStateAsync("box", Grain, users);
        Assert.Equal(
            (1, 2, 3, 4),
            ((await ReadAsync("box", Grain)).State.Number, (await ReadAsync("lid", Grain)).State.Number,
                (await ReadAsync("box", other)).State.Number, users.State.Number));
    }

    [Fact]
    public async Task The_document_is_taken_before_the_call_returns()
    {
        var state = new GrainState<Box>(new Box { Number = 1 });
        var writing = Storage.WriteStateAsync("box", Grain, state);
        state.State.Number = 2; // the grain goes on while the disk works
        await writing;
        Assert.Equal(1, (await ReadAsync("box", Grain)).State.Number);
    }

    [Fact]
    public async Task A_document_of_another_shape_is_refused_by_name_and_not_quoted()
    {
        await Storage.WriteStateAsync("box", Grain, new GrainState<Box>(new Box { Text = "hush" }));
        var error = await Assert.ThrowsAsync<StorageException>(() => Storage.ReadStateAsync("box", Grain, new GrainState<Dictionary<string, int>>()));
        Assert.Contains("document box of competition/0197", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writers_that_retry_on_conflicts_lose_no_update()
    {
        const int Writers = 16;
        const int Each = 12;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Each;)
            {
                var state = await ReadAsync("box", Grain);
                state.State.Number++;
                try
                {
                    await Storage.WriteStateAsync("box", Grain, state);
                    done++;
                }
                catch (InconsistentStateException)
                {
                    // somebody was faster: read again
                }
            }
        })));
        Assert.Equal(Writers * Each, (await ReadAsync("box", Grain)).State.Number);
    }

    [Fact]
    public async Task Of_writers_with_wrong_etags_exactly_those_are_refused()
    {
        var grains = Enumerable.Range(0, 64).Select(i => GrainId.Create("counter", $"{i}")).ToList();
        var states = grains.Select(_ => new GrainState<Box>(new Box { Number = 1 })).ToList();
        await Task.WhenAll(grains.Select((grain, i) => Storage.WriteStateAsync("box", grain, states[i])));
        var second = grains.Select((_, i) => new GrainState<Box>(new Box { Number = 2 }, i % 5 == 0 ? "4711" : states[i].ETag)).ToList();
        var writes = grains.Select((grain, i) => Storage.WriteStateAsync("box", grain, second[i])).ToList();
        for (var i = 0; i < writes.Count; i++)
        {
            var refused = await Record.ExceptionAsync(() => writes[i]) is InconsistentStateException;
            Assert.Equal((i % 5 == 0, i % 5 == 0 ? 1 : 2), (refused, (await ReadAsync("box", grains[i])).State.Number));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(42)]
    public async Task Behaves_like_a_dictionary_with_versions(ulong seed)
    {
        var random = new SplitMix64(seed);
        var model = new Dictionary<GrainId, (int Number, string? Etag)>();
        var held = new Dictionary<(int Owner, GrainId Grain), GrainState<Box>>();
        for (var step = 0; step < 400; step++)
        {
            var grain = GrainId.Create("counter", $"{random.Below(5)}");
            var owner = random.Below(3);
            var state = held.TryGetValue((owner, grain), out var known) ? known : held[(owner, grain)] = new GrainState<Box>(new Box());
            var fits = state.ETag == (model.TryGetValue(grain, out var row) ? row.Etag : null);
            var action = random.Below(20);
            Task Act() => action switch
            {
                < 8 => Storage.ReadStateAsync("box", grain, state),
                < 17 => Storage.WriteStateAsync("box", grain, With(state, step)),
                < 19 => Storage.ClearStateAsync("box", grain, state),
                _ => ground.RestartAsync(),
            };
            var conflict = await Record.ExceptionAsync(Act);
            var expectConflict = action is >= 8 and < 19 && !fits;
            Assert.True((conflict is InconsistentStateException) == expectConflict, $"seed {seed}, step {step}, action {action}: {conflict}");
            Advance(model, grain, action, expectConflict, step, state);
            var stored = await ReadAsync("box", grain);
            var expected = model.TryGetValue(grain, out row) ? row : (Number: 0, Etag: null);
            Assert.True(expected == (stored.State.Number, stored.ETag), $"seed {seed}, step {step}: {expected} is {stored.State.Number}, {stored.ETag}");
        }
    }

    private static GrainState<Box> With(GrainState<Box> state, int number)
    {
        state.State = new Box { Number = number };
        return state;
    }

    private static void Advance(
        Dictionary<GrainId, (int Number, string? Etag)> model, GrainId grain, int action, bool refused, int step, GrainState<Box> state)
    {
        if (action is >= 8 and < 17 && !refused)
        {
            model[grain] = (step, state.ETag);
        }
        else if (action is >= 17 and < 19 && !refused)
        {
            model.Remove(grain);
        }
    }

    private async Task<GrainState<Box>> ReadAsync(string name, GrainId grain)
    {
        var state = new GrainState<Box>();
        await Storage.ReadStateAsync(name, grain, state);
        return state;
    }

    public sealed class Box
    {
        public int Number { get; set; }

        public string Text { get; set; } = "";
    }

    public sealed class OnSqlite() : DocumentContract(new SqliteGround());

    [Collection(OnePostgres.Name)]
    public sealed class OnPostgres(PostgresFixture fixture) : DocumentContract(new PostgresGround(fixture));

    public sealed class InMemory() : DocumentContract(new MemoryGround());

    public sealed class BehindAGate() : DocumentContract(new GatedGround());
}
