using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.TestingHost;

namespace Coordinator.Engine.Tests;

public sealed class HostingRules
{
    private const string HowToCluster = "-p:OrleansEngine=Microsoft";

    [Fact]
    public void Two_silos_are_refused_with_the_way_to_get_them()
    {
        var refused = Assert.Throws<NotSupportedException>(() => new InProcessTestClusterBuilder(2).Build());
        Assert.Contains(HowToCluster, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_silo_is_refused_with_the_way_to_get_it()
    {
        await using var silo = await TestSilo.StartAsync();
        var refused = await Assert.ThrowsAsync<NotSupportedException>(silo.Cluster.StartAdditionalSiloAsync);
        Assert.Contains(HowToCluster, refused.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("localhost"), InlineData("ado")]
    public async Task Clustering_is_refused_at_start_with_the_way_to_get_it(string kind)
    {
        var refused = await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.StartAsync(builder => _ = kind == "ado"
            ? builder.UseAdoNetClustering(options => options.Invariant = "Npgsql")
            : builder.UseLocalhostClustering()));
        Assert.Contains(HowToCluster, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_client_is_refused_at_start_with_the_way_to_get_it()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient();
        using var host = builder.Build();
        var refused = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync());
        Assert.Contains(HowToCluster, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_before_the_silo_cannot_call_grains_and_one_after_it_can_at_start_and_stop()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var notebook = new Notebook();
        builder.Services.AddSingleton(notebook);
        builder.Services.AddSingleton<IHostedService>(services => new Caller("before", services.GetRequiredService<IGrainFactory>(), notebook));
        builder.UseOrleans(silo => silo.AddStartupTask(async (services, _) =>
        {
            await services.GetRequiredService<IGrainFactory>().GetGrain<IWorker>("a").EchoAsync(1);
            notebook.Write("startup task called");
        }));
        builder.Services.AddSingleton<IHostedService>(services => new Caller("after", services.GetRequiredService<IGrainFactory>(), notebook));
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
        Assert.Equal(
            ["before start OrleansException", "activate a", "startup task called", "after start ok", "after stop ok", "deactivate a ShuttingDown",
                "before stop SiloUnavailableException"],
            notebook.Lines);
    }

    [Fact]
    public async Task A_failing_participant_fails_the_start_and_stops_what_was_started()
    {
        var joined = new JoiningStorage();
        await Assert.ThrowsAsync<WorkRefused>(() => TestSilo.StartAsync(builder =>
        {
            Orleans.Runtime.Hosting.StorageProviderExtensions.AddGrainStorage(builder.Services, "joined", (_, _) => joined);
            builder.AddStartupTask((_, _) => throw new WorkRefused("no start", 1));
        }));
        Assert.Equal((1, 1), (joined.Starts, joined.Stops));
    }

    private sealed class Caller(string name, IGrainFactory grains, Notebook notebook) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => CallAsync("start");

        public Task StopAsync(CancellationToken cancellationToken) => CallAsync("stop");

        private async Task CallAsync(string when)
        {
            try
            {
                await grains.GetGrain<IWorker>("a").EchoAsync(1);
                notebook.Write($"{name} {when} ok");
            }
            catch (OrleansException error)
            {
                notebook.Write($"{name} {when} {error.GetType().Name}");
            }
        }
    }
}
