using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Keymeld;
using Coordinator.Nostr;
using Coordinator.Simulators.Keymeld;
using Coordinator.Storage.Sqlite;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>A paid player who holds the shared session secret and wants the pool (D13), against a gateway that keeps the rules and one that does not.</summary>
public sealed class ThiefTests
{
    [Fact]
    public void The_secret_is_given_only_to_a_paid_player_after_key_generation_was_checked()
    {
        using var world = new World(340, World.ThroughKeymeld);
        using var game = new Game(world);
        var thief = game.Players[0];
        game.Create();
        world.Keymeld.Behaviour = new KeymeldBehaviour { NeverFinish = true };
        while (game.View.State != "awaiting_signatures")
        {
            var keymeld = Contract(thief)?.Keymeld;
            game.Look();
            if (game.View.Stamps.All(stamp => stamp.Name != "keymeld_keygen_completed_at"))
            {
                Assert.Null(keymeld?.EncryptedSessionSecret);
            }

            game.Step();
        }

        // The probe's own signing session needs a gateway that finishes.
        world.Keymeld.Behaviour = new KeymeldBehaviour();
        world.Pass(TimeSpan.FromMinutes(2));
        using var secret = Secret(Contract(thief)!, thief);
        var status = world.Run(() => world.KeymeldPort.GetKeygenAsync(Contract(thief)!.Keymeld!.SessionId, secret, CancellationToken.None));
        Assert.True(status.TryGet(out var keygen), status.Describe());
        Assert.Equal(KeygenState.Completed, keygen.State);
        Assert.Equal(Dlc(Contract(thief)!).FundingKey.Key, keygen.Aggregate);
        using var stranger = new TestPlayer(world, game.Id, 9);
        Assert.Null(Contract(stranger));
        Assert.Equal("entry_not_found", stranger.LastProblem!.Code);
    }

    [Fact]
    public void Against_a_strict_gateway_the_thief_gets_no_signature_and_the_competition_goes_on()
    {
        using var world = new World(341, World.ThroughKeymeld);
        using var game = new Game(world) { Attests = null };
        game.Create().Until("awaiting_attestation");
        var thief = game.Players[0];
        var contract = Contract(thief)!;
        using var secret = Secret(contract, thief);
        var theft = new Theft(world, contract, thief);
        Assert.IsType<KeymeldAnswer<Acknowledged>.Refused>(theft.RegisterAsCoordinator(secret));
        var order = theft.Order();
        var started = world.Run(() => world.KeymeldPort.StartSigningAsync(order, secret, CancellationToken.None));
        Assert.True(started.TryGet(out _), started.Describe());
        world.Pass(TimeSpan.FromMinutes(4));
        Assert.Null(theft.Signature(order, secret));
        game.Attests = 0;
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        Assert.Null(theft.Signature(order, secret));
    }

    [Fact]
    public void A_lax_gateway_is_found_out_and_its_secret_stays_with_the_coordinator()
    {
        using var world = new World(342, World.ThroughKeymeld);
        world.Keymeld.Behaviour = new KeymeldBehaviour { Leniency = KeymeldLeniency.All };
        using var game = new Game(world);
        var thief = game.Players[0];
        game.Create();
        while (!game.IsOver)
        {
            Assert.Null(Contract(thief)?.Keymeld?.EncryptedSessionSecret);
            game.Step();
            game.Look();
        }

        Assert.Equal("completed", game.View.State);
        Assert.Equal(4, Fields(Contract(thief)!.Keymeld!));
    }

    [Fact]
    public void A_gateway_that_does_not_wait_for_approval_is_found_out_and_its_secret_stays_with_the_coordinator()
    {
        using var world = new World(343, World.ThroughKeymeld);
        world.Keymeld.Behaviour = new KeymeldBehaviour { IgnoreApprovals = true };
        using var game = new Game(world) { Attests = null };
        game.Create();
        while (game.View.State is not "awaiting_attestation" and not "cancelled")
        {
            Assert.Null(Contract(game.Players[0])?.Keymeld?.EncryptedSessionSecret);
            game.Step();
        }

        Assert.Null(Contract(game.Players[0])?.Keymeld?.EncryptedSessionSecret);
    }

    [Fact]
    public void A_thief_who_stole_the_secret_of_a_lax_gateway_before_signing_burns_the_session()
    {
        using var world = new World(344, settings => World.ThroughKeymeld(settings) with
        {
            Keymeld = new KeymeldSettings("http://keymeld.invalid") { Sharing = SecretSharing.Always },
        });
        world.Keymeld.Behaviour = new KeymeldBehaviour { Leniency = KeymeldLeniency.All, NeverFinish = true };
        using var game = new Game(world);
        var thief = game.Players[0];
        game.Create().Until("awaiting_signatures");
        var contract = Contract(thief)!;
        using var secret = Secret(contract, thief);
        Assert.True(new Theft(world, contract, thief).RegisterAsCoordinator(secret).TryGet(out _));
        world.Keymeld.Behaviour = new KeymeldBehaviour { Leniency = KeymeldLeniency.All };
        game.Until("cancelled");
        CheckCancelled(game);
    }

