using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded;

namespace Coordinator.Engine.Tests;

public sealed class KillRules
{
    [Fact]
    public async Task A_killed_silo_says_no_goodbye_drops_its_turns_and_tells_outside_callers_that_the_outcome_is_unknown()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        var held = worker.PassAsync("held");
        var queued = worker.PassAsync("queued");
        await silo.UntilAsync(() => silo.Notebook.Has("in held"), "the held request");
        await silo.Cluster.KillSiloAsync(silo.Handle);
        var lost = await Assert.ThrowsAsync<SiloUnavailableException>(() => held);
        Assert.Contains("outcome is unknown", lost.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => queued);
        silo.Notebook.Open("held");
        silo.Notebook.Open("queued");
        await TestSilo.SettleAsync();
        Assert.Equal(["activate a", "in held"], silo.Notebook.Lines);
    }

    [Fact]
    public async Task A_silo_started_after_a_kill_serves_the_same_references_and_reads_what_was_stored()
    {
        var storage = new FaultyStorage();
        await using var silo = await TestSilo.StartAsync(builder =>
        {
            builder.Services.RemoveAllKeyed();
            Orleans.Runtime.Hosting.StorageProviderExtensions.AddGrainStorage(builder.Services, "Default", (_, _) => storage);
        });
        var account = silo.Grains.GetGrain<IAccount>("a");
        await account.DepositAsync(5);
        await silo.Cluster.KillSiloAsync(silo.Handle);
        await Assert.ThrowsAsync<SiloUnavailableException>(account.BalanceAsync);
        await silo.Cluster.StartAdditionalSiloAsync();
        Assert.Equal(5, await account.BalanceAsync());
    }

    [Fact]
    public async Task Whatever_holds_the_incarnation_of_a_killed_silo_is_fenced()
    {
        await using var silo = await TestSilo.StartAsync();
        var stale = silo.Cluster.GetSiloServiceProvider();
        var incarnation = stale.GetRequiredService<SiloIncarnation>();
        var factory = stale.GetRequiredService<IGrainFactory>();
        incarnation.ThrowIfFenced();
        await silo.Cluster.KillSiloAsync(silo.Handle);
        Assert.True(incarnation.IsFenced);
        Assert.Throws<SiloUnavailableException>(incarnation.ThrowIfFenced);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => factory.GetGrain<IWorker>("a").EchoAsync(1));
        var next = await silo.Cluster.StartAdditionalSiloAsync();
        Assert.NotEqual(incarnation.Generation, next.ServiceProvider.GetRequiredService<SiloIncarnation>().Generation);
    }

    [Fact]
    public async Task Timers_of_a_killed_silo_are_silent()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ITicker>("a").StartAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), false, false, null);
        await silo.Cluster.KillSiloAsync(silo.Handle);
        silo.Clock.Advance(TimeSpan.FromSeconds(10));
        await TestSilo.SettleAsync();
        Assert.Empty(silo.Notebook.Lines);
        Assert.Equal(0, silo.Clock.ArmedTimers);
    }
}
