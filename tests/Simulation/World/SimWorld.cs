using System.Collections.Frozen;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Simulators.Chain;
using Coordinator.Simulators.Keymeld;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;
using Coordinator.Storage;
using Coordinator.Testing;
using Coordinator.Wallet;
using Orleans.Storage;

namespace Coordinator.Simulation;

/// <summary>One world: chain, Lightning nodes, oracle and enclaves as pure models, a disk, and a service that dies and comes back, all on
/// one thread.</summary>
internal sealed class SimWorld : IDisposable
{
    public const string CoordinatorNode = "coordinator";
    private const long Coin = 1_500_000;
    private const int Coins = 4;
    private const int ScriptsOfWallet = 60;

    /// <summary>Every seed has the same wallet, and deriving its scripts takes a while. Never changed once it is made.</summary>
    private static volatile FrozenSet<Script>? s_ownScripts;

    private readonly SortedDictionary<Guid, CompetitionDocument> _documents = [];
    private readonly ServiceParts _parts;
    private readonly KillPlan _kills;
    private int _lives;

    public SimWorld(ulong seed, PlantedBug? bug)
    {
        Seed = seed;
        var root = new SplitMix64(seed);
        Plan = SeedPlan.Draw(new SplitMix64(root.Next()));
        Loop = new SimLoop(root.Next());
        Trace = new Trace(Loop.Clock);
        Faults = new FaultSource(new SplitMix64(root.Next()), Loop.Clock, Counts, Trace, Plan.Faults);
        Random = new SplitMix64(root.Next());
        _kills = new KillPlan(new SplitMix64(root.Next()), Faults, Plan.Faults);
        Keys = new CoordinatorKeys(SecretKey.From(new SplitMix64(1).Bytes(32)));
        var now = Loop.Clock.GetUtcNow();
        Chain = new ChainModel(now);
        Lightning = new LndModel(new LndModelOptions { Height = Chain.Height, Fill = Random.Fill }, Loop.Clock);
        Lightning.EnsureNode(CoordinatorNode, 100_000_000_000, 100_000_000_000);
        Oracle = new OracleModel(new OracleDocument { Key = Hex.Encode(Random.Bytes(32)) }, seed, strict: true);
        Keymeld = new KeymeldModel(null, new KeymeldModelOptions { Random = Random.Fill, Tick = TimeSpan.FromMilliseconds(200) }, now);
        KeymeldPort = new ModelKeymeld(Keymeld, new KeymeldFaults(), Loop.Clock);
        Disk = new MemoryDisk();
        var scripts = FillWallet(now);
        Audited = new AuditedWorld
        {
            Chain = Chain,
            Lightning = Lightning,
            CoordinatorNode = CoordinatorNode,
            Oracle = Oracle,
            Clock = Loop.Clock,
            IsCoordinatorScript = scripts.Contains,
        };
        Auditor = new Auditor(Audited);
        _parts = new ServiceParts(this, bug);
        Loop.Between = Between;
    }

    public ulong Seed { get; }

    public SeedPlan Plan { get; }

    public SimLoop Loop { get; }

    public SimClock Clock => Loop.Clock;

    public Trace Trace { get; }

    public Counts Counts { get; } = new();

    public FaultSource Faults { get; }

    /// <summary>Of everything that is neither a choice of order nor a fault.</summary>
    public SplitMix64 Random { get; }

    public CoordinatorKeys Keys { get; }

    public ChainModel Chain { get; }

    public LndModel Lightning { get; }

    public OracleModel Oracle { get; }

    public KeymeldModel Keymeld { get; }

    public ModelKeymeld KeymeldPort { get; }

    public MemoryDisk Disk { get; }

    /// <summary>Competitions by which the oracle will have nothing to do.</summary>
    public HashSet<Guid> RefusedByOracle { get; } = [];

    /// <summary>What the disk holds of every competition, now.</summary>
    public IReadOnlyCollection<CompetitionDocument> Documents => _documents.Values;

    /// <summary>The service that lives now; over, where none does.</summary>
    public SimLife? Life { get; private set; }

    /// <summary>Blocks reach the Lightning nodes.</summary>
    public bool NodesFollow { get; set; } = true;

    public AuditedWorld Audited { get; }

    public Auditor Auditor { get; }

    private Violation? _reported;

    /// <summary>Ends the seed with this, between turns.</summary>
    public void Report(Violation violation) => _reported ??= violation;

