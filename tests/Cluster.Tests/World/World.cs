using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Silo;
using Coordinator.Simulators.Chain;
using Coordinator.Simulators.Keymeld;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;
using Coordinator.Storage;
using Coordinator.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Coordinator.Cluster.Tests;

/// <summary>
/// The whole service without a wire: one silo that can be killed, storage that outlives it, a chain, Lightning nodes and an oracle. Time and
/// every turn are the test's: nothing happens except in <see cref="Run{T}"/>, <see cref="Settle"/> and <see cref="Pass"/>.
/// </summary>
internal sealed partial class World : IDisposable
{
    public const string CoordinatorNode = "coordinator";
    public const long CoinsAtStart = 3_000_000;

    private readonly PumpedTurns _turns = new();
    private MemoryDisk? _disk;
    private StoragePorts _storage;
    private readonly ModelKeymeld _keymeldPort;
    private readonly bool _threads;
    private readonly IGenerationMark? _mark;
    private readonly bool _watchers;
    private readonly bool _isTold;
    private readonly CoordinatorSettings _settings;
    private readonly CoordinatorKeys _keys;
    private readonly InProcessTestCluster _cluster;

    /// <param name="seed">Fixes ids, preimages and keys.</param>
    /// <param name="settings">Changes the settings of the service.</param>
    /// <param name="stores">Real storage, which works on threads of its own; null is an in-memory disk.</param>
    /// <param name="firstGate">Of the first silo.</param>
    /// <param name="watchers">With the real watchers, which have threads of their own.</param>
    /// <param name="mark">The generation mark outside the storage; null keeps none.</param>
    /// <param name="isTold">With the spans of calls and transactions, and with every secret kept in <see cref="Secrets"/>.</param>
    public World(
        ulong seed, Func<CoordinatorSettings, CoordinatorSettings>? settings = null, StoragePorts? stores = null, CrashGate? firstGate = null,
        bool watchers = false, IGenerationMark? mark = null, bool isTold = false)
    {
        _mark = mark;
        Gate = firstGate ?? new CrashGate();
        _watchers = watchers;
        Seed = seed;
        _isTold = isTold;
        Random = new SplitMix64(seed) { Watch = isTold ? Secrets.Draw : null };
        _threads = stores is not null || watchers;
        _disk = stores is null ? new MemoryDisk() : null;
        _storage = stores ?? _disk!.Ports(DocumentJson.Options);
        var plain = new CoordinatorSettings
        {
            Network = Network.Regtest,
            SigningWindow = TimeSpan.FromMinutes(30),
            OraclePoll = TimeSpan.FromMinutes(1),
            InvoicePoll = TimeSpan.FromMinutes(1),
            FundingCoinDepth = 1,
        };
        _settings = settings?.Invoke(plain) ?? plain;
        _keys = new CoordinatorKeys(SecretKey.From(Random.Bytes(32)));
        Chain = new ChainModel(Clock.GetUtcNow());
        ChainPort = new ModelChain(Chain);
        Lightning = new LndModel(new LndModelOptions { Height = Chain.Height, Fill = Random.Fill }, Clock);
        Lightning.EnsureNode(CoordinatorNode, 100_000_000_000, 100_000_000_000);
        Chain.BlockMined += height => Lightning.SetHeight(height, Chain.Tip.Hash.ToString());
        Oracle = new OracleModel(new OracleDocument { Key = Hex.Encode(Random.Bytes(32)) }, seed, strict: true);
        OraclePort = new ModelOracle(Oracle, OracleFaults, _keys.Nostr.XOnly, Clock, () => Random.Bytes(16));
        Keymeld = new KeymeldModel(null, new KeymeldModelOptions { Random = new SplitMix64(seed + 1_000_000).Fill }, Clock.GetUtcNow());
        _keymeldPort = new ModelKeymeld(Keymeld, KeymeldFaults, Clock);
        Wallet = new CoordinatorWallet(_keys, Network.Regtest, ChainPort, new MemoryCoinReservations(), new WalletOptions());
        Endow();
        _cluster = Build();
        RunOutside(_cluster.DeployAsync);
        WakeUp();
    }

    private void Endow()
    {
        for (var coin = 0; coin < 3; coin++)
        {
            Chain.Faucet(Wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey, Satoshis.Of(CoinsAtStart / 3));
        }

        Chain.Mine(Clock.GetUtcNow());
    }

    /// <summary>Settings of a service that signs through the gateway.</summary>
    public static CoordinatorSettings ThroughKeymeld(CoordinatorSettings settings) => settings with
    {
        Signing = SigningMode.Keymeld,
        Keymeld = new KeymeldSettings("http://keymeld.invalid"),
    };

