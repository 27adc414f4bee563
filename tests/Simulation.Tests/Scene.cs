using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Competitions;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Chain;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;
using Coordinator.Storage;
using Coordinator.Testing;
using Coordinator.Wallet;

namespace Coordinator.Simulation.Tests;

/// <summary>
/// A small history made by hand: two players, one place, and a coordinator that does exactly what a test says, right or wrong. Everything is real
/// (chain, contract, signatures, Lightning, oracle) but the coordinator.
/// </summary>
internal sealed partial class Scene
{
    public const string Owner = "funding/the pool";
    public const int Players = 2;
    public const int Delta = 17;
    private const string Coordinator = "coordinator";
    private static readonly CoordinatorKeys Keys = new(SecretKey.From(Secret("wallet")));
    private readonly StoragePorts _storage;
    private readonly Dictionary<GrainId, string?> _etags = [];
    private long _version;

    public Scene()
    {
        Chain = new ChainModel(Clock.GetUtcNow());
        Wallet = new CoordinatorWallet(Keys, Network.Regtest, new ModelChain(Chain), new MemoryCoinReservations(), new WalletOptions());
        Lightning = new LndModel(new LndModelOptions { Height = Chain.Height, Fill = Fill }, Clock);
        Lightning.EnsureNode(Coordinator, 10_000_000_000, 10_000_000_000);
        Oracle = new OracleModel(new OracleDocument { Key = Hex.Encode(Secret("oracle")) }, 7, strict: true);
        var scripts = Enumerable.Range(0, 20).SelectMany(index => new[] { Keychain.External, Keychain.Internal }
            .Select(keychain => Wallet.AddressAt(new Derivation(keychain, (uint)index)).ScriptPubKey)).ToHashSet();
        World = new AuditedWorld
        {
            Chain = Chain,
            Lightning = Lightning,
            CoordinatorNode = Coordinator,
            Oracle = Oracle,
            Clock = Clock,
            IsCoordinatorScript = scripts.Contains,
        };
        Auditor = new Auditor(World);
        _storage = Auditor.Watch(new MemoryDisk().Ports(DocumentJson.Options));
        Port = Auditor.Watch(new ModelChain(Chain));
        for (var coin = 0; coin < 3; coin++)
        {
            Chain.Faucet(Home, Satoshis.Of(500_000));
        }

        for (var player = 0; player < Players; player++)
        {
            Lightning.EnsureNode(Node(player), 1_000_000_000, 1_000_000_000);
            World.Players.Add(new AuditedPlayer(Id, Node(player), PlayerScript(player)));
        }

        Mine();
    }

    public ManualTimeProvider Clock { get; } = new();

    public ChainModel Chain { get; }

    public LndModel Lightning { get; }

    public OracleModel Oracle { get; }

    public CoordinatorWallet Wallet { get; }

    public AuditedWorld World { get; }

    public Auditor Auditor { get; }

    /// <summary>The chain as the coordinator reaches it.</summary>
    public IChain Port { get; }

    public IReservationStore Reservations => _storage.Reservations;

    /// <summary>A script of the coordinator's wallet.</summary>
    public Script Home => Wallet.AddressAt(new Derivation(Keychain.External, 0)).ScriptPubKey;

    public static Guid Id { get; } = Guid.Parse("019b7000-0000-7000-8000-000000000001");

    public static byte[] Secret(string label) => SHA256.HashData(Encoding.UTF8.GetBytes(label));

    public static string Node(int player) => $"player{player}";

    public static Script PlayerScript(int player) => Script.FromHex("0014" + Hex.Encode(Secret($"script {player}"))[..40]);

    public static Preimage TicketPreimage(int player) => Preimage.FromBytes(Secret($"ticket {player}"));

    public static Preimage PayoutPreimage(int player) => Preimage.FromBytes(Secret($"payout {player}"));

    public static SecretKey PlayerKey(int player) => SecretKey.From(Secret($"key {player}"));

    public static Hash32 HashOf(Preimage preimage) => Hash32.From(preimage.Hash.ToBytes());

    public static Guid EntryId(int player) => Guid.Parse($"019b7000-0000-7000-8000-00000000010{player}");

    public void Mine(int blocks = 1)
    {
        for (var block = 0; block < blocks; block++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            Chain.Mine(Clock.GetUtcNow());
            Lightning.SetHeight(Chain.Height);
        }
    }

    /// <summary>Puts a document on the disk.</summary>
    public void Write(CompetitionState state, params ImmutableArray<Effect> wants) => Write(state, ++_version, wants);

    public void Write(CompetitionState state, long version, ImmutableArray<Effect> wants) => Store(
        _storage.Documents,
        "competition",
        new CompetitionDocument { Version = version, State = state, Intents = [.. wants.Select(effect => new Intent(effect, 0, Clock.GetUtcNow(), null))] });

    public void Write(WalletDocument wallet) => Store(_storage.BitcoinDocuments, "wallet", wallet);

    public Hash32 Put(byte[] data)
    {
        var hash = Hash32.Of(data);
        Done(_storage.Artefacts.PutAsync("test", hash.ToBytes(), data));
        return hash;
    }

    public void Send(Transaction transaction) => _ = Done(Port.BroadcastAsync(transaction, CancellationToken.None));

    /// <summary>What the auditor has to say; null where it is content.</summary>
    public Violation? Step()
    {
        try
        {
            Auditor.Step();
            return null;
        }
        catch (Violation found)
        {
            return found;
        }
    }

    public Violation? End()
    {
        try
        {
            Auditor.End();
            return null;
        }
        catch (Violation found)
        {
            return found;
        }
    }

    private static T Done<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("a model has to answer at once");

    private static void Done(Task task) => Done(task.ContinueWith(_ => true, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));

    private void Store<T>(Orleans.Storage.IGrainStorage storage, string name, T document)
    {
        var grain = GrainId.Create(name, "one");
        var state = new GrainState<T>(document, _etags.GetValueOrDefault(grain)) { RecordExists = _etags.ContainsKey(grain) };
        var write = storage.WriteStateAsync(name, grain, state);
        Assert.True(write.IsCompletedSuccessfully, write.Exception?.ToString() ?? "a memory disk writes at once");
        _etags[grain] = state.ETag;
    }

    private int _filled;

    private void Fill(byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i += 32)
        {
            var block = Secret($"fill {++_filled}");
            block.AsSpan(0, Math.Min(32, bytes.Length - i)).CopyTo(bytes.AsSpan(i));
        }
    }
}
