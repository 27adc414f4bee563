using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>The shard that remembers used events for every gateway.</summary>
public sealed class ReplayGuardTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
    private static readonly long Now = Start.ToUnixTimeSeconds();

    [Fact]
    public async Task A_signed_request_is_not_replayable_within_its_minute_whichever_gateway_it_comes_through()
    {
        var (guard, clock) = await StartAsync(Start);
        foreach (var (createdAt, lives) in new[] { (Now, 60), (Now + 60, 120) })
        {
            var id = $"{createdAt:x64}";
            Assert.Equal(ReplayVerdict.Fresh, await guard.TakeAsync(id, createdAt));
            for (var second = clock.GetUtcNow().ToUnixTimeSeconds() - Now; second <= lives; second += 10)
            {
                Assert.Equal(ReplayVerdict.Replayed, await guard.TakeAsync(id, createdAt));
                clock.Advance(TimeSpan.FromSeconds(10));
            }
        }
    }

    [Fact]
    public async Task A_restart_does_not_make_what_was_used_before_usable_again()
    {
        var (guard, _) = await StartAsync(Start.AddMilliseconds(500));
        Assert.Equal(ReplayVerdict.TooOld, await guard.TakeAsync("a", Now - 1));
        Assert.Equal(ReplayVerdict.TooOld, await guard.TakeAsync("b", Now)); // of the second in which it began
        Assert.Equal(ReplayVerdict.Fresh, await guard.TakeAsync("c", Now + 1));
        var (exact, _) = await StartAsync(Start);
        Assert.Equal(ReplayVerdict.Fresh, await exact.TakeAsync("b", Now));
    }

    [Fact]
    public async Task A_full_guard_says_so_and_never_forgets_a_live_id_for_a_new_one()
    {
        var (guard, clock) = await StartAsync(Start);
        for (var i = 0; i < ReplayGuardGrain.Capacity; i++)
        {
            Assert.Equal(ReplayVerdict.Fresh, await guard.TakeAsync($"{i}", Now));
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ReplayVerdict.Full, await guard.TakeAsync($"new-{i}", Now));
            Assert.Equal(ReplayVerdict.Replayed, await guard.TakeAsync($"{i * 100}", Now));
        }

        clock.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(ReplayVerdict.Fresh, await guard.TakeAsync("later", Now + 80));
        Assert.Equal(ReplayVerdict.TooOld, await guard.TakeAsync("0", Now));
    }

    [Fact]
    public async Task An_event_of_the_far_future_takes_no_place()
    {
        var (guard, _) = await StartAsync(Start);
        Assert.Equal(ReplayVerdict.TooOld, await guard.TakeAsync("a", long.MaxValue));
        Assert.Equal(ReplayVerdict.TooOld, await guard.TakeAsync("b", Now + 100));
    }

    private static async Task<(ReplayGuardGrain Guard, ManualTimeProvider Clock)> StartAsync(DateTimeOffset at)
    {
        var clock = new ManualTimeProvider(at);
        var guard = new ReplayGuardGrain(clock);
        await guard.OnActivateAsync(CancellationToken.None);
        return (guard, clock);
    }
}
