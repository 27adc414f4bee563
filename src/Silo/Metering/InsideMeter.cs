using System.Diagnostics.Metrics;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>Wallet, silos and disk. What has to be asked of a grain is asked at most once in a while, and never waited for.</summary>
internal sealed class InsideMeter : IHostedService, IDisposable
{
    private static readonly TimeSpan WalletPause = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SiloPause = TimeSpan.FromSeconds(15);

    private readonly Meter _meter = new("Coordinator.Inside");
    private readonly Kept<WalletBalanceView> _wallet;
    private readonly Kept<int> _silos;
    private readonly Kept<int> _activations;
    private readonly string _folder;

    public InsideMeter(IGrainFactory grains, SiloOptions options, TimeProvider clock)
    {
        _folder = options.Data.Directory;
        _wallet = new Kept<WalletBalanceView>(clock, WalletPause, async () => (await grains.GetGrain<IWalletGrain>(0).BalanceAsync()).Value);
        _silos = new Kept<int>(clock, SiloPause, async () => (await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Count);
        _activations = new Kept<int>(clock, SiloPause, async () => await grains.GetGrain<IManagementGrain>(0).GetTotalActivationCount());
        Gauge("coordinator_wallet_spendable_sats", "Confirmed coins that nothing is reserved for", _wallet, balance => balance.Confirmed - balance.Reserved);
        Gauge("coordinator_wallet_confirmed_sats", "Confirmed coins", _wallet, balance => balance.Confirmed);
        Gauge("coordinator_wallet_reserved_sats", "Coins reserved for transactions of ours", _wallet, balance => balance.Reserved);
        Gauge("coordinator_wallet_pending_sats", "Coins that are not confirmed", _wallet, balance => balance.TrustedPending + balance.UntrustedPending);
        Gauge("coordinator_silos", "Silos that are active", _silos, count => count);
        Gauge("coordinator_activations", "Live activations in all of them", _activations, count => count);
        _meter.CreateObservableGauge("coordinator_data_free_bytes", Free, description: "Free on the disk of the data folder");
        var started = clock.GetUtcNow().ToUnixTimeSeconds();
        _meter.CreateObservableGauge("coordinator_process_start_time_seconds", () => started, description: "When this process started, in unix time");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private void Gauge<T>(string name, string help, Kept<T> kept, Func<T, long> value) => _meter.CreateObservableGauge(
        name, () => kept.Get() is { } known ? new[] { new Measurement<long>(value(known.Value)) } : [], description: help);

    private IEnumerable<Measurement<long>> Free()
    {
        try
        {
            return [new(new DriveInfo(Path.GetFullPath(_folder)).AvailableFreeSpace)];
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>An answer and when it is asked for anew.</summary>
    private sealed class Kept<T>(TimeProvider clock, TimeSpan pause, Func<Task<T?>> ask)
    {
        private readonly Lock _gate = new();
        private Known<T>? _known;
        private DateTimeOffset _next = DateTimeOffset.MinValue;

        /// <summary>What was heard last; asks again where that is too old.</summary>
        public Known<T>? Get()
        {
            lock (_gate)
            {
                var now = clock.GetUtcNow();
                if (now >= _next)
                {
                    _next = now + pause;
                    _ = AskAsync();
                }

                return _known;
            }
        }

        private async Task AskAsync()
        {
            Known<T>? heard;
            try
            {
                heard = await ask() is { } value ? new Known<T>(value) : null;
            }
#pragma warning disable CA1031 // Counters are a convenience: a grain that cannot answer shows as a series that is absent.
            catch (Exception)
#pragma warning restore CA1031
            {
                heard = null; // Absent until the next answer.
            }

            lock (_gate)
            {
                _known = heard;
            }
        }
    }

    private sealed record Known<T>(T Value);
}