    [Fact]
    public void Never_means_never()
    {
        using var world = new World(345, settings => World.ThroughKeymeld(settings) with
        {
            Keymeld = new KeymeldSettings("http://keymeld.invalid") { Sharing = SecretSharing.Never },
        });
        using var game = new Game(world) { Attests = null };
        game.Create().Until("awaiting_attestation");
        var keymeld = Contract(game.Players[0])!.Keymeld!;
        Assert.Null(keymeld.EncryptedSessionSecret);
        Assert.Equal(4, Fields(keymeld));
    }

    [Fact]
    public void Session_secrets_rest_sealed_on_disk_and_stand_in_no_log()
    {
        var folder = Directory.CreateTempSubdirectory("cluster-tests-");
        try
        {
            byte[] bytes;
            string log;
            using (var stores = SqliteStores.Open(new SqliteStorageOptions { DataDirectory = folder.FullName, Json = DocumentJson.Options }))
            {
                using var world = new World(346, World.ThroughKeymeld, stores.Ports);
                using var game = new Game(world) { Attests = null };
                game.Create().Until("awaiting_attestation");
                using var secret = Secret(Contract(game.Players[0])!, game.Players[0]);
                (bytes, log) = (secret.ToBytes(), world.Log.Everything);
            }

            var stored = folder.GetFiles("*", SearchOption.AllDirectories).Select(file => File.ReadAllBytes(file.FullName)).ToList();
            Assert.Contains(stored, file => file.AsSpan().IndexOf("sealed_secret"u8) >= 0);
            Assert.All(stored, file => Assert.True(file.AsSpan().IndexOf(bytes) < 0));
            foreach (var form in new[] { Hex.Encode(bytes), Convert.ToHexString(bytes), Convert.ToBase64String(bytes), string.Join(',', bytes) })
            {
                Assert.DoesNotContain(form, log, StringComparison.Ordinal);
                Assert.All(stored, file => Assert.True(file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(form)) < 0));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ContractView? Contract(TestPlayer player) => player.Ask(() => player.Grain.ContractAsync(player.Player));

    private static int Fields(ContractKeymeldView view) => new object?[] { view.GatewayUrl, view.SessionId, view.UserId, view.CoordinatorPubkey, view.EncryptedSessionSecret }.Count(value => value is not null);

    private static TicketedDlc Dlc(ContractView contract) => TicketedDlc.Create(
        ContractParameters.Parse(System.Text.Encoding.UTF8.GetBytes(contract.ContractParameters)), OutPoint.Parse(contract.FundingOutpoint));

    /// <summary>As a client reads it: NIP-44 with the own Nostr key.</summary>
    private static SessionSecret Secret(ContractView contract, TestPlayer player)
    {
        Assert.NotNull(contract.Keymeld?.EncryptedSessionSecret);
        using var conversation = ConversationKey.Between(player.Nostr, XOnlyPublicKey.Parse(contract.Keymeld.CoordinatorPubkey));
        return SessionSecret.TryParse(Nip44.Decrypt(conversation, contract.Keymeld.EncryptedSessionSecret)) ?? throw new InvalidOperationException("no secret");
    }

    /// <summary>What a thief with the session secret tries.</summary>
    private sealed class Theft(World world, ContractView contract, TestPlayer thief)
    {
        private readonly SecretKey _key = SecretKey.From(world.Random.Bytes(32));
        private readonly byte[] _message = world.Random.Bytes(32);

        private Guid Session => contract.Keymeld!.SessionId;

        private Guid Coordinator => world.Keymeld.Export().Keygens[Session].Coordinator;

        /// <summary>The coordinator's id under a key of the thief's, without approval.</summary>
        public KeymeldAnswer<Acknowledged> RegisterAsCoordinator(SessionSecret secret)
        {
            var enclave = world.Keymeld.Export().Keygens[Session].Assignment[Coordinator];
            Assert.True(world.Run(() => world.KeymeldPort.GetEnclaveAsync(enclave, CancellationToken.None)).TryGet(out var key));
            var (encrypted, auth) = SeatKeys.Prepare(_key, Session, key.Key);
            return world.Run(() => world.KeymeldPort.RegisterAsync(
                new SeatRegistration(Session, Coordinator, encrypted, _key.PublicKey, PublicKey.Parse(auth), key, RequireApproval: false), secret, CancellationToken.None));
        }

        /// <summary>A message that would take the pool away, under everybody's key.</summary>
        public SigningOrder Order() => new(
            world.Random.Uuid7(world.Clock.GetUtcNow()), Session, TimeSpan.FromMinutes(5),
            [new RemoteItem(world.Random.Uuid7(world.Clock.GetUtcNow()), _message, null, null)]);

        public RemoteSignature? Signature(SigningOrder order, SessionSecret secret)
        {
            using var me = new KeymeldParticipant(Session, thief.Ticket!.TicketId, thief.Key);
            var status = world.Run(() => world.KeymeldPort.GetSigningAsync(order.Signing, me, secret, CancellationToken.None));
            return status.TryGet(out var signing) ? signing.Results.Values.SingleOrDefault() : null;
        }
    }
}
