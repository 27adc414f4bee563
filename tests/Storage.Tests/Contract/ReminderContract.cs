using Coordinator.Testing;

namespace Coordinator.Storage.Tests;

public abstract class ReminderContract(Ground ground) : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 5, 1, 12, 0, 0, 123, DateTimeKind.Utc);

    private IReminderTable Table => ground.Ports.Reminders;

    public Task InitializeAsync() => ground.InitializeAsync();

    public Task DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task A_row_reads_as_it_was_written_after_a_restart()
    {
        var entry = Entry("a", "wake");
        var etag = await Table.UpsertRow(entry);
        await ground.RestartAsync();
        var row = await Table.ReadRow(entry.GrainId, "wake");
        Assert.NotNull(row);
        Assert.Equal(
            (entry.GrainId, "wake", Start, DateTimeKind.Utc, TimeSpan.FromMinutes(1), etag),
            (row.GrainId, row.ReminderName, row.StartAt, row.StartAt.Kind, row.Period, row.ETag));
        Assert.Null(await Table.ReadRow(entry.GrainId, "other"));
        Assert.Null(await Table.ReadRow(GrainId.Create("competition", "b"), "wake"));
    }

    [Fact]
    public async Task A_second_upsert_replaces_the_row_and_changes_its_etag()
    {
        var first = await Table.UpsertRow(Entry("a", "wake"));
        var later = Entry("a", "wake");
        later.StartAt = Start.AddDays(1);
        later.Period = TimeSpan.FromHours(2);
        var second = await Table.UpsertRow(later);
        Assert.NotEqual(first, second);
        var row = Assert.Single((await Table.ReadRows(later.GrainId)).Reminders);
        Assert.Equal((later.StartAt, later.Period, second), (row.StartAt, row.Period, row.ETag));
    }

    [Fact]
    public async Task Only_the_current_etag_removes_a_row()
    {
        var entry = Entry("a", "wake");
        var old = await Table.UpsertRow(entry);
        var current = await Table.UpsertRow(entry);
        Assert.False(await Table.RemoveRow(entry.GrainId, "wake", old!));
        Assert.False(await Table.RemoveRow(entry.GrainId, "other", current!));
        Assert.False(await Table.RemoveRow(entry.GrainId, "wake", "not-ours"));
        Assert.True(await Table.RemoveRow(entry.GrainId, "wake", current!));
        Assert.False(await Table.RemoveRow(entry.GrainId, "wake", current!));
        Assert.Empty((await Table.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task A_grain_has_its_own_rows()
    {
        await Table.UpsertRow(Entry("a", "wake"));
        await Table.UpsertRow(Entry("a", "close"));
        await Table.UpsertRow(Entry("b", "wake"));
        var rows = (await Table.ReadRows(GrainId.Create("competition", "a"))).Reminders;
        Assert.Equal(["close", "wake"], rows.Select(row => row.ReminderName));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Ring_ranges_are_open_at_the_beginning_closed_at_the_end_and_wrap(ulong seed)
    {
        var random = new SplitMix64(seed);
        var entries = Enumerable.Range(0, 60).Select(i => Entry($"{i}", "wake")).ToList();
        foreach (var entry in entries)
        {
            await Table.UpsertRow(entry);
        }
        var hashes = entries.Select(entry => entry.GrainId.GetUniformHashCode()).ToList();
        var bounds = new List<uint> { 0, uint.MaxValue, hashes[0], unchecked(hashes[0] - 1), hashes[1] };
        bounds.AddRange(Enumerable.Range(0, 8).Select(_ => hashes[random.Below(hashes.Count)]));
        foreach (var (begin, end) in bounds.SelectMany(begin => bounds.Select(end => (begin, end))))
        {
            bool Inside(uint hash) => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
            var expected = entries.Where(entry => Inside(entry.GrainId.GetUniformHashCode())).Select(entry => entry.GrainId.ToString());
            var actual = (await Table.ReadRows(begin, end)).Reminders.Select(row => row.GrainId.ToString());
            Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(actual.Order(StringComparer.Ordinal)), $"seed {seed}: ({begin}, {end}]");
        }
    }

    [Fact]
    public async Task Clearing_removes_every_row()
    {
        await Table.UpsertRow(Entry("a", "wake"));
        await Table.TestOnlyClearTable();
        Assert.Empty((await Table.ReadRows(5, 5)).Reminders);
    }

    private static ReminderEntry Entry(string key, string name) => new()
    {
        GrainId = GrainId.Create("competition", key),
        ReminderName = name,
        StartAt = Start,
        Period = TimeSpan.FromMinutes(1),
    };

    public sealed class OnSqlite() : ReminderContract(new SqliteGround());

    [Collection(OnePostgres.Name)]
    public sealed class OnPostgres(PostgresFixture fixture) : ReminderContract(new PostgresGround(fixture));

    public sealed class InMemory() : ReminderContract(new MemoryGround());

    public sealed class BehindAGate() : ReminderContract(new GatedGround());
}
