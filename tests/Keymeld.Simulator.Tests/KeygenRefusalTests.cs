using System.Text.Json.Serialization.Metadata;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld.Simulator.Tests;

public sealed class KeygenRefusalTests
{
    public static TheoryData<string, string> BadReservations { get; } = new()
    {
        { "taken", "Keygen session already exists" },
        { "alone", "expected_participants must name 2 to 1000 users" },
        { "twice", "expected_participants names a user twice" },
        { "no coordinator", "coordinator_user_id must be in expected_participants" },
        { "no time", "timeout_secs must be 1 to 86400" },
        { "too long", "timeout_secs must be 1 to 86400" },
        { "no quota", "max_signing_sessions must be positive" },
        { "unbound", "encrypted_taproot_tweak must not be empty" },
        { "many subsets", "subset_definitions has more than 200 entries" },
        { "subset twice", "a subset_id is used twice" },
        { "subset of one", "needs at least 2 participants" },
        { "subset with a stranger", "names a user who is not expected" },
        { "subset member twice", "names a user twice" },
    };

    [Theory]
    [MemberData(nameof(BadReservations))]
    public async Task A_bad_reservation_is_refused_by_name(string what, string why)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(3, [[0, 1]]);
        using var other = Party.Of(3, [[0, 1]], number: 2);
        await party.OpenAsync(world.Gateway);
        var good = Bodies.Reserve(what == "taken" ? party : other);
        var stranger = Party.Id(9, 9);
        var body = what switch
        {
            "taken" => good,
            "alone" => good with { ExpectedParticipants = [other.Users[0]], SubsetDefinitions = [] },
            "twice" => good with { ExpectedParticipants = [.. other.Users, other.Users[1]] },
            "no coordinator" => good with { CoordinatorUserId = stranger },
            "no time" => good with { TimeoutSecs = 0 },
            "too long" => good with { TimeoutSecs = 86_401 },
            "no quota" => good with { MaxSigningSessions = 0 },
            "unbound" => good with { EncryptedTaprootTweak = "" },
            "many subsets" => good with
            {
                SubsetDefinitions = [.. Enumerable.Range(0, 201).Select(i => new SubsetBody(Party.Id(8, i), [.. other.Users[..2]]))],
            },
            "subset twice" => good with { SubsetDefinitions = [new(stranger, other.Users), new(stranger, other.Users)] },
            "subset of one" => good with { SubsetDefinitions = [new(stranger, [other.Users[0]])] },
            "subset with a stranger" => good with { SubsetDefinitions = [new(stranger, [other.Users[0], stranger])] },
            _ => good with { SubsetDefinitions = [new(stranger, [other.Users[0], other.Users[0]])] },
        };
        await RefusedAsync(world, "/keygen/reserve", body, KeymeldJson.Default.ReserveRequest, null, 400, why);
    }

    public static TheoryData<string, string> BadInitializations { get; } = new()
    {
        { "other's secret", "The session was not reserved with this session secret" },
        { "other session key", "session_public_key is not the secret's" },
        { "not a point", "must be compressed points" },
        { "65 bytes", "must be compressed points" },
        { "empty", "Ciphertexts must not be empty" },
        { "old epoch", "outdated" },
        { "secret for another enclave", "encrypted_session_secret is not 32 bytes for the coordinator enclave" },
        { "tampered secret", "encrypted_session_secret is not 32 bytes for the coordinator enclave" },
        { "other coordinator key", "coordinator_encrypted_private_key is not the key of coordinator_pubkey" },
        { "session data of another context", "encrypted_session_data cannot be opened" },
    };

    [Theory]
    [MemberData(nameof(BadInitializations))]
    public async Task A_bad_initialization_is_refused_by_name(string what, string why)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(3);
        using var other = Party.Of(3, number: 2);
        var reserved = (await world.PostAsync("/keygen/reserve", Bodies.Reserve(party), KeymeldJson.Default.ReserveRequest))
            .Read(KeymeldJson.Default.ReserveAnswer);
        var good = Bodies.Initialize(party, reserved);
        var elsewhere = world.Model.EnclaveKey((reserved.CoordinatorEnclaveId + 1) % 3);
        var body = what switch
        {
            "other's secret" => Bodies.Initialize(other, reserved),
            "other session key" => good with { SessionPublicKey = other.Secret.PublicKey.ToBytes() },
            "not a point" => good with { CoordinatorPubkey = [2, .. Enumerable.Repeat((byte)255, 32)] },
            "65 bytes" => good with { SessionPublicKey = new byte[65] },
            "empty" => good with { EncryptedEnclaveData = "" },
            "old epoch" => good with { EnclaveKeyEpoch = 2 },
            "secret for another enclave" => good with { EncryptedSessionSecret = EnclaveBox.Encrypt(elsewhere, party.Secret.ToBytes()) },
            "tampered secret" => good with { EncryptedSessionSecret = Bodies.Tampered(good.EncryptedSessionSecret) },
            "other coordinator key" => good with { CoordinatorPubkey = party.Keys[1].PublicKey.ToBytes() },
            _ => good with { EncryptedSessionData = Bodies.Tweak(party.Secret, EnvelopeContext.TaprootTweak) },
        };
        await RefusedAsync(
            world, Bodies.KeygenPath(party, "initialize"), body, KeymeldJson.Default.InitializeRequest, null, 400, why);
    }

    [Fact]
    public async Task A_session_is_initialized_once_and_only_after_it_was_reserved()
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(3);
        using var unknown = Party.Of(3, number: 2);
        var reserved = (await world.PostAsync("/keygen/reserve", Bodies.Reserve(party), KeymeldJson.Default.ReserveRequest))
            .Read(KeymeldJson.Default.ReserveAnswer);
        var body = Bodies.Initialize(party, reserved);
        await RefusedAsync(
            world, Bodies.KeygenPath(unknown, "initialize"), body, KeymeldJson.Default.InitializeRequest, null, 404, "not found");
        Assert.Contains(
            "reserved but not yet", (await world.GetAsync(Bodies.KeygenPath(party, "slots"))).Error(), StringComparison.Ordinal);
        Assert.Contains(
            "reserved but not yet",
            (await world.GetAsync(Bodies.KeygenPath(party, "status"), Bodies.SessionHeaderOf(party))).Error(), StringComparison.Ordinal);

        Assert.Equal(
            200, (await world.PostAsync(Bodies.KeygenPath(party, "initialize"), body, KeymeldJson.Default.InitializeRequest)).Status);
        await RefusedAsync(
            world, Bodies.KeygenPath(party, "initialize"), body, KeymeldJson.Default.InitializeRequest, null, 400, "not in reserved state");
    }

    public static TheoryData<string, string> BadRegistrations { get; } = new()
    {
        { "foreign user", "User is not an expected participant" },
        { "other session", "keygen_session_id is not the session of the path" },
        { "other public key", "public_key is not the key that is encrypted" },
        { "other auth key", "auth_pubkey is not derived from the key that is encrypted" },
        { "auth key of another session", "auth_pubkey is not derived from the key that is encrypted" },
        { "wrong enclave", "outdated" },
        { "wrong epoch", "outdated" },
        { "epoch 0", "outdated" },
        { "for another enclave", "encrypted_private_key is not a key for the user's enclave" },
        { "tampered", "encrypted_private_key is not a key for the user's enclave" },
        { "truncated", "encrypted_private_key is not a key for the user's enclave" },
        { "not hex", "encrypted_private_key is not hexadecimal" },
        { "empty", "Ciphertexts must not be empty" },
        { "a key of zero", "encrypted_private_key is not a key for the user's enclave" },
        { "another's key", "public_key is already registered by another user" },
        { "session data of another secret", "encrypted_session_data cannot be opened" },
        { "thief of the coordinator's seat", "The coordinator registers with another key than it initialized with" },
    };

    [Theory]
    [MemberData(nameof(BadRegistrations))]
    public async Task A_bad_registration_is_refused_by_name(string what, string why)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(4);
        using var other = Party.Of(4, number: 2);
        await party.OpenAsync(world.Gateway);
        await party.RegisterAsync(world.Gateway, whom: seat => seat == 2);
        var enclaves = Party.Done(await world.Gateway.GetEnclavesAsync(CancellationToken.None));
        var slots = Party.Done(await world.Gateway.GetSlotsAsync(party.Session, party.Secret, CancellationToken.None));
        var enclave = enclaves[slots.Single(slot => slot.User == party.Users[1]).Enclave];
        var elsewhere = enclaves[(enclave.Id + 1) % 3];
        using var thief = Party.Key("thief");
        var body = what == "thief of the coordinator's seat"
            ? Bodies.Register(party, 0, enclaves[slots.Single(slot => slot.User == party.Users[0]).Enclave], thief)
            : Spoiled(what, party, other, enclave, elsewhere, thief);
        await RefusedAsync(
            world, Bodies.KeygenPath(party, "participants"), body, KeymeldJson.Default.RegisterRequest, Bodies.SessionHeaderOf(party), 400,
            why);
    }

    private static RegisterRequest Spoiled(
        string what, Party party, Party other, EnclaveKey enclave, EnclaveKey elsewhere, SecretKey thief)
    {
        var good = Bodies.Register(party, 1, enclave);
        using var wrongScope = ParticipantAuth.Derive(party.Keys[1], other.Session);
        return what switch
        {
            "foreign user" => good with { UserId = Party.Id(9, 9) },
            "other session" => good with { KeygenSessionId = other.Session },
            "other public key" => good with { PublicKey = thief.PublicKey.ToBytes() },
            "other auth key" => good with { AuthPubkey = thief.PublicKey.ToBytes() },
            "auth key of another session" => good with { AuthPubkey = wrongScope.PublicKey.ToBytes() },
            "wrong enclave" => Bodies.Register(party, 1, elsewhere),
            "wrong epoch" => good with { EnclaveKeyEpoch = 7 },
            "epoch 0" => good with { EnclaveKeyEpoch = 0 },
            "for another enclave" => good with { EncryptedPrivateKey = EnclaveBox.Encrypt(elsewhere.Key, party.Keys[1].ToBytes()) },
            "tampered" => good with { EncryptedPrivateKey = Bodies.Tampered(good.EncryptedPrivateKey) },
            "truncated" => good with { EncryptedPrivateKey = good.EncryptedPrivateKey[..60] },
            "not hex" => good with { EncryptedPrivateKey = "zz" },
            "empty" => good with { EncryptedPrivateKey = "" },
            "a key of zero" => good with { EncryptedPrivateKey = EnclaveBox.Encrypt(enclave.Key, new byte[32]) },
            "another's key" => Bodies.Register(party, 1, enclave, party.Keys[2]),
            "session data of another secret" => good with
            {
                EncryptedSessionData = SymmetricEnvelope.Encrypt(other.Secret, EnvelopeContext.KeygenParticipantSession, "{}"u8),
            },
            _ => throw new InvalidOperationException(what),
        };
    }

    [Fact]
    public async Task A_seat_is_registered_once_and_only_an_identical_repeat_is_taken()
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(3);
        await party.OpenAsync(world.Gateway);
        var enclaves = Party.Done(await world.Gateway.GetEnclavesAsync(CancellationToken.None));
        var slots = Party.Done(await world.Gateway.GetSlotsAsync(party.Session, party.Secret, CancellationToken.None));
        var enclave = enclaves[slots.Single(slot => slot.User == party.Users[1]).Enclave];
        var path = Bodies.KeygenPath(party, "participants");
        var body = Bodies.Register(party, 1, enclave, approval: true);
        Assert.Equal(200, (await SendAsync(body)).Status);
        var before = world.Dump();
        Assert.Equal(200, (await SendAsync(body)).Status);
        Assert.Equal(before, world.Dump());

        using var thief = Party.Key("thief");
        const string Why = "already registered with other data";
        await RefusedAsync(world, path, Bodies.Register(party, 1, enclave, thief), KeymeldJson.Default.RegisterRequest, Header(), 400, Why);
        await RefusedAsync(
            world, path, body with { RequireSigningApproval = false }, KeymeldJson.Default.RegisterRequest, Header(), 400, Why);

        await party.RegisterAsync(world.Gateway);
        await party.AggregateAsync(world.Gateway, OnWire.WaitAsync);
        await RefusedAsync(
            world, path, body, KeymeldJson.Default.RegisterRequest, Header(), 400, "Keygen session is not accepting new participants");
        Assert.Contains("not accepting", (await world.GetAsync(Bodies.KeygenPath(party, "slots"))).Error(), StringComparison.Ordinal);

        string Header() => Bodies.SessionHeaderOf(party);
        Task<WireAnswer> SendAsync(RegisterRequest request)
            => world.PostAsync(path, request, KeymeldJson.Default.RegisterRequest, Header());
    }

    public static TheoryData<string, string> BadHeaders { get; } = new()
    {
        { "none", "Header `X-Session-Signature` is missing" },
        { "empty", "Header `X-Session-Signature` is missing" },
        { "another secret", "Invalid session signature" },
        { "another session", "Invalid session signature" },
        { "another nonce", "Invalid session signature" },
        { "high s", "Invalid session signature" },
        { "no signature", "Invalid session signature" },
        { "garbage", "Invalid session signature" },
        { "replayed", "Nonce already used" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public async Task A_bad_session_header_is_refused_by_name(string what, string why)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(3);
        using var other = Party.Of(3, number: 2);
        await party.OpenAsync(world.Gateway);
        var path = Bodies.KeygenPath(party, "status");
        var good = Bodies.SessionHeaderOf(party);
        if (what == "replayed")
        {
            Assert.Equal(200, (await world.GetAsync(path, good)).Status);
        }

        var header = what switch
        {
            "none" => null,
            "empty" => "",
            "another secret" => SessionHeader.Create(other.Secret, party.Session),
            "another session" => SessionHeader.Create(party.Secret, other.Session),
            "another nonce" => $"{new string('0', 32)}:{good[33..]}",
            "high s" => HighS(good),
            "no signature" => good[..33],
            "garbage" => "garbage",
            _ => good,
        };
        var before = world.Dump();
        var answer = await world.GetAsync(path, header);
        Assert.Equal(400, answer.Status);
        Assert.Contains(why, answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, world.Dump());
        if (what != "replayed")
        {
            Assert.Equal(200, (await world.GetAsync(path, good)).Status);
        }
    }

    internal static string HighS(string header)
    {
        var s = SecretKey.From(Hex.Decode(header[^64..])).Negate();
        return header[..^64] + Hex.Encode(s.ToBytes());
    }

    private static async Task RefusedAsync<T>(
        OnWire world, string path, T body, JsonTypeInfo<T> type, string? header, int status, string why)
    {
        var before = world.Dump();
        var answer = await world.PostAsync(path, body, type, header);
        Assert.Equal(status, answer.Status);
        Assert.Contains(why, answer.Error(), StringComparison.Ordinal);
        Assert.Equal(before, world.Dump());
    }
}
