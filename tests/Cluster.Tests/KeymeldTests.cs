using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Simulators.Keymeld;
using static Coordinator.Cluster.Tests.Money;

namespace Coordinator.Cluster.Tests;

/// <summary>Competitions that sign themselves through a gateway; whatever it does costs time at most (D13, D14).</summary>
public sealed class KeymeldTests
{
    private static readonly string[] BeforeFunding = ["signing_complete", "funding_broadcasted", "funding_confirmed"];

    [Fact]
    public void A_competition_signs_itself_while_no_player_does_anything()
    {
        using var world = new World(300, World.ThroughKeymeld);
        using var game = new Game(world);
        var after = Play(game);
        Assert.All(game.Players, player => Assert.Equal(0, player.Rounds));
        CheckEveryWinnerOnce(game, after, Outcome.Attestation(0));
        Assert.NotNull(game.View.Stamps.SingleOrDefault(stamp => stamp.Name == "keymeld_keygen_completed_at"));
    }

    [Theory]
    [InlineData(Taking.LightningAndKey)]
    [InlineData(Taking.Lightning)]
    [InlineData(Taking.OnChain)]
    public void A_player_who_was_never_there_between_entry_and_payout_is_paid(object takes)
    {
        using var world = new World(301, World.ThroughKeymeld);
        using var game = new Game(world) { Attests = Game.RefundOutcome(3, 2) };
        foreach (var player in game.Players)
        {
            (player.IsAway, player.Takes) = (true, (Taking)takes);
        }

        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(Game.RefundOutcome(3, 2)));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    [InlineData(6, 3)]
    public void Shapes_with_shared_winner_sets_and_several_signing_sessions_are_signed(int players, int places)
    {
        using var world = new World(302, World.ThroughKeymeld);
        using var game = new Game(world, players, places);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        var contract = game.Players[0].Ask(() => world.Competition(game.Id).ContractAsync(game.Players[0].Player))!;
        Assert.Equal(Coordinator.Keymeld.ContractBatches.Count(players, places), contract.Keymeld!.SigningSessions.Length);
    }

