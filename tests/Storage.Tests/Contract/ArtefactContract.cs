using System.Security.Cryptography;
using Coordinator.Testing;

namespace Coordinator.Storage.Tests;

public abstract class ArtefactContract(Ground ground) : IAsyncLifetime
{
    private IArtefactStore Store => ground.Ports.Artefacts;

    public Task InitializeAsync() => ground.InitializeAsync();

    public Task DisposeAsync() => ground.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task A_value_is_found_by_its_hash_after_a_restart(int length)
    {
        var (hash, data) = Value(length);
        await Store.PutAsync("c1", hash, data);
        await ground.RestartAsync();
        Assert.Equal(data, await Store.GetAsync(hash));
    }

    [Fact]
    public async Task Storing_again_changes_nothing()
    {
        var (hash, data) = Value(100);
        for (var i = 0; i < 3; i++)
        {
            await Store.PutAsync("c1", hash, data);
        }
        Assert.Equal(data, await Store.GetAsync(hash));
        Assert.Equal(1, await Store.DeleteAsync("c1"));
    }

    [Fact]
    public async Task An_unknown_hash_is_null() => Assert.Null(await Store.GetAsync(SHA256.HashData([1, 2, 3])));

    [Fact]
    public async Task A_hash_that_is_not_the_data_s_is_refused_and_stores_nothing()
    {
        var (hash, data) = Value(64);
        data[0] ^= 1;
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync("c1", hash, data));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync("c1", [], data));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync("", SHA256.HashData(data), data));
        Assert.Null(await Store.GetAsync(hash));
    }

    [Fact]
    public async Task A_value_of_two_owners_goes_with_the_last_one()
    {
        var (shared, data) = Value(50);
        var (own, other) = Value(51);
        await Store.PutAsync("c1", shared, data);
        await Store.PutAsync("c2", shared, data);
        await Store.PutAsync("c1", own, other);
        Assert.Equal(1, await Store.DeleteAsync("c1"));
        Assert.Null(await Store.GetAsync(own));
        Assert.Equal(data, await Store.GetAsync(shared));
        Assert.Equal(1, await Store.DeleteAsync("c2"));
        Assert.Equal(0, await Store.DeleteAsync("c2"));
        Assert.Null(await Store.GetAsync(shared));
    }

    private static (byte[] Hash, byte[] Data) Value(int length)
    {
        var data = new SplitMix64((ulong)length).Bytes(length);
        return (SHA256.HashData(data), data);
    }

    public sealed class OnSqlite() : ArtefactContract(new SqliteGround());

    [Collection(OnePostgres.Name)]
    public sealed class OnPostgres(PostgresFixture fixture) : ArtefactContract(new PostgresGround(fixture));

    public sealed class InMemory() : ArtefactContract(new MemoryGround());

    public sealed class BehindAGate() : ArtefactContract(new GatedGround());
}
