using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld.Simulator.Tests;

public sealed class SigningRefusalTests
{
    public static TheoryData<string, string> BadBatches { get; } = new()
    {
        { "empty", "batch_items must have 1 to 100 items" },
        { "oversized", "batch_items must have 1 to 100 items" },
        { "id twice", "A batch_item_id is used twice" },
        { "no time", "timeout_secs must be 1 to 86400" },
        { "unknown subset", "the session has no subset" },
        { "other hash", "message_hash is not the hash that is encrypted" },
        { "short hash", "message_hash must be 32 bytes" },
        { "tampered message", "its message cannot be opened" },
        { "message of another context", "its message cannot be opened" },
        { "message not hex", "its message cannot be opened" },
        { "empty message", "encrypted_message must not be empty" },
        { "tweak of another context", "its tweak cannot be opened" },
        { "empty tweak", "its tweak cannot be opened" },
        { "and", "only Single adaptors of one point are signed" },
        { "or", "only Single adaptors of one point are signed" },
        { "two points", "only Single adaptors of one point are signed" },
        { "no adaptors", "only Single adaptors of one point are signed" },
        { "infinite point", "has a point that is none" },
        { "point with another prefix", "has a point that is none" },
        { "adaptor id twice", "named twice" },
        { "adaptors missing", "signing_mode must be" },
        { "mode unknown", "signing_mode must be" },
        { "adaptors tampered", "its adaptors cannot be opened" },
        { "member without work", "A participant takes part in no item" },
        { "subset without the coordinator", "does not contain the coordinator" },
    };

