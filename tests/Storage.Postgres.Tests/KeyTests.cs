using System.Security.Cryptography;
using Coordinator.Testing;

namespace Coordinator.Storage.Postgres.Tests;

public sealed class KeyTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    [Fact]
    public async Task Keys_are_ordered_ordinally_whatever_the_database_s_own_order()
    {
        string[] keys = ["B", "a", "Z", "ä", "-", "_", "a b", "a-b", "A", "0", "10", "9"];
        await using var stores = await OpenAsync();
        foreach (var key in keys)
        {
            await stores.Ports.Directory.UpsertAsync("k", new DirectoryEntry(key, 1, "{}"));
            await stores.Ports.Reservations.ReserveAsync("one", [new(key, 1)]);
            await stores.Ports.Documents.WriteStateAsync("s", GrainId.Create("competition", key), new GrainState<List<int>>([1]));
        }
        var expected = keys.Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, (await stores.Ports.Directory.ListAsync("k")).Select(line => line.Key));
        Assert.Equal(expected[4..6], (await stores.Ports.Directory.ListAsync("k", after: expected[3], limit: 2)).Select(line => line.Key));
        Assert.Equal(expected, (await stores.Ports.Reservations.ListAsync()).Select(coin => coin.Outpoint));
        var (seen, last) = (new List<string>(), (SurveyedDocument?)null);
        while (await stores.Surveys[0].PageAsync(last, most: 5) is { IsEmpty: false } page && seen.Count < 100)
        {
            Assert.All(page, document => Assert.True(document.IsWhole));
            seen.AddRange(page.Select(document => document.Key));
            last = page[^1];
        }
        Assert.Equal(expected, seen);
        Assert.Empty(await stores.Surveys[1].PageAsync(null));
    }

    [Fact]
    public async Task A_key_that_cannot_be_kept_is_refused_by_name()
    {
        await using var stores = await OpenAsync();
        foreach (var key in new[] { "a\0b", "half \ud83d", "\ude00 half" })
        {
            await RefusedAsync(stores, key);
        }
        Assert.False(stores.Lost.IsCompleted);
        await stores.Ports.Cursors.SetNumberAsync("whole \ud83d\ude00", 1);
        Assert.Equal(1, await stores.Ports.Cursors.GetNumberAsync("whole \ud83d\ude00"));
    }

    private static async Task RefusedAsync(PostgresStores stores, string key)
    {
        Task[] tries =
        [
            stores.Ports.Directory.UpsertAsync("k", new DirectoryEntry(key, 1, "{}")),
            stores.Ports.Directory.FindAsync("k", key),
            stores.Ports.Reservations.ReserveAsync("one", [new(key, 1)]),
            stores.Ports.Cursors.SetNumberAsync(key, 1),
            stores.Ports.Documents.WriteStateAsync(key, Grain, new GrainState<List<int>>([1])),
        ];
        foreach (var attempt in tries)
        {
            Assert.Contains("cannot keep (U+0000", (await Assert.ThrowsAsync<StorageException>(() => attempt)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_large_artefact_and_a_large_document_are_kept_whole()
    {
        var data = new SplitMix64(11).Bytes(4 << 20);
        await using (var stores = await OpenAsync())
        {
            await stores.Ports.Artefacts.PutAsync("c1", SHA256.HashData(data), data);
            await stores.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<List<int>>([.. Enumerable.Range(0, 200_000)]));
        }
        await using var next = await OpenAsync();
        Assert.Equal(data, await next.Ports.Artefacts.GetAsync(SHA256.HashData(data)));
        var state = new GrainState<List<int>>();
        await next.Ports.Documents.ReadStateAsync("s", Grain, state);
        Assert.Equal(199_999, state.State[^1]);
    }

    [Fact]
    public async Task Rows_that_were_changed_by_hand_are_refused()
    {
        await using var stores = await OpenAsync();
        byte[] data = [1, 2, 3];
        await stores.Ports.Documents.WriteStateAsync("s", Grain, new GrainState<List<int>>([1, 2, 3]));
        await stores.Ports.Artefacts.PutAsync("c1", SHA256.HashData(data), data);
        await SqlAsync(@"UPDATE coordinator.grain_state SET data = '[1,2,4]'; UPDATE coordinator.artefact SET data = '\x010204'");
        var error = await Assert.ThrowsAsync<StorageException>(() => stores.Ports.Documents.ReadStateAsync("s", Grain, new GrainState<List<int>>()));
        Assert.Equal(StorageFault.Corrupt, error.Fault);
        Assert.Contains("document s of competition/a", error.Message, StringComparison.Ordinal);
        Assert.Equal(StorageFault.Corrupt, (await Assert.ThrowsAsync<StorageException>(() => stores.Ports.Artefacts.GetAsync(SHA256.HashData(data)))).Fault);
        Assert.False(Assert.Single(await stores.Surveys[0].PageAsync(null)).IsWhole);
    }
}
