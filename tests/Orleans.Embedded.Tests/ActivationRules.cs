using Orleans.Configuration;

namespace Coordinator.Engine.Tests;

public sealed class ActivationRules
{
    [Fact]
    public async Task A_failing_activation_fails_the_call_and_the_next_call_tries_again()
    {
        await using var silo = await TestSilo.StartAsync();
        var broken = silo.Grains.GetGrain<IBroken>("a");
        Assert.Equal(7, (await Assert.ThrowsAsync<WorkRefused>(broken.HelloAsync)).Code);
        Assert.Equal(7, (await Assert.ThrowsAsync<WorkRefused>(broken.HelloAsync)).Code);
        Assert.Equal("hello", await broken.HelloAsync());
        Assert.False(silo.Notebook.Has("broken ended"));
    }

    [Fact]
    public async Task A_grain_that_leaves_ends_after_its_call_and_the_next_call_gets_a_new_one()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        await worker.LeaveAsync();
        Assert.Equal(2, await worker.EchoAsync(2));
        Assert.Equal(["activate a", "deactivate a ApplicationRequested", "activate a"], silo.Notebook.Lines);
    }

    [Fact]
    public async Task An_idle_grain_is_collected_after_its_age_and_not_before()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<IWorker>("a").EchoAsync(1);
        await TestSilo.SettleAsync();
        silo.Clock.Advance(TimeSpan.FromMinutes(14));
        await TestSilo.SettleAsync();
        Assert.False(silo.Notebook.Has("deactivate a ActivationIdle"));
        silo.Clock.Advance(TimeSpan.FromMinutes(2));
        await silo.UntilAsync(() => silo.Notebook.Has("deactivate a ActivationIdle"), "the end of the idle grain");
    }

    [Fact]
    public async Task A_grain_may_delay_its_collection()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        await worker.KeepAsync(TimeSpan.FromHours(1));
        await TestSilo.SettleAsync();
        silo.Clock.Advance(TimeSpan.FromMinutes(59));
        await TestSilo.SettleAsync();
        Assert.False(silo.Notebook.Has("deactivate a ActivationIdle"));
        silo.Clock.Advance(TimeSpan.FromMinutes(2));
        await silo.UntilAsync(() => silo.Notebook.Has("deactivate a ActivationIdle"), "the end of the idle grain");
    }

    [Fact]
    public async Task Classes_may_have_an_age_of_their_own_or_none()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ILoyal>("a").HelloAsync();
        await silo.Grains.GetGrain<IFickle>("a").HelloAsync();
        await TestSilo.SettleAsync();
        silo.Clock.Advance(TimeSpan.FromMinutes(4));
        await silo.UntilAsync(() => silo.Notebook.Has("fickle ActivationIdle"), "the end of the fickle grain");
        silo.Clock.Advance(TimeSpan.FromHours(4));
        await TestSilo.SettleAsync();
        Assert.False(silo.Notebook.Has("loyal ActivationIdle"));
    }

    [Fact]
    public async Task A_request_that_finds_only_activations_that_end_is_rejected_and_does_not_wander_for_ever()
    {
        await using var silo = await TestSilo.StartAsync();
        await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => silo.Grains.GetGrain<IRestless>("a").HelloAsync());
    }

    [Fact]
    public async Task An_age_that_is_not_above_the_quantum_fails_the_start()
    {
        var refused = await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.StartAsync(builder
            => builder.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(1))));
        Assert.Contains("CollectionAge", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Management_can_collect_and_count()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<IWorker>("a").EchoAsync(1);
        await silo.Grains.GetGrain<IWorker>("b").EchoAsync(1);
        var management = silo.Grains.GetGrain<IManagementGrain>(0);
        Assert.Equal(["worker/a", "worker/b"], (await management.GetActiveGrains(GrainType.Create("worker"))).Select(id => id.ToString()));
        Assert.Equal(3, await management.GetTotalActivationCount());
        silo.Clock.Advance(TimeSpan.FromSeconds(30));
        await management.ForceActivationCollection(TimeSpan.FromSeconds(30));
        await silo.UntilAsync(() => silo.Notebook.Has("deactivate b ActivationIdle"), "the forced end");
    }

    [Fact]
    public async Task A_test_can_end_an_activation_and_look_at_it()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        await worker.EchoAsync(1);
        Assert.True(silo.Cluster.TryGetGrainContext(worker.GetGrainId(), out var context));
        Assert.IsType<WorkerGrain>(context.GrainInstance);
        await silo.Cluster.DeactivateAsync(worker);
        Assert.True(silo.Notebook.Has("deactivate a ApplicationRequested"));
        Assert.False(silo.Cluster.TryGetGrainContext(worker.GetGrainId(), out _));
    }

    [Fact]
    public async Task A_plain_class_may_be_a_grain()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal("poco/FFFFFFFFFFFFFFFF+x", await silo.Grains.GetGrain<IPoco>(-1, "x").WhoAsync());
    }

    [Fact]
    public async Task Two_classes_for_one_interface_need_a_choice()
    {
        await using var silo = await TestSilo.StartAsync();
        var refused = Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<IShared>("a"));
        Assert.StartsWith("Unable to identify a single appropriate grain type", refused.Message, StringComparison.Ordinal);
        Assert.Equal("first", await silo.Grains.GetGrain<IShared>("a", typeof(FirstGrain).FullName).WhoAsync());
        Assert.Equal("second", await silo.Grains.GetGrain<IPreferred>("a").WhoAsync());
    }

    [Fact]
    public async Task A_stop_in_good_order_says_so_to_every_grain()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<IWorker>("b").EchoAsync(1);
        await silo.Grains.GetGrain<IWorker>("a").EchoAsync(1);
        await silo.Cluster.StopAllSilosAsync();
        Assert.Contains("deactivate a ShuttingDown", silo.Notebook.Lines);
        Assert.Contains("deactivate b ShuttingDown", silo.Notebook.Lines);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => silo.Grains.GetGrain<IWorker>("a").EchoAsync(1));
    }

    [Fact]
    public async Task A_restart_gives_references_a_new_silo()
    {
        await using var silo = await TestSilo.StartAsync();
        var worker = silo.Grains.GetGrain<IWorker>("a");
        await worker.EchoAsync(1);
        var before = silo.Handle.SiloAddress;
        var after = await silo.Cluster.RestartSiloAsync(silo.Handle);
        Assert.NotEqual(before, after!.SiloAddress);
        Assert.Equal(2, await worker.EchoAsync(2));
        Assert.Equal(2, silo.Notebook.Count("activate a"));
    }
}
