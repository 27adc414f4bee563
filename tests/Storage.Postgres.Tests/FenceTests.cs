using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Orleans.Storage;

namespace Coordinator.Storage.Postgres.Tests;

/// <summary>A process that lost the lease without knowing.</summary>
public sealed class FenceTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    private const string Everything = """
        SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
            SELECT t::text FROM coordinator.grain_state t UNION ALL SELECT t::text FROM coordinator.reminder t UNION ALL SELECT t::text FROM coordinator.artefact t
            UNION ALL SELECT t::text FROM coordinator.artefact_owner t UNION ALL SELECT t::text FROM coordinator.directory t
            UNION ALL SELECT t::text FROM coordinator.reservation t UNION ALL SELECT t::text FROM coordinator.cursor t
            UNION ALL SELECT t::text FROM coordinator.lineage t) AS rows(row)
        """;

    private static readonly byte[] Data = [1, 2, 3];

    private static readonly Dictionary<string, Func<PostgresStores, Task>> Writes = new(StringComparer.Ordinal)
    {
        ["IGrainStorage.WriteStateAsync"] = async stores =>
        {
            await stores.Ports.Documents.WriteStateAsync("fresh", Grain, new GrainState<List<int>>([2]));
        },
        ["IGrainStorage.ClearStateAsync"] = async stores => await stores.Ports.UserDocuments.ClearStateAsync("s", Grain, await ReadAsync(stores.Ports.UserDocuments)),
        ["IReminderTable.UpsertRow"] = stores => stores.Ports.Reminders.UpsertRow(Reminder("second")),
        ["IReminderTable.RemoveRow"] = async stores => await stores.Ports.Reminders.RemoveRow(Grain, "wake", (await stores.Ports.Reminders.ReadRow(Grain, "wake"))!.ETag!),
        ["IReminderTable.TestOnlyClearTable"] = stores => stores.Ports.Reminders.TestOnlyClearTable(),
        ["IArtefactStore.PutAsync"] = stores => stores.Ports.Artefacts.PutAsync("c2", SHA256.HashData(Data), Data),
        ["IArtefactStore.DeleteAsync"] = stores => stores.Ports.Artefacts.DeleteAsync("c1"),
        ["IReservationStore.ReserveAsync"] = stores => stores.Ports.Reservations.ReserveAsync("two", [new("bb:0", 5)]),
        ["IReservationStore.MarkBroadcastAsync"] = stores => stores.Ports.Reservations.MarkBroadcastAsync("one", "f00d"),
        ["IReservationStore.ReleaseAsync"] = stores => stores.Ports.Reservations.ReleaseAsync("one"),
        ["IReservationStore.SettleAsync"] = stores => stores.Ports.Reservations.SettleAsync("one"),
        ["IDirectoryIndex.UpsertAsync"] = stores => stores.Ports.Directory.UpsertAsync("competition", new DirectoryEntry("a", 2, "{}")),
        ["IDirectoryIndex.RemoveAsync"] = stores => stores.Ports.UserDirectory.RemoveAsync("user", "a"),
        ["ICursorStore.SetAsync"] = stores => stores.Ports.Cursors.SetAsync("tip", "x"),
        ["ICursorStore.SetNumberAsync"] = stores => stores.Ports.Cursors.SetNumberAsync("blocks", 2),
        ["PostgresLineage.WriteAsync"] = stores => stores.Lineage.WriteAsync(2),
    };

    [Fact]
    public void Every_way_to_write_is_among_those_that_are_tried()
    {
        string[] reads = ["Read", "Get", "Find", "List"];
        var ports = typeof(StoragePorts).GetProperties().Select(port => port.PropertyType).Where(type => type.IsInterface).Distinct().Append(typeof(PostgresLineage));
        var ways = from type in ports
                   from method in type.GetMethods(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.DeclaredOnly)
                   where typeof(Task).IsAssignableFrom(method.ReturnType) && !reads.Any(read => method.Name.StartsWith(read, StringComparison.Ordinal))
                   select $"{type.Name}.{method.Name}";
        Assert.Empty(ways.Distinct().Where(way => !way.EndsWith(".StartAsync", StringComparison.Ordinal) && !way.EndsWith(".StopAsync", StringComparison.Ordinal)).Except(Writes.Keys));
    }

    [Fact]
    public async Task A_deposed_store_stores_nothing_through_any_port()
    {
        await FillAsync();
        var before = await SqlAsync(Everything);
        foreach (var (name, write) in Writes)
        {
            await using var deposed = await OpenAsync(TimeSpan.FromSeconds(5)).WaitAsync(Patience); // it does not look meanwhile: it cannot know
            await SqlAsync("UPDATE coordinator.lease SET epoch = epoch + 1");
            var refusal = await Record.ExceptionAsync(() => write(deposed));
            Assert.True(refusal is StorageException { Fault: StorageFault.Fenced }, $"{name}: {refusal}");
            Assert.Contains("another coordinator has taken over the database", refusal.Message, StringComparison.Ordinal);
            Assert.True(before == await SqlAsync(Everything), name);
            Assert.Equal(StorageFault.Fenced, (await deposed.Lost.WaitAsync(Patience)).Fault);
        }
    }

    [Fact]
    public async Task The_same_writes_pass_with_the_lease()
    {
        await FillAsync();
        await using var stores = await OpenAsync();
        foreach (var (name, write) in Writes)
        {
            var before = await SqlAsync(Everything);
            await write(stores);
            Assert.True(before != await SqlAsync(Everything) || name == "IReservationStore.ReleaseAsync" || name == "IReminderTable.RemoveRow" || name == "IReservationStore.SettleAsync", name);
        }
    }

    [Fact]
    public async Task A_holder_that_only_looks_learns_of_the_next_one()
    {
        await using var stores = await OpenAsync();
        await SqlAsync("UPDATE coordinator.lease SET epoch = epoch + 1");
        Assert.Contains("another coordinator has taken over", (await stores.Lost.WaitAsync(Patience)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_holder_waits_for_a_write_that_passed_the_guard_and_none_passes_it_afterwards()
    {
        await (await OpenAsync()).DisposeAsync();
        var epoch = long.Parse(await SqlAsync("SELECT epoch FROM coordinator.lease"), CultureInfo.InvariantCulture);
        await using var old = new NpgsqlConnection(Connection + ";Pooling=false");
        await old.OpenAsync();
        var transaction = await old.BeginTransactionAsync();
        await RunAsync(old, $"SELECT coordinator.guard({epoch})");
        var opening = OpenAsync();
        for (var tries = 0; await SqlAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "0"; tries++)
        {
            Assert.True(tries < 300, "nobody waits for the write");
        }
        Assert.False(opening.IsCompleted);
        await RunAsync(old, "INSERT INTO coordinator.cursor(name, json) VALUES ('blocks', '5')");
        await transaction.CommitAsync();
        await using var next = await opening.WaitAsync(Patience);
        Assert.Equal(5, await next.Ports.Cursors.GetNumberAsync("blocks"));
        var late = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(old, $"SELECT coordinator.guard({epoch})"));
        Assert.Equal(PostgresErrors.FencedState, late.SqlState);
    }

    private static ReminderEntry Reminder(string name) => new()
    {
        GrainId = Grain,
        ReminderName = name,
        StartAt = new DateTime(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc),
        Period = TimeSpan.FromMinutes(1),
    };

    private static async Task<GrainState<List<int>>> ReadAsync(IGrainStorage storage)
    {
        var state = new GrainState<List<int>>();
        await storage.ReadStateAsync("s", Grain, state);
        return state;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task FillAsync()
    {
        await using var stores = await OpenAsync();
        await stores.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
        await stores.Ports.UserDocuments.WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
        await stores.Ports.Reminders.UpsertRow(Reminder("wake"));
        await stores.Ports.Artefacts.PutAsync("c1", SHA256.HashData(Data), Data);
        await stores.Ports.Reservations.ReserveAsync("one", [new("aa:0", 1_000)]);
        await stores.Ports.Directory.UpsertAsync("competition", new DirectoryEntry("a", 1, "{}"));
        await stores.Ports.UserDirectory.UpsertAsync("user", new DirectoryEntry("a", 1, "{}"));
        await stores.Ports.Cursors.SetNumberAsync("blocks", 1);
        await stores.Lineage.WriteAsync(1);
    }
}