    [Fact]
    public void A_ticket_tells_where_the_key_goes_and_an_entry_without_it_is_refused()
    {
        using var world = new World(303, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        var player = game.Players[0];
        var ticket = player.Ask(() => world.Competition(game.Id).RequestTicketAsync(new TicketRequest(player.Player, player.Key.PublicKey.ToHex())))!;
        Assert.Equal("http://keymeld.invalid", ticket.Keymeld!.GatewayUrl);
        Assert.Equal(world.Keymeld.EnclaveKey(ticket.Keymeld.EnclaveId).ToHex(), ticket.Keymeld.EnclavePublicKey);
        var entry = player.EntryFor(ticket);
        foreach (var (broken, code) in new[]
        {
            (entry with { EncryptedKeymeldPrivateKey = null }, "keymeld_registration_missing"),
            (entry with { EncryptedKeymeldPrivateKey = "02" }, "invalid_keymeld_key"),
            (entry with { KeymeldAuthPubkey = "zz" }, "invalid_keymeld_auth"),
        })
        {
            Assert.Null(player.Ask(() => world.Competition(game.Id).SubmitEntryAsync(broken)));
            Assert.Equal(code, player.LastProblem!.Code);
        }

        game.Look();
        Assert.Equal(0, game.View.Totals.Entries);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_key_that_is_not_encrypted_for_its_enclave_gives_the_seat_back_and_nothing_stalls()
    {
        using var world = new World(304, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        var liar = game.Players[0];
        var ticket = liar.Ask(() => world.Competition(game.Id).RequestTicketAsync(new TicketRequest(liar.Player, liar.Key.PublicKey.ToHex())))!;
        var stranger = Coordinator.Keymeld.SeatKeys.Prepare(liar.Key, ticket.Keymeld!.SessionId, world.Random.PublicKey());
        var entry = liar.EntryFor(ticket) with { EncryptedKeymeldPrivateKey = stranger.EncryptedPrivateKeyHex };
        Assert.NotNull(liar.Ask(() => world.Competition(game.Id).SubmitEntryAsync(entry)));
        world.Lightning.Pay(liar.Name, new Simulators.Lnd.SimulatedPayOrder(ticket.PaymentRequest, 0, 10_000, 0));
        world.Pass(TimeSpan.FromSeconds(5));
        world.Wake(WakeReason.Invoice);
        world.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(game.Before.PlayersMsat[0], world.Lightning.FindNode(liar.Name)!.LocalMsat);
        liar.ForgetTicket();
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_competition_that_is_not_full_at_the_close_is_cancelled_although_keys_are_registered()
    {
        using var world = new World(305, World.ThroughKeymeld);
        using var game = new Game(world) { StepTime = TimeSpan.FromSeconds(30) };
        game.Players[2].Comes = false;
        game.Create().Until("cancelled");
        Assert.Contains("closed", game.View.Reason, StringComparison.Ordinal);
        CheckCancelled(game);
    }

    [Fact]
    public void Without_a_gateway_no_competition_is_created_and_nothing_is_left_of_it()
    {
        using var world = new World(306, World.ThroughKeymeld);
        using var game = new Game(world);
        foreach (var path in new[] { "/reserve", "/initialize", "/slots", "/enclaves", "/participants" })
        {
            world.KeymeldFaults.Add(new KeymeldFault(KeymeldFaultKind.Status, Path: path, Times: 1_000));
            Assert.Throws<Xunit.Sdk.TrueException>(() => game.Create());
            Assert.Equal("keymeld_unavailable", game.LastProblem!.Code);
            Assert.Equal(ProblemKind.Unavailable, game.LastProblem.Kind);
            world.KeymeldFaults.Clear();
            game.Look();
            Assert.Equal("competition_not_found", game.LastProblem!.Code);
        }

        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_epoch_of_an_enclave_is_followed_and_a_new_key_is_not(bool withNewKey)
    {
        using var world = new World(307, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Players[2].Comes = false;
        game.Create();
        game.Step();
        game.Step();
        for (var enclave = 0; enclave < 3; enclave++)
        {
            world.Keymeld.RestartEnclave(enclave, withNewKey, world.Clock.GetUtcNow());
        }

        game.Players[2].Comes = true;
        if (withNewKey)
        {
            game.Until("cancelled");
            Assert.Contains("another key than the pinned one", game.View.Reason, StringComparison.Ordinal);
            CheckCancelled(game);
        }
        else
        {
            CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        }
    }

    [Fact]
    public void A_registration_whose_answer_was_lost_is_made_again_for_a_new_epoch()
    {
        using var world = new World(314, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        SetDown(world, true);
        world.KeymeldFaults.Add(new KeymeldFault(KeymeldFaultKind.DropAfter, "POST", "/participants", Times: 3));
        game.Until("contract_created");
        for (var enclave = 0; enclave < 3; enclave++)
        {
            world.Keymeld.RestartEnclave(enclave, withNewKey: false, world.Clock.GetUtcNow());
        }

        SetDown(world, false);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_gateway_that_announces_a_key_of_its_own_ends_the_competition()
    {
        using var world = new World(308, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        for (var enclave = 0; enclave < 3; enclave++)
        {
            world.Keymeld.SwapKey(enclave, isSwapped: true);
        }

        game.Until("cancelled");
        CheckCancelled(game);
        Assert.Equal(0, world.Keymeld.StolenSecrets);
    }

    [Fact]
    public void Keys_that_are_pinned_by_the_configuration_are_the_only_ones_used()
    {
        using var world = new World(309, settings => World.ThroughKeymeld(settings) with
        {
            Keymeld = new KeymeldSettings("http://keymeld.invalid") { Pins = System.Collections.Immutable.ImmutableDictionary<int, PublicKey>.Empty.Add(0, new SplitMix64(1).PublicKey()) },
        });
        using var game = new Game(world);
        Assert.Throws<Xunit.Sdk.TrueException>(() => game.Create());
        Assert.Equal("keymeld_unavailable", game.LastProblem!.Code);
        Assert.Contains("pinned", game.LastProblem.Detail, StringComparison.Ordinal);
        Assert.Equal(0, world.Keymeld.StolenSecrets);
    }

    [Theory]
    [InlineData("created")]
    [InlineData("contract_created")]
    [InlineData("awaiting_signatures")]
    public void A_gateway_that_restarts_only_delays(string state)
    {
        using var world = new World(310, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        world.Keymeld.Behaviour = new KeymeldBehaviour { NeverFinish = state == "awaiting_signatures" };
        SetDown(world, state == "contract_created");
        game.Until(state);
        world.Keymeld.Restart();
        SetDown(world, false);
        world.Keymeld.Behaviour = new KeymeldBehaviour();
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void A_session_that_the_gateway_forgets_cancels_and_says_so()
    {
        using var world = new World(311, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        world.Keymeld.ClockOffset = TimeSpan.FromHours(25);
        game.Until("cancelled");
        Assert.Contains("does not know the session", game.View.Reason, StringComparison.Ordinal);
        CheckCancelled(game);
    }

    public static TheoryData<string, string> Lies { get; } = new()
    {
        { "aggregate", "aggregate" },
        { "plain", "plain signature for an attested outcome" },
        { "unapproved", "without the coordinator's approval" },
        { "signature", "signatures are not as they must be" },
        { "never", "the signing deadline has passed" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_gateway_that_lies_or_stalls_is_never_funded_and_everybody_is_paid_back(string lie, string reason)
    {
        using var world = new World(312, World.ThroughKeymeld);
        using var game = new Game(world) { StepTime = TimeSpan.FromSeconds(30) };
        world.Keymeld.Behaviour = lie switch
        {
            "aggregate" => new KeymeldBehaviour { WrongAggregate = true },
            "plain" => new KeymeldBehaviour { PlainInsteadOfAdaptor = true },
            "unapproved" => new KeymeldBehaviour { IgnoreApprovals = true },
            "signature" => new KeymeldBehaviour { WrongSignature = true },
            _ => new KeymeldBehaviour { NeverFinish = true },
        };
        game.Create();
        if (lie == "unapproved")
        {
            // Whoever looks a moment later sees how far it went by itself.
            world.KeymeldFaults.Add(new KeymeldFault(KeymeldFaultKind.Delay, "GET", "/signing", Times: 1_000, DelayMilliseconds: 500));
        }

        while (!game.IsOver)
        {
            Assert.DoesNotContain(game.View.State, BeforeFunding);
            game.Step();
        }

        Assert.Contains(reason, game.View.Reason, StringComparison.Ordinal);
        CheckCancelled(game);
    }

    [Fact]
    public void A_wrong_signature_once_costs_another_session_and_nothing_else()
    {
        using var world = new World(313, World.ThroughKeymeld);
        using var game = new Game(world);
        world.Keymeld.Behaviour = new KeymeldBehaviour { WrongSignature = true };
        game.Create().Until("awaiting_signatures");
        world.Keymeld.Behaviour = new KeymeldBehaviour();
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    public static TheoryData<string, KeymeldFaultKind> Faults()
    {
        var data = new TheoryData<string, KeymeldFaultKind>();
        foreach (var path in new[] { "/enclaves", "/slots", "/participants", "/keygen", "/signing", "/status", "/approve" })
        {
            foreach (var kind in Enum.GetValues<KeymeldFaultKind>())
            {
                data.Add(path, kind);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Lost_late_and_nonsensical_answers_are_looked_up_never_believed(string path, KeymeldFaultKind kind)
    {
        using var world = new World(320, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        world.KeymeldFaults.Add(new KeymeldFault(kind, Path: path, Times: 5, DelayMilliseconds: 20_000));
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    [Fact]
    public void The_operator_sees_what_is_tried_and_what_the_gateway_said()
    {
        using var world = new World(321, World.ThroughKeymeld);
        using var game = new Game(world);
        game.Create();
        world.KeymeldFaults.Add(new KeymeldFault(KeymeldFaultKind.Nonsense, Path: "/slots", Times: 1_000));
        for (var step = 0; step < 6; step++)
        {
            game.Step();
        }

        var pending = game.View.Pending.First(line => line.Effect.StartsWith("register_seat/", StringComparison.Ordinal));
        Assert.True(pending.Attempts > 0);
        Assert.Contains("cannot be read", pending.LastError, StringComparison.Ordinal);
        world.KeymeldFaults.Clear();
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
    }

    private static void SetDown(World world, bool down)
    {
        for (var enclave = 0; enclave < 3; enclave++)
        {
            world.Keymeld.SetDown(enclave, down);
        }
    }

    [Fact]
    public void Competitions_signed_locally_and_remotely_live_side_by_side()
    {
        using var world = new World(322);
        using var game = new Game(world);
        CheckEveryWinnerOnce(game, Play(game), Outcome.Attestation(0));
        Assert.Empty(world.Keymeld.Export().Keygens);
    }
}
