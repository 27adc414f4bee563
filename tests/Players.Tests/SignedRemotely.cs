using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Keymeld;
using Coordinator.Nostr;
using Coordinator.Players.Play;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;
using Coordinator.Simulators.Keymeld;

namespace Coordinator.Players.Tests;

/// <summary>A coordinator, three players and a gateway on loopback: the contract that the enclaves sign, and player 0 as its program runs.</summary>
internal sealed class SignedRemotely : IAsyncDisposable
{
    private const int Count = 3;
    private const ulong Seed = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-players-").FullName;
    private readonly HttpClient _http = PatientHttp.CreateClient();
    private readonly SemaphoreSlim _cores = new(2);
    private readonly StringWriter _said = new();
    private readonly PlayerKeys[] _keys = [.. Enumerable.Range(0, Count).Select(number => new PlayerKeys(Seed, number))];

    private SignedRemotely(KeymeldSimulator simulator)
    {
        Simulator = simulator;
        Gateway = new HttpKeymeldGateway(_http, new KeymeldOptions { BaseAddress = simulator.Address }, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var coordinator = Guid.CreateVersion7(now.AddSeconds(-1));
        Tickets = [.. Enumerable.Range(0, Count).Select(seat => Guid.CreateVersion7(now.AddMilliseconds(seat)))];
        var session = Guid.CreateVersion7(now);
        Plan = new KeygenPlan(session, coordinator, [coordinator, .. Tickets], Lifetime, 10, WinnerSets.Subsets(session, coordinator, Tickets, 1));
        Dlc = ContractOf(Count);
    }

    public KeymeldSimulator Simulator { get; }

    public HttpKeymeldGateway Gateway { get; }

    public KeygenPlan Plan { get; }

    public ImmutableArray<Guid> Tickets { get; }

    public TicketedDlc Dlc { get; }

    public SessionSecret Secret { get; } = SessionSecret.Generate();

    /// <summary>The coordinator's Nostr identity.</summary>
    public SecretKey Identity { get; } = Key("coordinator");

    public SecretKey MarketMaker { get; } = Key("market maker");

    /// <summary>What player 0 said, one JSON object a line.</summary>
    public string Said => _said.ToString();

    public static async Task<SignedRemotely> StartAsync()
    {
        var options = new KeymeldSimulatorOptions { Model = new KeymeldModelOptions { Tick = TimeSpan.FromMilliseconds(5) } };
        var simulator = new KeymeldSimulator(options, TimeProvider.System);
        await simulator.StartAsync();
        return new SignedRemotely(simulator);
    }

    /// <summary>Player 0 with these pins, its seat taken or not.</summary>
    public PlayerContext Player(KeymeldSeat? seat = null, ImmutableDictionary<int, PublicKey>? pins = null)
    {
        var nowhere = new Uri("http://127.0.0.1:1");
        var options = new PlayersOptions(_folder, nowhere, nowhere, nowhere, nowhere, Guid.Empty, Count, Seed, PayoutChoice.Lightning)
        {
            Enclaves = pins ?? ImmutableDictionary<int, PublicKey>.Empty,
        };
        var store = new PlayerStore(_folder, 0);
        store.Save(store.Record with { Seat = new SeatRecord(Tickets[0], Tickets[0], string.Empty, string.Empty, seat) });
        return new PlayerContext(
            0, options, store, _keys[0], new PatientHttp(_http, TimeProvider.System), new KeymeldReader(_http, TimeProvider.System),
            new SimulatedWallet(new PatientHttp(_http, TimeProvider.System), nowhere, "player-00"), _cores, new PlayerLog(_said, TimeProvider.System));
    }

    /// <summary>A ticket's answer as the coordinator gives it.</summary>
    public JsonElement Ticket(EnclaveKey enclave, string? session = null) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["ticket_id"] = Tickets[0].ToString(),
        ["keymeld_user_id"] = Tickets[0].ToString(),
        ["keymeld_gateway_url"] = Simulator.Address.ToString(),
        ["keymeld_session_id"] = session ?? Plan.Session.ToString(),
        ["keymeld_enclave_public_key"] = enclave.Key.ToHex(),
        ["keymeld_enclave_id"] = enclave.Id,
        ["keymeld_enclave_key_epoch"] = enclave.Epoch,
    });

    /// <summary>Opens the session; the enclave that will hold player 0's key.</summary>
    public async Task<EnclaveKey> OpenAsync()
    {
        var reservation = Done(await Gateway.ReserveAsync(Plan, Secret, CancellationToken.None));
        Done(await Gateway.InitializeAsync(Plan, reservation, MarketMaker, Secret, CancellationToken.None));
        await RegisterAsync(Plan.CoordinatorUser, MarketMaker, reservation.Coordinator, null);
        return await EnclaveOfAsync(Tickets[0]);
    }

    /// <summary>Registers everybody, player 0 with what it prepared itself, and waits for the keys.</summary>
    public async Task CompleteAsync(KeymeldSeat seat)
    {
        for (var number = 0; number < Count; number++)
        {
            await RegisterAsync(Tickets[number], _keys[number].Entry, await EnclaveOfAsync(Tickets[number]), number == 0 ? seat : null);
        }

        await UntilAsync(() => Gateway.GetKeygenAsync(Plan.Session, Secret, CancellationToken.None), status => status.State == KeygenState.Completed);
    }

    /// <summary>Has the whole contract signed; the signing session and player 0's part.</summary>
    public async Task<(Guid Session, ContractSignatures Own)> SignAsync()
    {
        var items = SigningItems.Of(Dlc);
        var batch = Assert.Single(ContractBatches.Plan(items, Tickets, Plan.CoordinatorUser, Plan.Session));
        var signing = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        using var me = new KeymeldParticipant(Plan.Session, Plan.CoordinatorUser, MarketMaker);
        Done(await Gateway.StartSigningAsync(batch.Order(signing, Lifetime), Secret, CancellationToken.None));
        var status = await UntilAsync(
            () => Gateway.GetSigningAsync(signing, me, Secret, CancellationToken.None), status => status.State == SigningState.Completed);
        var signatures = ContractBatches.Assemble(items, [Assert.IsType<BatchResult.Complete>(ContractBatches.Read(batch, status)).Packed]);
        return (signing, signatures.PrunedFor(items.Player(Dlc.Parameters.IndexOfPlayer(_keys[0].Entry.PublicKey))));
    }

    /// <summary>The contract's answer to player 0.</summary>
    public ShownContract Shown(string? encryptedSecret, Guid? session = null, string round = "", params ReadOnlySpan<Guid> signings) => new(
        string.Empty, string.Empty, string.Empty, round, new ShownEntry(false, false, null, null),
        new ShownKeymeld(session ?? Plan.Session, encryptedSecret, Tickets[0], Identity.XOnly.ToHex(), [.. signings]));

    /// <summary>A secret as the coordinator encrypts it for a player.</summary>
    public string Encrypted(SessionSecret secret, int player = 0)
    {
        using var conversation = ConversationKey.Between(Identity, _keys[player].Identity.XOnly);
        return Nip44.Encrypt(conversation, secret.ToHex());
    }

    /// <summary>A contract of the first so many players, one place.</summary>
    public TicketedDlc ContractOf(int players)
    {
        var ranking = OutcomeRanking.Of(players, 1);
        return TicketedDlc.Create(
            new ContractParameters
            {
                MarketMaker = new MarketMaker(MarketMaker.PublicKey),
                Players = [.. _keys.Take(players).Select((key, i) => new Player(
                    key.Entry.PublicKey, Hashlock.OfPreimage(Bytes($"ticket {i}")), Hashlock.OfPreimage(Bytes($"payout {i}"))))],
                Event = new EventLockingConditions([.. Enumerable.Range(0, ranking.AttestationCount).Select(i => Key($"point {i}").PublicKey)], 2_000_000_000),
                OutcomePayouts = ranking.Payouts([.. Enumerable.Range(0, players)]),
                FeeRateSatPerKwu = 500,
                FundingSatoshis = 1_000_000,
                RelativeLocktimeBlockDelta = 144,
                AnchorSatoshis = 240,
                OutcomeBoundSplits = true,
            },
            new OutPoint(Txid.FromWire(Bytes("funding")), 0));
    }

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        _http.Dispose();
        _cores.Dispose();
        Secret.Dispose();
        Identity.Dispose();
        MarketMaker.Dispose();
        Array.ForEach(_keys, keys => keys.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RegisterAsync(Guid user, SecretKey key, EnclaveKey enclave, KeymeldSeat? prepared)
    {
        var (encrypted, auth) = prepared is null ? SeatKeys.Prepare(key, Plan.Session, enclave.Key) : (prepared.EncryptedKey, prepared.AuthKey);
        Done(await Gateway.RegisterAsync(
            new SeatRegistration(Plan.Session, user, encrypted, key.PublicKey, PublicKey.Parse(auth), enclave, false), Secret, CancellationToken.None));
    }

    private async Task<EnclaveKey> EnclaveOfAsync(Guid user)
    {
        var slots = Done(await Gateway.GetSlotsAsync(Plan.Session, Secret, CancellationToken.None));
        return Done(await Gateway.GetEnclaveAsync(slots.Single(slot => slot.User == user).Enclave, CancellationToken.None));
    }

    private static async Task<T> UntilAsync<T>(Func<Task<KeymeldAnswer<T>>> ask, Func<T, bool> isDone)
    {
        for (var poll = 0; poll < 600; poll++)
        {
            if (Done(await ask()) is { } status && isDone(status))
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        throw new TimeoutException("the gateway does not get there");
    }

    private static T Done<T>(KeymeldAnswer<T> answer)
    {
        Assert.True(answer.TryGet(out var value), answer.Describe());
        return value!;
    }

    private static byte[] Bytes(string label) => Hashes.Sha256(Encoding.UTF8.GetBytes("players.tests/" + label));

    private static SecretKey Key(string label) => SecretKey.From(Bytes(label));
}
