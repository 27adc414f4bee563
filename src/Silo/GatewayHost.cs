using System.Collections.Immutable;
using Coordinator.Gateway;
using Coordinator.Grains;
using Coordinator.Web;

namespace Coordinator.Silo;

/// <summary>A process that answers players for the silo of its cluster: listeners and nothing else. It has no key, no money, no data.</summary>
internal static class GatewayHost
{
    public static WebApplication Build(SiloOptions options, TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddTelemetry(options.Telemetry, clock);
        if (options.Telemetry is { IsSent: true, Traces: true })
        {
            builder.Services.AddSingleton<IOutgoingGrainCallFilter, GrainTrace>();
        }

        builder.Services.AddSingleton(clock);
        builder.UseOrleansClient(client => client.Connect(options.Orleans));
        builder.Services.AddSingleton<IHealthReport, ClusterHealth>();
        builder.Services.AddSingleton(new DashboardScene(options.Network));
        builder.AddGateway(options.Gateway);
        var app = builder.Build();
        app.MapGateway();
        return app;
    }
}

/// <summary>A gateway is well while the silo answers it.</summary>
internal sealed class ClusterHealth(IGrainFactory grains, TimeProvider clock) : IHealthReport
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async ValueTask<ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation)
    {
        try
        {
            var status = await grains.GetGrain<IServiceGrain>(0).StatusAsync().WaitAsync(Patience, clock, cancellation);
            return
            [
                new HealthLine("silo", true, Essential: true),
                new HealthLine("settle_only", !status.SettleOnly, Essential: false, status.SettleOnly ? string.Join("; ", status.Reasons) : "off"),
            ];
        }
#pragma warning disable CA1031 // Whatever the cluster says, it is not well.
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return [new HealthLine("silo", false, Essential: true, $"the silo does not answer ({failure.GetType().Name})")];
        }
    }
}
