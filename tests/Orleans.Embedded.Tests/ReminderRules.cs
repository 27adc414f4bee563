using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Engine.Tests;

public sealed class ReminderRules
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_reminder_activates_its_grain_at_the_scheduled_times()
    {
        await using var silo = await StartAsync();
        await silo.Grains.GetGrain<IReminded>("a").SetAsync("pay", 2 * Minute, 3 * Minute);
        await silo.Cluster.DeactivateAsync(silo.Grains.GetGrain<IReminded>("a"));
        silo.Clock.Advance(Minute);
        await TestSilo.SettleAsync();
        Assert.Empty(silo.Notebook.Lines);
        silo.Clock.Advance(Minute);
        await silo.UntilAsync(() => silo.Notebook.Has("reminded pay +0"), "the first tick");
        await TestSilo.SettleAsync();
        silo.Clock.Advance(3 * Minute);
        await silo.UntilAsync(() => silo.Notebook.Has("reminded pay +3"), "the second tick");
    }

    [Fact]
    public async Task A_period_below_one_minute_is_refused()
    {
        await using var silo = await StartAsync();
        var reminded = silo.Grains.GetGrain<IReminded>("a");
        await Assert.ThrowsAsync<ArgumentException>(() => reminded.SetAsync("pay", Minute, TimeSpan.FromSeconds(59)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reminded.SetAsync("pay", Minute, Timeout.InfiniteTimeSpan));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reminded.SetAsync("pay", -Minute, Minute));
        Assert.Empty(await reminded.NamesAsync());
    }

    [Fact]
    public async Task Setting_again_replaces_and_removing_ends()
    {
        await using var silo = await StartAsync();
        var reminded = silo.Grains.GetGrain<IReminded>("a");
        await reminded.SetAsync("pay", Minute, Minute);
        await reminded.SetAsync("pay", 5 * Minute, 5 * Minute);
        await reminded.SetAsync("look", 60 * Minute, Minute);
        Assert.Equal(["look", "pay"], (await reminded.NamesAsync()).Order(StringComparer.Ordinal));
        silo.Clock.Advance(4 * Minute);
        await TestSilo.SettleAsync();
        Assert.Empty(silo.Notebook.Lines);
        silo.Clock.Advance(Minute);
        await silo.UntilAsync(() => silo.Notebook.Has("reminded pay +0"), "the tick");
        await reminded.RemoveAsync("pay");
        Assert.False(await reminded.HasAsync("pay"));
        silo.Clock.Advance(20 * Minute);
        await TestSilo.SettleAsync();
        Assert.Single(silo.Notebook.Lines);
    }

    [Fact]
    public async Task Rows_survive_a_kill_and_missed_ticks_are_skipped()
    {
        var table = new Orleans.Embedded.MemoryReminderTable();
        await using var silo = await StartAsync(table);
        await silo.Grains.GetGrain<IReminded>("a").SetAsync("pay", Minute, 2 * Minute);
        silo.Clock.Advance(Minute);
        await silo.UntilAsync(() => silo.Notebook.Has("reminded pay +0"), "the first tick");
        await silo.Cluster.KillSiloAsync(silo.Handle);
        silo.Clock.Advance(7 * Minute);
        await TestSilo.SettleAsync();
        Assert.Single(silo.Notebook.Lines);
        await silo.Cluster.StartAdditionalSiloAsync();
        await TestSilo.SettleAsync();
        silo.Clock.Advance(Minute);
        await silo.UntilAsync(() => silo.Notebook.Has("reminded pay +8"), "the tick on schedule");
        Assert.Equal(["reminded pay +0", "reminded pay +8"], silo.Notebook.Lines);
    }

    [Fact]
    public async Task Rows_written_by_others_are_seen_at_the_next_refresh()
    {
        var table = new Orleans.Embedded.MemoryReminderTable();
        await using var silo = await StartAsync(table);
        await table.UpsertRow(new ReminderEntry
        {
            GrainId = GrainId.Create("reminded", "z"),
            ReminderName = "foreign",
            StartAt = silo.Clock.GetUtcNow().UtcDateTime,
            Period = Minute,
        });
        silo.Clock.Advance(5 * Minute);
        await TestSilo.SettleAsync();
        await silo.AdvanceUntilAsync(Minute, () => silo.Notebook.Lines.Count > 0, "the foreign reminder");
        Assert.StartsWith("reminded foreign", silo.Notebook.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grain_that_cannot_be_reminded_and_a_silo_without_reminders_say_so()
    {
        await using (var silo = await StartAsync())
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<IBrokenReminder>("a").SetAsync());
            Assert.Contains("IRemindable", refused.Message, StringComparison.Ordinal);
        }
        await using (var silo = await TestSilo.StartAsync())
        {
            await Assert.ThrowsAsync<OrleansConfigurationException>(() => silo.Grains.GetGrain<IReminded>("a").SetAsync("x", Minute, Minute));
        }
        await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.StartAsync(builder => builder.AddReminders()));
    }

    private static Task<TestSilo> StartAsync(IReminderTable table) => TestSilo.StartAsync(builder =>
    {
        builder.AddReminders();
        builder.Services.AddSingleton(table);
    });

    private static Task<TestSilo> StartAsync() => TestSilo.StartAsync(builder => builder.UseInMemoryReminderService());
}
