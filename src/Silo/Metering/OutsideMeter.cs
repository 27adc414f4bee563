using System.Diagnostics.Metrics;

namespace Coordinator.Silo;

/// <summary>The services outside as health last saw them. Reading asks for a new look, at most one in a few seconds, and waits for none.</summary>
internal sealed class OutsideMeter : IHostedService, IDisposable
{
    private readonly Meter _meter = new("Coordinator.Outside");
    private readonly SiloHealth _health;

    public OutsideMeter(SiloHealth health, TimeProvider clock)
    {
        _health = health;
        Gauge("coordinator_chain_up", "1: the chain source answers", look => look.Tip is null ? 0 : 1);
        Gauge("coordinator_chain_tip_height", "Its best block", look => look.Tip?.Height);
        Gauge("coordinator_chain_tip_age_seconds", "Since that block's own time", look => look.Tip is { } tip ? (clock.GetUtcNow() - tip.TimeUtc).TotalSeconds : null);
        Gauge("coordinator_chain_blocks_behind", "Blocks that the Lightning node has and the chain source has not", look => Behind(look.Node?.BlockHeight, look.Tip?.Height));
        Gauge("coordinator_lightning_up", "1: the Lightning node answers", look => look.Node is null ? 0 : 1);
        Gauge("coordinator_lightning_synced", "1: it says that it is synced to the chain", look => look.Node is { } node ? node.SyncedToChain ? 1 : 0 : null);
        Gauge("coordinator_lightning_blocks_behind", "Blocks that the chain source has and the Lightning node has not", look => Behind(look.Tip?.Height, look.Node?.BlockHeight));
        Gauge("coordinator_lightning_local_sats", "Ours in its channels: what winners can be paid from", look => look.Channels?.Local.Value / 1_000);
        Gauge("coordinator_lightning_remote_sats", "The peers' in its channels: what tickets can be paid into", look => look.Channels?.Remote.Value / 1_000);
        Gauge("coordinator_lightning_held_sats", "Payments for tickets that are held", look => look.Channels?.HeldIncoming.Value / 1_000);
        Gauge("coordinator_oracle_up", "1: the oracle answers", look => look.Oracle ? 1 : 0);
        Gauge("coordinator_keymeld_up", "1: the gateway answers and every enclave is healthy; absent where none is configured", look => look.IsKeymeldWell is { } well ? well ? 1 : 0 : null);
        Gauge("coordinator_outside_look_age_seconds", "Since the last look at all of these", look => (clock.GetUtcNow() - look.At).TotalSeconds);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private static double? Behind(int? ahead, int? own) => ahead is { } far && own is { } near ? Math.Max(0, far - near) : null;

    private void Gauge(string name, string help, Func<OutsideLook, double?> value) => _meter.CreateObservableGauge(
        name,
        () =>
        {
            _health.Refresh();
            return _health.Last is { } look && value(look) is { } number ? new[] { new Measurement<double>(number) } : [];
        },
        description: help);
}
