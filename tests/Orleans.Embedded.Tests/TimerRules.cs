using Orleans.Configuration;

namespace Coordinator.Engine.Tests;

public sealed class TimerRules
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_timer_ticks_at_its_due_time_and_then_each_period()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ITicker>("a").StartAsync(5 * Second, 2 * Second, interleave: false, keepAlive: false, door: null);
        silo.Clock.Advance(4 * Second);
        await TestSilo.SettleAsync();
        Assert.Empty(silo.Notebook.Lines);
        silo.Clock.Advance(Second);
        await silo.UntilAsync(() => silo.Notebook.Count("tick a") == 1, "the first tick");
        await TestSilo.SettleAsync();
        silo.Clock.Advance(2 * Second);
        await silo.UntilAsync(() => silo.Notebook.Count("tick a") == 2, "the second tick");
    }

    [Fact]
    public async Task A_tick_does_not_interleave_with_a_request()
    {
        await using var silo = await TestSilo.StartAsync();
        var ticker = silo.Grains.GetGrain<ITicker>("a");
        await ticker.StartAsync(Second, Second, interleave: false, keepAlive: false, door: null);
        var held = ticker.PassAsync("held");
        await silo.UntilAsync(() => silo.Notebook.Has("in held"), "the held request");
        silo.Clock.Advance(5 * Second);
        await TestSilo.SettleAsync();
        Assert.False(silo.Notebook.Has("tick a"));
        silo.Notebook.Open("held");
        await held;
        await silo.UntilAsync(() => silo.Notebook.Has("tick a"), "the tick after the request");
        Assert.Equal(["in held", "out held", "tick a"], silo.Notebook.Lines);
    }

    [Fact]
    public async Task A_request_waits_for_a_tick_that_does_not_interleave_and_not_for_one_that_does()
    {
        await using var silo = await TestSilo.StartAsync();
        var interleaving = silo.Grains.GetGrain<ITicker>("i");
        await interleaving.StartAsync(Second, Second, interleave: true, keepAlive: false, door: "never");
        var strict = silo.Grains.GetGrain<ITicker>("s");
        await strict.StartAsync(Second, Second, interleave: false, keepAlive: false, door: "later");
        silo.Clock.Advance(Second);
        await silo.UntilAsync(() => silo.Notebook.Has("tick i") && silo.Notebook.Has("tick s"), "both ticks");
        await interleaving.StopAsync();
        var waiting = strict.StopAsync();
        await TestSilo.SettleAsync();
        Assert.False(waiting.IsCompleted);
        silo.Notebook.Open("later");
        silo.Notebook.Open("never");
        await waiting;
    }

    [Fact]
    public async Task A_changed_timer_follows_its_new_times_and_a_stopped_one_is_silent()
    {
        await using var silo = await TestSilo.StartAsync();
        var ticker = silo.Grains.GetGrain<ITicker>("a");
        await ticker.StartAsync(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, interleave: false, keepAlive: false, door: null);
        silo.Clock.Advance(60 * Second);
        await TestSilo.SettleAsync();
        Assert.Empty(silo.Notebook.Lines);
        await ticker.ChangeAsync(Second, Timeout.InfiniteTimeSpan);
        silo.Clock.Advance(Second);
        await silo.UntilAsync(() => silo.Notebook.Count("tick a") == 1, "the tick");
        await ticker.ChangeAsync(Second, Second);
        await ticker.StopAsync();
        silo.Clock.Advance(60 * Second);
        await TestSilo.SettleAsync();
        Assert.Equal(1, silo.Notebook.Count("tick a"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ticker.ChangeAsync(Second, Second));
    }

    [Fact]
    public async Task A_tick_that_fails_does_not_end_the_timer()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ITicker>("a").FailingAsync(Second);
        await silo.AdvanceUntilAsync(Second, () => silo.Notebook.Count("failing tick") >= 3, "three failing ticks");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Ticks_keep_a_grain_alive_only_where_asked(bool keepAlive)
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionAge = 3 * Second;
            options.CollectionQuantum = Second;
        }));
        await silo.Grains.GetGrain<ITicker>("a").StartAsync(Second, Second, interleave: false, keepAlive, door: null);
        for (var second = 0; second < 10; second++)
        {
            await TestSilo.SettleAsync();
            silo.Clock.Advance(Second);
        }
        await TestSilo.SettleAsync();
        Assert.Equal(keepAlive, !silo.Notebook.Has("ticker ended ActivationIdle"));
        Assert.True(keepAlive ? silo.Notebook.Count("tick a") > 7 : silo.Notebook.Count("tick a") < 6, silo.Notebook.ToString());
    }

    [Fact]
    public async Task Outside_of_the_grain_no_timer_is_made()
    {
        await using var silo = await TestSilo.StartAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<ITicker>("a").StartOutsideAsync());
        Assert.StartsWith("Activation access violation", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impossible_times_are_refused()
    {
        await using var silo = await TestSilo.StartAsync();
        var ticker = silo.Grains.GetGrain<ITicker>("a");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ticker.StartAsync(-2 * Second, Second, false, false, null));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ticker.StartAsync(Second, TimeSpan.FromDays(50), false, false, null));
    }
}
