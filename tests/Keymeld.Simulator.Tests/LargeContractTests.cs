using System.Collections.Immutable;
using System.Diagnostics;
using Xunit.Abstractions;

namespace Coordinator.Keymeld.Simulator.Tests;

/// <summary>The shape of a contract of 20 players and 2 places: 21 members, 190 subsets, 1182 items.</summary>
public sealed class LargeContractTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Twenty_players_with_two_places_are_signed_in_thirteen_sessions_at_once()
    {
        await using var world = await OnWire.StartAsync();
        int[][] pairs =
        [
            .. Enumerable.Range(1, 20).SelectMany(
                first => Enumerable.Range(first + 1, 20 - first).Select(second => new[] { 0, first, second })),
        ];
        using var party = Party.Of(21, pairs);
        using var point = Party.Key("attestation");
        var watch = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        output.WriteLine($"keygen: {watch.ElapsedMilliseconds} ms");
        watch.Restart();

        ImmutableArray<RemoteItem> items =
        [
            .. Enumerable.Range(0, 382).Select(i => Party.Locked(i, point.PublicKey)),
            .. Enumerable.Range(1_000, 40).Select(i => party.Plain(i)),
            .. Enumerable.Range(2_000, 760).Select(i => party.Plain(i, (i - 2_000) / 4)),
        ];
        Assert.Equal(1_182, items.Length);
        SigningOrder[] orders =
            [.. Enumerable.Range(0, 13).Select(at => party.Order(at, [.. items.Where((_, i) => i % 13 == at)]))];
        Assert.All(orders, order => Assert.InRange(order.Items.Length, 1, SigningOrder.MostItems));
        var results = await Task.WhenAll(orders.Select(order => party.SignAsync(world.Gateway, order, PauseAsync)));
        output.WriteLine($"signing: {watch.ElapsedMilliseconds} ms, {world.Simulator.Counters.Now}");
        watch.Restart();
        for (var i = 0; i < orders.Length; i++)
        {
            party.Verify(orders[i], results[i]);
        }

        output.WriteLine($"verifying: {watch.ElapsedMilliseconds} ms");
        output.WriteLine($"processor time of client and simulator: {(Environment.CpuUsage.TotalTime - processor).TotalMilliseconds} ms");
    }

    private static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
}
