using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Gateway;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Lightning;
using Coordinator.Oracle;
using Coordinator.Storage;

namespace Coordinator.Silo;

/// <summary>Storage decides whether the process is healthy; the services outside are told as they were last seen, asked at most every few seconds.</summary>
internal sealed class SiloHealth(ICursorStore cursors, IChain chain, ILightning lightning, IOracle oracle, Intake intake, TimeProvider clock, IKeymeldGateway? keymeld = null)
    : IHealthReport, IAsyncDisposable
{
    private const string Silent = "no answer in time";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private ImmutableArray<HealthLine> _outside = [];
    private DateTimeOffset _next;
    private Task _asking = Task.CompletedTask;
    private volatile OutsideLook? _last;

    /// <summary>The last look at the services outside; null before the first.</summary>
    public OutsideLook? Last => _last;

    public async ValueTask<ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation)
    {
        Refresh();
        return [await StorageAsync(), .. Mode(), .. _outside];
    }

    /// <summary>Begins a new look unless the last one is only seconds old. Waits for nothing.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            if (clock.GetUtcNow() < _next || !_asking.IsCompleted || _end.IsCancellationRequested)
            {
                return;
            }

            _next = clock.GetUtcNow() + Pause;
            _asking = AskAsync();
        }
    }

    /// <summary>Ends a look that goes on: it uses keys and connections that are put away next. Safe to repeat.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_end.IsCancellationRequested)
        {
            await _end.CancelAsync();
        }

        Task asking;
        lock (_gate)
        {
            asking = _asking;
        }

        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
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

    private async Task AskAsync()
    {
        await Task.Yield(); // outside of the lock of whoever asks
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _end.Token);
        var tip = OrNothing(chain.GetTipAsync(limit.Token));
        var node = OrNothing(lightning.GetInfoAsync(limit.Token));
        var channels = OrNothing(lightning.GetBalancesAsync(limit.Token));
        var key = OrNothing(oracle.GetPublicKeyAsync(limit.Token));
        var enclaves = OrNothing(keymeld?.GetEnclavesAsync(limit.Token));
        await Task.WhenAll(tip, node, channels, key, enclaves);
        Keep(await tip, await node, await channels, await key, await enclaves);
    }

    private void Keep(
        ChainAnswer<ChainTip>? tip, LightningAnswer<NodeInfo>? node, LightningAnswer<ChannelBalances>? channels, OracleAnswer<PublicKey>? key,
        KeymeldAnswer<ImmutableArray<EnclaveKey>>? enclaves)
    {
        var best = tip is not null && tip.TryGet(out var block) ? block : null;
        var info = node is not null && node.TryGet(out var known) ? known : null;
        var balances = channels is not null && channels.TryGet(out var sides) ? sides : null;
        var seals = key is not null && key.TryGet(out _);
        var lines = ImmutableArray.CreateBuilder<HealthLine>();
        lines.Add(new HealthLine("chain", best is not null, Essential: false, best is null ? tip?.Describe() ?? Silent : $"block {best.Height} of {best.TimeUtc:yyyy-MM-dd HH:mm:ss}Z"));
        lines.Add(new HealthLine("lightning", info is { SyncedToChain: true }, Essential: false, node?.Describe() ?? Silent));
        lines.Add(new HealthLine("oracle", seals, Essential: false, key?.Describe() ?? Silent));
        if (keymeld is not null)
        {
            lines.Add(enclaves is null ? new HealthLine("keymeld", false, Essential: false, Silent) : Keymeld(enclaves));
        }

        _outside = lines.ToImmutable();
        _last = new OutsideLook(clock.GetUtcNow(), best, info, balances, seals, keymeld is null ? null : lines[^1].Ok);
    }

    /// <summary>Null where there is nobody to ask or no answer in time.</summary>
    private static async Task<T?> OrNothing<T>(Task<T>? question)
        where T : class
    {
        try
        {
            return question is null ? null : await question;
        }
        catch (OperationCanceledException)
        {
            return null;
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

/// <summary>The services outside as they were last seen; null where one did not answer.</summary>
/// <param name="At">When.</param>
/// <param name="IsKeymeldWell">Null where no gateway is configured.</param>
internal sealed record OutsideLook(DateTimeOffset At, ChainTip? Tip, NodeInfo? Node, ChannelBalances? Channels, bool Oracle, bool? IsKeymeldWell);