    [Theory]
    [MemberData(nameof(BadBatches))]
    public async Task A_bad_batch_is_refused_by_name(string what, string why)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(3, [[0, 1], [1, 2]]);
        using var point = Party.Key("attestation");
        Assert.Equal(200, (await CompleteAsync(world, party)).Status);
        var body = Spoiled(what, party, point.PublicKey);
        var before = world.Dump();
        var answer = await PostAsync(world, party, body);
        Assert.Equal(400, answer.Status);
        Assert.Contains(why, answer.Error(), StringComparison.Ordinal);
        Assert.Equal(before, world.Dump());
    }

    private static SigningRequest Spoiled(string what, Party party, PublicKey point)
    {
        var item = Bodies.Item(party, 1);
        var single = new AdaptorConfigText(item.BatchItemId, "Single", [point.ToHex()]);
        var good = Bodies.Signing(party, 1, item);
        return what switch
        {
            "empty" => good with { BatchItems = [] },
            "oversized" => good with { BatchItems = [.. Enumerable.Range(0, 101).Select(i => Bodies.Item(party, i))] },
            "id twice" => good with { BatchItems = [item, item] },
            "no time" => good with { TimeoutSecs = 0 },
            "unknown subset" => With(item with { SubsetId = Party.Id(9, 9) }),
            "other hash" => With(item with { MessageHash = new byte[32] }),
            "short hash" => With(item with { MessageHash = new byte[31] }),
            "tampered message" => Message(Bodies.Tampered(item.SigningMode.EncryptedMessage)),
            "message of another context" => Message(SymmetricEnvelope.Encrypt(party.Secret, "message", new byte[64])),
            "message not hex" => Message(SymmetricEnvelope.Encrypt(party.Secret, EnvelopeContext.SessionData, item.MessageHash)),
            "empty message" => Message(""),
            "tweak of another context" => With(
                item with { EncryptedTaprootTweak = Bodies.Tweak(party.Secret, EnvelopeContext.TaprootTweak) }),
            "empty tweak" => With(item with { EncryptedTaprootTweak = "" }),
            "and" => Locked(single with { AdaptorType = "And", AdaptorPoints = [.. single.AdaptorPoints, .. single.AdaptorPoints] }),
            "or" => Locked(single with { AdaptorType = "Or" }),
            "two points" => Locked(single with { AdaptorPoints = [.. single.AdaptorPoints, .. single.AdaptorPoints] }),
            "no adaptors" => Locked(),
            "infinite point" => Locked(single with { AdaptorPoints = [new string('0', 66)] }),
            "point with another prefix" => Locked(single with { AdaptorPoints = ["04" + single.AdaptorPoints[0][2..]] }),
            "adaptor id twice" => Locked(single, single),
            "adaptors missing" => With(item with { SigningMode = item.SigningMode with { Type = "adaptor" } }),
            "mode unknown" => With(item with { SigningMode = item.SigningMode with { Type = "blind" } }),
            "adaptors tampered" => With(Spoiled(Bodies.Locked(party, 1, single))),
            "member without work" => With(item with { SubsetId = party.Plan.Subsets[0].Id }),
            _ => good with { BatchItems = [item, Bodies.Item(party, 2, party.Plan.Subsets[1].Id)] },
        };

        SigningRequest With(BatchItemBody changed) => good with { BatchItems = [changed] };
        SigningRequest Message(string text) => With(item with { SigningMode = item.SigningMode with { EncryptedMessage = text } });
        SigningRequest Locked(params AdaptorConfigText[] adaptors) => With(Bodies.Locked(party, 1, adaptors));
    }

    [Fact]
    public async Task Signing_needs_a_completed_session_its_secret_a_new_id_and_a_free_place()
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(2, quota: 2);
        using var other = Party.Of(2, number: 2);
        await party.OpenAsync(world.Gateway);
        await other.OpenAsync(world.Gateway);
        await RefusedAsync(400, "Keygen session is not completed", Bodies.Signing(party, 1, Bodies.Item(party, 1)));
        await party.RegisterAsync(world.Gateway);
        await party.AggregateAsync(world.Gateway, OnWire.WaitAsync);
        var order = Bodies.Signing(party, 1, Bodies.Item(party, 1));
        await RefusedAsync(404, "Keygen session not found", order with { KeygenSessionId = Party.Id(9, 9) });
        await RefusedAsync(400, "Invalid session signature", order, SessionHeader.Create(other.Secret, party.Session));
        Assert.Equal(400, (await world.PostAsync(
            "/signing", Bodies.Signing(party, 1, Bodies.Item(party, 1)), KeymeldJson.Default.SigningRequest)).Status);

        Assert.Equal(200, (await PostAsync(world, party, Bodies.Signing(party, 1, Bodies.Item(party, 1)))).Status);
        Assert.Equal(200, (await PostAsync(world, party, Bodies.Signing(party, 2, Bodies.Item(party, 1)))).Status);
        await WaitForEndAsync(world, 2);
        await RefusedAsync(400, "Signing session already exists", Bodies.Signing(party, 1, Bodies.Item(party, 1)));
        await RefusedAsync(
            400, "Quota exceeded: maximum 2 signing sessions allowed per keygen session", Bodies.Signing(party, 3, Bodies.Item(party, 1)));

        async Task RefusedAsync(int status, string why, SigningRequest body, string? header = null)
        {
            var before = world.Dump();
            var answer = await world.PostAsync(
                "/signing", body, KeymeldJson.Default.SigningRequest, header ?? Bodies.SessionHeaderOf(party));
            Assert.Equal(status, answer.Status);
            Assert.Contains(why, answer.Error(), StringComparison.Ordinal);
            Assert.Equal(before, world.Dump());
        }
    }

    public static TheoryData<string, int, string> BadUserHeaders { get; } = new()
    {
        { "none", 400, "Header `X-User-Signature` is missing" },
        { "own key for another user", 400, "Invalid user signature" },
        { "another user's key", 400, "Invalid user signature" },
        { "another signing session", 400, "Invalid user signature" },
        { "key of another keygen session", 400, "Invalid user signature" },
        { "high s", 400, "Invalid user signature" },
        { "garbage", 400, "Invalid user signature" },
        { "unknown user", 404, "Participant not found" },
        { "unknown session", 404, "Signing session not found" },
        { "replayed", 400, "Nonce already used" },
    };

    [Theory]
    [MemberData(nameof(BadUserHeaders))]
    public async Task A_bad_user_header_is_refused_by_name_for_status_and_approval(string what, int status, string why)
    {
        await using var world = await OnWire.StartAsync();
        using var party = Party.Of(3);
        await party.CompleteAsync(world.Gateway, OnWire.WaitAsync, coordinatorApproves: true);
        var order = party.Order(1, party.Plain(1));
        Party.Done(await world.Gateway.StartSigningAsync(order, party.Secret, CancellationToken.None));
        using var me = party.Seat(0);
        var good = me.Header(order.Signing);
        var user = what is "own key for another user" ? party.Users[1] : what is "unknown user" ? Party.Id(9, 9) : party.Users[0];
        var session = what is "unknown session" ? order with { Signing = Party.Id(9, 9) } : order;
        if (what == "replayed")
        {
            Assert.Equal(200, (await world.GetAsync(Bodies.SigningPath(order, "status", user), userHeader: good)).Status);
        }

        var header = SpoiledHeader(what, good, party, order.Signing);
        var before = world.Dump();
        foreach (var (method, route) in new[] { (HttpMethod.Get, "status"), (HttpMethod.Post, "approve") })
        {
            var answer = await world.SendAsync(method, Bodies.SigningPath(session, route, user), null, header, null);
            Assert.Equal(status, answer.Status);
            Assert.Contains(why, answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(before, world.Dump());
        if (what != "replayed")
        {
            Assert.Equal(200, (await world.GetAsync(Bodies.SigningPath(order, "status", party.Users[0]), userHeader: good)).Status);
        }
    }

    private static string? SpoiledHeader(string what, string good, Party party, Guid signing)
    {
        using var me = party.Seat(0);
        using var neighbour = party.Seat(1);
        using var elsewhere = new KeymeldParticipant(Party.Id(9, 9), party.Users[0], party.Keys[0]);
        return what switch
        {
            "none" => null,
            "another user's key" => neighbour.Header(signing),
            "another signing session" => me.Header(Party.Id(9, 8)),
            "key of another keygen session" => elsewhere.Header(signing),
            "high s" => KeygenRefusalTests.HighS(good),
            "garbage" => ":::",
            _ => good,
        };
    }

    private static Task<WireAnswer> PostAsync(OnWire world, Party party, SigningRequest body)
        => world.PostAsync("/signing", body, KeymeldJson.Default.SigningRequest, Bodies.SessionHeaderOf(party));

    /// <summary>As the client, but with a subset that the client would not ask for.</summary>
    private static async Task<WireAnswer> CompleteAsync(OnWire world, Party party)
    {
        var reserve = await world.PostAsync("/keygen/reserve", Bodies.Reserve(party), KeymeldJson.Default.ReserveRequest);
        var body = Bodies.Initialize(party, reserve.Read(KeymeldJson.Default.ReserveAnswer));
        await world.PostAsync(Bodies.KeygenPath(party, "initialize"), body, KeymeldJson.Default.InitializeRequest);
        await party.RegisterAsync(world.Gateway);
        await party.AggregateAsync(world.Gateway, OnWire.WaitAsync);
        return reserve;
    }

    private static BatchItemBody Spoiled(BatchItemBody item) => item with
    {
        SigningMode = item.SigningMode with { EncryptedAdaptorConfigs = Bodies.Tampered(item.SigningMode.EncryptedAdaptorConfigs!) },
    };

    private static async Task WaitForEndAsync(OnWire world, int signings)
    {
        var poll = 0;
        while (world.Model.Export().Signings.Values.Count(signing => signing.Results is not null) < signings && poll++ < 600)
        {
            await OnWire.WaitAsync();
        }
    }
}
