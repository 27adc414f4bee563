using Coordinator.Testing;

namespace Coordinator.Storage.Tests;

public abstract class ReservationContract(Ground ground) : IAsyncLifetime
{
    private IReservationStore Store => ground.Ports.Reservations;

    public Task InitializeAsync() => ground.InitializeAsync();

    public Task DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task Reserved_coins_are_listed_after_a_restart()
    {
        Assert.True((await Store.ReserveAsync("c1/fund", [new("bb:1", 2_000), new("aa:0", 1_000)])).Reserved);
        await ground.RestartAsync();
        Assert.Equal([new("aa:0", "c1/fund", 1_000), new StoredReservation("bb:1", "c1/fund", 2_000)], (await Store.ListAsync()).AsEnumerable());
    }

    [Fact]
    public async Task A_coin_of_another_owner_refuses_the_whole_set()
    {
        await Store.ReserveAsync("c1/fund", [new("aa:0", 1_000)]);
        var answer = await Store.ReserveAsync("c2/fund", [new("bb:1", 2_000), new("aa:0", 1_000)]);
        Assert.False(answer.Reserved);
        Assert.Equal(new StoredReservation("aa:0", "c1/fund", 1_000), Assert.Single(answer.TakenByOthers));
        Assert.Single(await Store.ListAsync());
    }

    [Fact]
    public async Task Reserving_again_keeps_and_adds()
    {
        await Store.ReserveAsync("c1/fund", [new("aa:0", 1_000)]);
        Assert.True((await Store.ReserveAsync("c1/fund", [new("aa:0", 1_000), new("bb:1")])).Reserved);
        Assert.Equal([1_000L, null], (await Store.ListAsync()).Select(coin => coin.Satoshis));
    }

    [Fact]
    public async Task Releasing_frees_an_owner_s_coins_and_no_others()
    {
        await Store.ReserveAsync("c1/fund", [new("aa:0", 1_000), new("bb:1", 2_000)]);
        await Store.ReserveAsync("c2/fund", [new("cc:2", 3_000)]);
        Assert.Equal(2, await Store.ReleaseAsync("c1/fund"));
        Assert.Equal(0, await Store.ReleaseAsync("c1/fund"));
        Assert.Equal("cc:2", Assert.Single(await Store.ListAsync()).Outpoint);
        Assert.True((await Store.ReserveAsync("c3/fund", [new("aa:0", 1_000)])).Reserved);
    }

    [Fact]
    public async Task After_a_broadcast_intent_only_settling_frees_the_coins()
    {
        await Store.ReserveAsync("c1/fund", [new("aa:0", 1_000), new("bb:1", 2_000)]);
        Assert.Equal(2, await Store.MarkBroadcastAsync("c1/fund", "f00d"));
        Assert.Equal(2, await Store.MarkBroadcastAsync("c1/fund", "beef"));
        Assert.Equal(0, await Store.ReleaseAsync("c1/fund"));
        await ground.RestartAsync();
        await Store.ReserveAsync("c1/fund", [new("aa:0", 1_000)]); // repeating does not forget the broadcast
        Assert.All(await Store.ListAsync(), coin => Assert.Equal("beef", coin.BroadcastTxid));
        Assert.False((await Store.ReserveAsync("c2/fund", [new("bb:1", 2_000)])).Reserved);
        Assert.Equal(2, await Store.SettleAsync("c1/fund"));
        Assert.Empty(await Store.ListAsync());
        Assert.Equal(0, await Store.MarkBroadcastAsync("c1/fund", "beef"));
    }

    [Fact]
    public async Task Nonsense_is_refused_and_reserves_nothing()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReserveAsync("", [new("aa:0", 1)]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReserveAsync("c1", [new("aa:0", 0)]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReserveAsync("c1", [new("", 5)]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReserveAsync("c1", [new("aa:0", 5), new("aa:0", 5)]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.MarkBroadcastAsync("c1", ""));
        Assert.Empty(await Store.ListAsync());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Rivals_never_share_a_coin(ulong seed)
    {
        var random = new SplitMix64(seed);
        var wishes = Enumerable.Range(0, 40)
            .Select(_ => Enumerable.Range(0, 12).Where(_ => random.Below(4) == 0).Select(coin => new CoinToReserve($"{coin:d2}:0", 1_000)).ToList())
            .ToList();
        var answers = await Task.WhenAll(wishes.Select((coins, i) => Task.Run(() => Store.ReserveAsync($"intent {i}", coins))));
        var list = await Store.ListAsync();
        Assert.Equal(list.Length, list.Select(coin => coin.Outpoint).Distinct().Count());
        for (var i = 0; i < wishes.Count; i++)
        {
            var mine = list.Where(coin => coin.Owner == $"intent {i}").Select(coin => coin.Outpoint);
            var expected = answers[i].Reserved ? wishes[i].Select(coin => coin.Outpoint) : [];
            Assert.True(expected.SequenceEqual(mine), $"seed {seed}, intent {i}");
        }
    }

    public sealed class OnSqlite() : ReservationContract(new SqliteGround());

    [Collection(OnePostgres.Name)]
    public sealed class OnPostgres(PostgresFixture fixture) : ReservationContract(new PostgresGround(fixture));

    public sealed class InMemory() : ReservationContract(new MemoryGround());

    public sealed class BehindAGate() : ReservationContract(new GatedGround());
}
