using System.Diagnostics.Metrics;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>The mode of the service as gauges.</summary>
internal sealed class ServiceMeter : IHostedService, IDisposable
{
    private readonly Meter _meter = new("Coordinator.Service");

    public ServiceMeter(Intake intake)
    {
        _meter.CreateObservableGauge("coordinator_service_settle_only", () => intake.Status.SettleOnly ? 1 : 0, description: "1: no new money is taken");
        _meter.CreateObservableGauge("coordinator_service_restoring", () => intake.Status.Restoring ? 1 : 0, description: "1: the checks after a restore are not done");
        _meter.CreateObservableGauge("coordinator_service_open_holds", () => intake.Status.OpenHolds, description: "What waits for an operator");
        _meter.CreateObservableGauge(
            "coordinator_service_unreconciled", () => intake.Status.ToReconcile - intake.Status.Reconciled,
            description: "Competitions not compared with chain and Lightning since the start");
        _meter.CreateObservableGauge(StandBy.Gauge, () => 0, description: StandBy.GaugeHelp);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();
}