    /// <summary>A request of a player or the operator to the service, over a network; null where no answer came.</summary>
    public async Task<T?> RequestAsync<T>(string who, Func<IGrainFactory, Task<T>> call)
        where T : class
    {
        var rate = Plan.Faults.PlayersPerMille;
        if (Life is not { IsUp: true } life || Faults.Draws(FaultKind.RequestLost, rate, who))
        {
            return null;
        }

        try
        {
            var answer = await call(life.Grains);
            return Faults.Draws(FaultKind.AnswerLost, rate, who) ? null : answer;
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or StorageException or OperationCanceledException or InconsistentStateException)
        {
            Trace.Add($"{who}: no answer ({failure.GetType().Name})");
            return null;
        }
    }

    /// <summary>One block, now.</summary>
    public void Mine(IReadOnlyList<Transaction>? also = null)
    {
        var block = Chain.Mine(Clock.GetUtcNow(), also);
        Trace.Add($"block {block.Height} ({block.Transactions.Length - 1} transactions)", quiet: block.Transactions.Length == 1);
        FollowChain();
    }

    /// <summary>Lightning nodes hear of the tip, where they hear of anything.</summary>
    public void FollowChain()
    {
        if (NodesFollow)
        {
            Lightning.SetHeight(Chain.Height, Chain.Tip.Hash.ToString());
        }
    }

    public Task Delay(TimeSpan time) => Task.Delay(time, Clock);

    /// <summary>Starts the service anew on what its disk holds.</summary>
    public async Task StartServiceAsync()
    {
        var life = new SimLife(++_lives, Loop);
        Life = life;
        Trace.Add($"the service starts, life {life.Number}");
        try
        {
            await life.StartAsync(_parts.For(life, new KillGate(life, _kills, Faults, Plan.Faults.StoragePerMille)));
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException or StorageException or OperationCanceledException or InconsistentStateException)
        {
            life.Kill(KillKind.AtStart, failure.GetType().Name);
        }
    }

    public void Dispose()
    {
        Life?.Kill(KillKind.BetweenTurns, "the end of the world");
        if (Life is { IsBuried: false } life)
        {
            life.Bury();
        }

        Life?.Dispose();
        KeymeldPort.Dispose();
        Keys.Dispose();
    }

    internal void Stored(CompetitionDocument document)
    {
        if (document.State is { } state)
        {
            _documents[state.Header.Terms.Id] = document;
            Trace.Add($"disk {Short(state.Header.Terms.Id)} v{document.Version} {state.Wire} [{string.Join(' ', document.Intents.Select(intent => Text(intent)))}]");
        }
    }

    internal static string Short(Guid id) => id.ToString()[^8..];

    private static string Text(Intent intent) => intent.Attempts == 0 ? ShortKey(intent) : $"{ShortKey(intent)}*{intent.Attempts}";

    private static string ShortKey(Intent intent) => intent.Effect.Key.Length > 24 ? intent.Effect.Key[..24] : intent.Effect.Key;

    private void Between()
    {
        _kills.Turn();
        if (Life is { IsOver: false } alive && _kills.Takes(KillKind.BetweenTurns))
        {
            alive.Kill(KillKind.BetweenTurns, "between two turns");
        }

        if (Life is { IsOver: true, IsBuried: false } dead)
        {
            dead.Bury();
            Counts.Add("kill", dead.Death.Kind.ToString());
            Trace.Add($"KILL {dead.Death.Kind}: {dead.Death.Where}");
            var pause = TimeSpan.FromMilliseconds(500 << Faults.Random.Below(12));
            Loop.Go(async () =>
            {
                await Delay(pause);
                await StartServiceAsync();
            });
        }

        Auditor.Step();
        if (_reported is { } violation)
        {
            throw violation;
        }
    }

    /// <summary>Puts coins into the wallet; answers the scripts it can spend.</summary>
    private FrozenSet<Script> FillWallet(DateTimeOffset now)
    {
        var wallet = new CoordinatorWallet(Keys, Network.Regtest, new ModelChain(Chain), new MemoryCoinReservations(), new WalletOptions());
        for (var coin = 0; coin < Coins; coin++)
        {
            Chain.Faucet(wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey, Satoshis.Of(Coin));
        }

        Chain.Mine(now);
        Chain.Mine(now);
        FollowChain();
        return s_ownScripts ??= (from keychain in new[] { Keychain.External, Keychain.Internal }
                                 from index in Enumerable.Range(0, ScriptsOfWallet)
                                 select wallet.AddressAt(new Derivation(keychain, (uint)index)).ScriptPubKey).ToFrozenSet();
    }
}