    public ulong Seed { get; }

    public SplitMix64 Random { get; }

    /// <summary>What nobody may ever read; only where everything is told.</summary>
    public KnownSecrets Secrets { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    public ChainModel Chain { get; }

    public ModelChain ChainPort { get; }

    public LndModel Lightning { get; }

    public LndFaults LightningFaults { get; } = new();

    public OracleModel Oracle { get; }

    public OracleFaults OracleFaults { get; } = new();

    public ModelOracle OraclePort { get; }

    public KeymeldModel Keymeld { get; }

    public KeymeldFaults KeymeldFaults { get; } = new();

    /// <summary>The gateway, as anybody may use it who is no part of the service.</summary>
    public IKeymeldGateway KeymeldPort => _keymeldPort;

    /// <summary>Addresses and balances of the coordinator's wallet; never spends.</summary>
    public CoordinatorWallet Wallet { get; }

    public TestLog Log { get; } = new();

    /// <summary>Of the silo that lives now.</summary>
    public CrashGate Gate { get; private set; }

    /// <summary>The gates of the silos to come; a plain one where null.</summary>
    public Func<CrashGate>? NextGate { get; set; }

    public int Lives { get; private set; } = 1;

    public IGrainFactory Grains => _cluster.Client;

    public IServiceProvider Services => _cluster.GetSiloServiceProvider();

    public ICompetitionGrain Competition(Guid id) => Grains.GetGrain<ICompetitionGrain>(id);

    /// <summary>Makes a call and runs whatever it needs, time included; a call that needs more than ten minutes fails the test.</summary>
    public T Run<T>(Func<Task<T>> call)
    {
        var task = Start(call);
        var end = Clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        while (!task.IsCompleted)
        {
            if (Gate.Tripped)
            {
                Restart();
            }
            else if (!_turns.RunOne(_threads ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromMilliseconds(5)) && !task.IsCompleted && !(_threads && Gate.InFlight > 0))
            {
                StepClock(end);
            }
        }

        return task.GetAwaiter().GetResult();
    }

    public void Run(Func<Task> call) => Run(async () =>
    {
        await call();
        return true;
    });

    /// <summary>Starts a call and leaves it pending; <see cref="Settle"/> runs what it needs.</summary>
    public static Task<T> Start<T>(Func<Task<T>> call)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return call();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Runs turns until none is left; time stands still.</summary>
    public void Settle()
    {
        var quiet = _threads ? TimeSpan.FromMilliseconds(20) : TimeSpan.Zero;
        for (var turns = 0; turns < 200_000 && (_turns.RunOne(quiet) || (_threads && Gate.InFlight > 0)); turns++)
        {
            if (Gate.Tripped)
            {
                Restart();
            }
        }

        if (Gate.Tripped)
        {
            Restart();
        }
    }

    /// <summary>Lets time pass, timer by timer.</summary>
    public void Pass(TimeSpan by)
    {
        var end = Clock.GetUtcNow() + by;
        Settle();
        while (Clock.NextDue is { } due && due <= end)
        {
            Clock.Advance(due > Clock.GetUtcNow() ? due - Clock.GetUtcNow() : TimeSpan.Zero);
            Settle();
        }

        Clock.Advance(end - Clock.GetUtcNow());
        Settle();
    }

    /// <summary>Mines blocks a minute apart and wakes who waits for them, as the block watcher does.</summary>
    public void Mine(int count = 1)
    {
        for (var block = 0; block < count; block++)
        {
            Pass(TimeSpan.FromMinutes(1));
            Chain.Mine(Clock.GetUtcNow());
            Wake(WakeReason.Block);
        }
    }

    /// <summary>Tells every competition that waits for something; the watchers' part.</summary>
    public void Wake(WakeReason reason)
    {
        var board = Services.GetRequiredService<WakeBoard>();
        foreach (var id in board.ForBlocks().Union(board.ForInvoices().Select(entry => entry.Competition)).ToList())
        {
            _ = Start(() => Ignoring(Competition(id).WakeAsync(reason)));
        }

        if (reason == WakeReason.Block)
        {
            _ = Start(() => Ignoring(Grains.GetGrain<IWalletGrain>(0).WakeAsync()));
        }

        Pass(TimeSpan.Zero);
    }

    /// <summary>The operator sends this much away, to where the wallet never looks; six blocks deep.</summary>
    public void Send(long satoshis)
    {
        var to = Wallet.AddressAt(new Derivation(Keychain.External, 9_000)).ToString();
        var sent = Run(() => Grains.GetGrain<IWalletGrain>(0).SendAsync(new SendRequest("test", to, null, satoshis, null)));
        if (sent.Problem is { } problem)
        {
            throw new InvalidOperationException($"{this}: {problem}");
        }

        Mine(7);
    }

    /// <summary>A transaction that takes this coin of the coordinator's away, signed with its key: to another address of its own.</summary>
    public Transaction Elsewhere(OutPoint coin, TxOut output)
    {
        var scan = Run(() => Wallet.ScanAsync(CancellationToken.None));
        var known = scan.TryGet(out var view) ? view.Outputs.Single(candidate => candidate.OutPoint == coin) : throw new InvalidOperationException(scan.Describe());
        var to = Wallet.AddressAt(new Derivation(Keychain.External, 3)).ScriptPubKey;
        var unsigned = new Transaction(2, [new TxIn(coin, TxIn.SequenceReplaceable)], [new TxOut(output.Value - Satoshis.Of(5_000), to)], 0);
        var prepared = new PreparedPayment(unsigned, [new PreparedInput(known.Output, known.Derivation)], Satoshis.Of(5_000), null, null);
        var reservations = new MemoryCoinReservations();
        var thief = new CoordinatorWallet(_keys, Network.Regtest, ChainPort, reservations, new WalletOptions());
        _ = Run(() => reservations.ReserveAsync("elsewhere", [new ReservedCoin(coin, output.Value)], CancellationToken.None));
        var signed = Run(() => thief.FinalizeAsync("elsewhere", thief.ToPsbt(prepared), CancellationToken.None));
        return signed.TryGet(out var transaction) ? transaction : throw new InvalidOperationException(signed.Describe());
    }

    /// <summary>The service dies without a goodbye and comes back on what its disk holds.</summary>
    public void Restart()
    {
        RunOutside(() => _cluster.KillSiloAsync(_cluster.Silos[0]));
        Gate = NextGate?.Invoke() ?? new CrashGate();
        Lives++;
        RunOutside(async () => await _cluster.StartAdditionalSiloAsync());
        WakeUp();
    }

    /// <summary>A copy of the disk as it is now.</summary>
    public MemoryDisk Backup() => _disk!.Copy();

    /// <summary>The service dies, and comes back on an older disk.</summary>
    public void Restore(MemoryDisk backup)
    {
        _disk = backup.Copy();
        Restore(_disk.Ports(DocumentJson.Options));
    }

    /// <summary>The same on other storage.</summary>
    public void Restore(StoragePorts storage)
    {
        _storage = storage;
        Restart();
    }

    public void Dispose()
    {
        RunOutside(async () => await _cluster.DisposeAsync());
        _keymeldPort.Dispose();
        _keys.Dispose();
        _turns.Dispose();
    }

    public override string ToString() => $"seed {Seed}, life {Lives}, write {Gate.Writes} ({Gate.Last})";

    private static async Task<bool> Ignoring(Task call)
    {
        try
        {
            await call;
            return true;
        }
#pragma warning disable CA1031 // A wake may be lost: that is the point.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>What the host does after every start.</summary>
    private void WakeUp()
    {
        var start = ActivatorUtilities.CreateInstance<SiloStart>(Services);
        RunOutside(() => Ignoring(start.StartAsync(CancellationToken.None)));
        Settle();
    }

    private void StepClock(DateTimeOffset end)
    {
        if (Clock.NextDue is not { } due || due > end)
        {
            // The last thing that may still come is the end of a call on a thread of its own.
            if (_turns.RunOne(TimeSpan.FromSeconds(5)))
            {
                return;
            }

            throw new InvalidOperationException($"{this}: a call never ends.{Environment.NewLine}{Log.Tail}");
        }

        Clock.Advance(due > Clock.GetUtcNow() ? due - Clock.GetUtcNow() : TimeSpan.Zero);
    }

    /// <summary>Start and end of a silo: hosts may use threads of their own, so this waits for them.</summary>
    private void RunOutside(Func<Task> call)
    {
        var task = Start(async () =>
        {
            await call();
            return true;
        });
        for (var wait = 0; !task.IsCompleted && !Gate.Tripped; wait++)
        {
            if (!_turns.RunOne(TimeSpan.FromMilliseconds(5)) && wait > 6_000)
            {
                throw new InvalidOperationException($"{this}: the silo neither starts nor ends.{Environment.NewLine}{Log.Tail}");
            }
        }

        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
    }
}
