using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;
using Coordinator.Simulators.Keymeld;

namespace Coordinator.Keymeld.Simulator.Tests;

public sealed class LenientTests
{
    private static readonly KeymeldBehaviour Lenient = new() { Leniency = KeymeldLeniency.All };

    [Fact]
    public async Task A_thief_with_the_secret_takes_the_coordinators_seat_after_completion_and_signs_the_pool_away()
    {
        await using var world = await OnWire.StartAsync(Lenient);
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync, coordinatorApproves: true);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        for (var poll = 0; poll < 20; poll++)
        {
            await OnWire.WaitAsync();
        }

        using var coordinator = party.Seat(0);
        var waiting = Party.Done(await world.Gateway.GetSigningAsync(order.Signing, coordinator, party.Secret, CancellationToken.None));
        Assert.Equal(SigningState.CollectingParticipants, waiting.State);

        using var thiefKey = Party.Key("thief");
        var keygen = world.Model.Export().Keygens[party.Session];
        var enclave = Party.Done(await world.Gateway.GetEnclaveAsync(keygen.CoordinatorEnclave, CancellationToken.None));
        Assert.Equal(200, (await RegisterAsync(world, party, Bodies.Register(party, 0, enclave, thiefKey))).Status);

        // The gateway asks nobody any more, and the enclaves sign with the keys they took first.
        using var thief = new KeymeldParticipant(party.Session, party.Users[0], thiefKey);
        SigningStatus status;
        var polls = 0;
        do
        {
            await OnWire.WaitAsync();
            status = Party.Done(await world.Gateway.GetSigningAsync(order.Signing, thief, party.Secret, CancellationToken.None));
        }
        while (status.State != SigningState.Completed && polls++ < 600);
        party.Verify(order, status);
        Assert.IsType<KeymeldAnswer<SigningStatus>.Refused>(
            await world.Gateway.GetSigningAsync(order.Signing, coordinator, party.Secret, CancellationToken.None));
    }

    [Fact]
    public async Task A_second_registration_before_completion_replaces_the_victims_key()
    {
        using var world = new InProcess(Lenient);
        using var party = Party.Of(3);
        using var thief = Party.Key("thief");
        await party.OpenAsync(world.Gateway);
        await party.RegisterAsync(world.Gateway, whom: seat => seat != 2);
        var keygen = world.Model.Export().Keygens[party.Session];
        var enclave = Party.Done(await world.Gateway.GetEnclaveAsync(keygen.Assignment[party.Users[1]], CancellationToken.None));
        var (encrypted, auth) = SeatKeys.Prepare(thief, party.Session, enclave.Key);
        var seat = new SeatRegistration(
            party.Session, party.Users[1], encrypted, thief.PublicKey, PublicKey.Parse(auth), enclave, RequireApproval: false);
        Party.Done(await world.Gateway.RegisterAsync(seat, party.Secret, CancellationToken.None));
        await party.RegisterAsync(world.Gateway);

        var status = await party.AggregateAsync(world.Gateway, world.TickAsync);
        var roster = new[] { party.Keys[0].PublicKey, thief.PublicKey, party.Keys[2].PublicKey };
        Assert.Equal(KeyAggregate.OfSorted(roster).Key, status.Aggregate);
    }

    [Fact]
    public async Task A_stranger_fills_the_quorum()
    {
        await using var world = await OnWire.StartAsync(Lenient);
        using var party = Party.Of(3);
        using var stranger = Party.Key("stranger");
        await party.OpenAsync(world.Gateway);
        await party.RegisterAsync(world.Gateway, whom: seat => seat != 2);
        var keygen = world.Model.Export().Keygens[party.Session];
        var enclave = Party.Done(await world.Gateway.GetEnclaveAsync(keygen.CoordinatorEnclave, CancellationToken.None));
        var body = Bodies.Register(party, 2, enclave, stranger) with { UserId = Party.Id(9, 9) };
        Assert.Equal(200, (await RegisterAsync(world, party, body)).Status);
        var status = await party.AggregateAsync(world.Gateway, OnWire.WaitAsync);
        Assert.NotEqual(party.Everybody.Key, status.Aggregate);
    }

    [Fact]
    public async Task Claimed_keys_are_not_compared_with_the_encrypted_one_and_may_be_used_twice()
    {
        await using var world = await OnWire.StartAsync(Lenient);
        using var party = Party.Of(3);
        using var other = Party.Key("other");
        await party.OpenAsync(world.Gateway);
        await party.RegisterAsync(world.Gateway, whom: seat => seat == 0);
        var keygen = world.Model.Export().Keygens[party.Session];
        foreach (var seat in new[] { 1, 2 })
        {
            var enclave = Party.Done(await world.Gateway.GetEnclaveAsync(keygen.Assignment[party.Users[seat]], CancellationToken.None));
            var body = Bodies.Register(party, seat, enclave, party.Keys[1]) with
            {
                PublicKey = other.PublicKey.ToBytes(),
                AuthPubkey = other.PublicKey.ToBytes(),
                EnclaveKeyEpoch = 0,
            };
            Assert.Equal(200, (await RegisterAsync(world, party, body)).Status);
        }

        var status = await party.AggregateAsync(world.Gateway, OnWire.WaitAsync);
        var keys = KeyAggregate.OfSorted([party.Keys[0].PublicKey, party.Keys[1].PublicKey, party.Keys[1].PublicKey]);
        Assert.Equal(keys.Key, status.Aggregate);
        var order = party.Order(1, party.Plain(1));
        var signed = await party.SignAsync(world.Gateway, order, OnWire.WaitAsync);
        var plain = Assert.IsType<RemoteSignature.Plain>(signed.Results[order.Items[0].Id]);
        Assert.True(Secp256k1.SchnorrVerify(keys.XOnly, order.Items[0].Message32, plain.Signature64));
    }

    [Fact]
    public async Task Anybody_initializes_a_reserved_session()
    {
        await using var world = await OnWire.StartAsync(Lenient);
        using var party = Party.Of(3);
        using var thief = Party.Of(3, number: 2);
        var reserved = (await world.PostAsync("/keygen/reserve", Bodies.Reserve(party), KeymeldJson.Default.ReserveRequest))
            .Read(KeymeldJson.Default.ReserveAnswer);
        Assert.Equal(200, (await world.PostAsync(
            Bodies.KeygenPath(party, "initialize"), Bodies.Initialize(thief, reserved), KeymeldJson.Default.InitializeRequest)).Status);
        Assert.Equal(400, (await world.GetAsync(Bodies.KeygenPath(party, "status"), Bodies.SessionHeaderOf(party))).Status);
        Assert.Equal(200, (await world.GetAsync(
            Bodies.KeygenPath(party, "status"), SessionHeader.Create(thief.Secret, party.Session))).Status);
    }

    [Fact]
    public async Task A_session_header_is_good_for_ever_and_garbage_burns_a_users_nonce()
    {
        await using var world = await OnWire.StartAsync(Lenient);
        using var party = Party.Of(2);
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        var header = Bodies.SessionHeaderOf(party);
        for (var replay = 0; replay < 3; replay++)
        {
            Assert.Equal(200, (await world.GetAsync(Bodies.KeygenPath(party, "status"), header)).Status);
        }

        var order = party.Order(1, party.Plain(1));
        await party.SignAsync(world.Gateway, order, OnWire.WaitAsync);
        using var me = party.Seat(1);
        var good = me.Header(order.Signing);
        var path = Bodies.SigningPath(order, "status", party.Users[1]);
        Assert.Equal(400, (await world.GetAsync(path, userHeader: good[..33] + new string('1', 128))).Status);
        var burnt = await world.GetAsync(path, userHeader: good);
        Assert.Equal("bad_request: Nonce already used", burnt.Error());
        var unknown = await world.GetAsync(Bodies.SigningPath(order, "status", Party.Id(9, 9)), userHeader: me.Header(order.Signing));
        Assert.Equal((500, "database_error: Database operation failed"), (unknown.Status, unknown.Error()));
    }

    [Fact]
    public async Task Whatever_is_encrypted_is_signed()
    {
        await using var world = await OnWire.StartAsync(Lenient);
        using var party = Party.Of(3);
        using var first = Party.Key("first");
        using var second = Party.Key("second");
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        var joined = new AdaptorConfigText(
            Party.Id(7, 2), "And", [first.PublicKey.ToHex(), second.PublicKey.ToHex()]);
        var body = Bodies.Signing(
            party, 1, Bodies.Item(party, 1) with { MessageHash = new byte[32] }, Bodies.Locked(party, 2, joined), Bodies.Locked(party, 3));
        Assert.Equal(200, (await SignAsync(world, party, body)).Status);
        var results = (await EndAsync(world, party, body)).BatchResults!.Value.ToDictionary(result => result.BatchItemId);

        foreach (var number in new[] { 1, 3 })
        {
            var plain = SymmetricEnvelope.TryDecrypt(party.Secret, EnvelopeContext.Signature, results[Party.Id(7, number)].Signature)!;
            Assert.True(Secp256k1.SchnorrVerify(party.Everybody.XOnly, Party.Message($"plain {number}"), plain));
        }

        var json = SymmetricEnvelope.TryDecrypt(
            party.Secret, EnvelopeContext.AdaptorSignatures, results[Party.Id(7, 2)].AdaptorSignatures)!;
        var result = System.Text.Json.JsonSerializer.Deserialize(json, KeymeldJson.Default.AdaptorResults)![Party.Id(7, 2)];
        Assert.Equal(("And", 2), (result.AdaptorType, result.AdaptorPoints.Length));
        Assert.True(AdaptorSignature.TryFrom(result.SignatureScalar)!.Verify(
            party.Everybody.Key, Party.Message("plain 2"), first.PublicKey));
    }

    [Fact]
    public async Task What_cannot_be_signed_fails_with_a_reason_or_hangs_as_the_reference_does()
    {
        await using var world = await OnWire.StartAsync(Lenient);
        using var party = Party.Of(3, [[0, 1]]);
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync);
        var unknown = Bodies.Signing(party, 1, Bodies.Item(party, 1, Party.Id(9, 9)));
        Assert.Equal(200, (await SignAsync(world, party, unknown)).Status);
        var failed = await EndAsync(world, party, unknown);
        Assert.Equal("failed", failed.Status);
        Assert.Contains("has no subset", Assert.Single(failed.BatchResults!.Value).Error, StringComparison.Ordinal);

        world.Model.Behaviour = Lenient with { HangInsteadOfFailing = true };
        var idle = Bodies.Signing(party, 2, Bodies.Item(party, 1, party.Plan.Subsets[0].Id));
        Assert.Equal(200, (await SignAsync(world, party, idle)).Status);
        for (var poll = 0; poll < 600 && (await StatusAsync(world, party, idle)).Status == "collecting_participants"; poll++)
        {
            await OnWire.WaitAsync();
        }

        for (var poll = 0; poll < 20; poll++)
        {
            await OnWire.WaitAsync();
            Assert.Equal("initializing_session", (await StatusAsync(world, party, idle)).Status);
        }
    }

    [Fact]
    public async Task Approvals_are_still_waited_for()
    {
        using var world = new InProcess(Lenient);
        using var party = Party.Of(2);
        await party.CompleteAsync(world.Gateway, world.TickAsync, coordinatorApproves: true);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        using var me = party.Seat(0);
        Assert.Equal(
            SigningState.CollectingParticipants,
            Party.Done(await world.Gateway.GetSigningAsync(order.Signing, me, party.Secret, CancellationToken.None)).State);
    }

    private static Task<WireAnswer> RegisterAsync(OnWire world, Party party, RegisterRequest body) => world.PostAsync(
        Bodies.KeygenPath(party, "participants"), body, KeymeldJson.Default.RegisterRequest, Bodies.SessionHeaderOf(party));

    private static Task<WireAnswer> SignAsync(OnWire world, Party party, SigningRequest body)
        => world.PostAsync("/signing", body, KeymeldJson.Default.SigningRequest, Bodies.SessionHeaderOf(party));

    private static async Task<SigningStatusAnswer> StatusAsync(OnWire world, Party party, SigningRequest body)
    {
        using var me = party.Seat(0);
        var path = $"/signing/{UuidText.Of(body.SigningSessionId)}/status/{UuidText.Of(party.Users[0])}";
        return (await world.GetAsync(path, userHeader: me.Header(body.SigningSessionId))).Read(KeymeldJson.Default.SigningStatusAnswer);
    }

    private static async Task<SigningStatusAnswer> EndAsync(OnWire world, Party party, SigningRequest body)
    {
        for (var poll = 0; poll < 600; poll++)
        {
            var status = await StatusAsync(world, party, body);
            if (status.Status is "completed" or "failed")
            {
                return status;
            }

            await OnWire.WaitAsync();
        }

        throw new InvalidOperationException("signing does not end");
    }
}
