using Coordinator.Gateway.Limits;
using Coordinator.Testing;

namespace Coordinator.Gateway.Tests;

/// <summary>Allowances that refill evenly.</summary>
public sealed class RateTableTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_burst_is_there_at_once_and_then_the_rate()
    {
        var table = new RateTable<int>(perSecond: 2, burst: 10, capacity: 1_000, _time);
        Assert.Equal(10, Taken(table, 1, tries: 50));
        Assert.Equal(TimeSpan.FromSeconds(0.5), table.Take(1));
        Assert.Equal(10, Taken(table, 2, tries: 50));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(1, Taken(table, 1, tries: 5));
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(10, Taken(table, 1, tries: 50));
    }

    [Fact]
    public void A_refusal_costs_nothing_and_a_look_neither()
    {
        var table = new RateTable<int>(perSecond: 1, burst: 1, capacity: 1_000, _time);
        Assert.Equal(TimeSpan.Zero, table.Look(1));
        Assert.Equal(TimeSpan.Zero, table.Take(1));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.FromSeconds(1), table.Take(1));
            Assert.Equal(TimeSpan.FromSeconds(1), table.Look(1));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, table.Take(1));
    }

    [Fact]
    public void A_flood_of_new_keys_neither_grows_the_table_nor_forgets_who_is_known()
    {
        var table = new RateTable<int>(perSecond: 1, burst: 3, capacity: 160, _time);
        Assert.Equal(3, Taken(table, -1, tries: 5));
        var taken = Enumerable.Range(0, 10_000).Sum(key => Taken(table, key, tries: 1));
        Assert.InRange(table.Count, 1, 160);
        Assert.InRange(taken, 100, 160 + (16 * 3)); // those with a place, and what each shard's crowd shares
        Assert.NotEqual(TimeSpan.Zero, table.Look(-1));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, Taken(table, 5_000_000, tries: 5));
    }

    [Fact]
    public void Zero_switches_it_off()
    {
        Assert.Equal(1_000, Taken(new RateTable<int>(0, 10, 100, _time), 1, tries: 1_000));
        Assert.Equal(1_000, Taken(new RateTable<int>(10, 0, 100, _time), 1, tries: 1_000));
    }

    private static int Taken(RateTable<int> table, int key, int tries)
        => Enumerable.Range(0, tries).Count(_ => table.Take(key) == TimeSpan.Zero);
}
