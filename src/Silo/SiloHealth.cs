using System.Collections.Immutable;
using Coordinator.Chain;
using Coordinator.Gateway;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Oracle;
using Coordinator.Storage.Sqlite;

namespace Coordinator.Silo;

/// <summary>Storage decides whether the process is healthy; the services outside are told as they were last seen, asked at most every few seconds.</summary>
internal sealed class SiloHealth(ICursorStore cursors, IChain chain, ILightning lightning, IOracle oracle, Intake intake, TimeProvider clock, IKeymeldGateway? keymeld = null)
    : IHealthReport
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private ImmutableArray<HealthLine> _outside = [];
    private DateTimeOffset _next;

    public async ValueTask<ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation)
    {
        Refresh();
        return [await StorageAsync(), .. Mode(), .. _outside];
    }

    /// <summary>What is begun at the moment, and what waits for an operator.</summary>
    private IEnumerable<HealthLine> Mode()
    {
        var status = intake.Status;
        yield return new HealthLine("reconciliation", !intake.IsStarting, Essential: false, $"reconciled {status.Reconciled} of {status.ToReconcile}");
        yield return new HealthLine("settle_only", !status.SettleOnly, Essential: false, status.SettleOnly ? string.Join("; ", status.Reasons) : "off");
        yield return new HealthLine("restore", !status.Restoring, Essential: false, status.Restoring ? "the checks after a restore are not done" : "none pending");
        yield return new HealthLine("holds", status.OpenHolds == 0, Essential: false, $"{status.OpenHolds} wait for an operator");
    }

    private async Task<HealthLine> StorageAsync()
    {
        try
        {
            _ = await cursors.GetNumberAsync("health");
            return new HealthLine("storage", true, Essential: true);
        }
        catch (StorageException failure)
        {
            return new HealthLine("storage", false, Essential: true, failure.Message);
        }
    }

    private void Refresh()
    {
        lock (_gate)
        {
            if (clock.GetUtcNow() < _next)
            {
                return;
            }

            _next = clock.GetUtcNow() + Pause;
        }

        _ = AskAsync();
    }

    private async Task AskAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), clock);
        try
        {
            var tip = await chain.GetTipAsync(limit.Token);
            var node = await lightning.GetInfoAsync(limit.Token);
            var key = await oracle.GetPublicKeyAsync(limit.Token);
            var enclaves = keymeld is null ? null : await keymeld.GetEnclavesAsync(limit.Token);
            _outside =
            [
                new HealthLine("chain", tip.TryGet(out var best), Essential: false, best is null ? tip.Describe() : $"block {best.Height} of {best.TimeUtc:yyyy-MM-dd HH:mm:ss}Z"),
                new HealthLine("lightning", node.TryGet(out var info) && info.SyncedToChain, Essential: false, node.Describe()),
                new HealthLine("oracle", key.TryGet(out _), Essential: false, key.Describe()),
                .. enclaves is null ? [] : new[] { Keymeld(enclaves) },
            ];
        }
        catch (OperationCanceledException)
        {
            _outside = [new HealthLine("outside", false, Essential: false, "no answer in time")];
        }
    }

    private static HealthLine Keymeld(KeymeldAnswer<ImmutableArray<EnclaveKey>> enclaves)
    {
        var healthy = enclaves.TryGet(out var known) ? known.Count(enclave => enclave.Healthy) : 0;
        return new HealthLine(
            "keymeld", healthy > 0 && healthy == known.Length, Essential: false,
            healthy == 0 ? enclaves.Describe() : $"{healthy} of {known.Length} enclaves healthy");
    }
}
