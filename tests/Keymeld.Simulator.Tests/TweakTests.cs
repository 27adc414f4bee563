using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;
using Coordinator.Testing;

namespace Coordinator.Keymeld.Simulator.Tests;

/// <summary>The known aggregates of the specification's §16.6 come out of the enclaves, and signatures verify under them.</summary>
public sealed class TweakTests
{
    private static readonly string Fives = string.Join(',', Enumerable.Repeat("5", 32));
    private static readonly string Root = string.Join(',', Enumerable.Repeat("170", 32));

    [Theory]
    [InlineData("none")]
    [InlineData("unspendable_taproot")]
    [InlineData("taproot_with_merkle_root")]
    [InlineData("plain_tweak")]
    [InlineData("x_only_tweak")]
    public async Task A_sessions_tweak_makes_its_aggregate_and_an_items_tweak_the_key_it_signs_under(string type)
    {
        using var vectors = VectorFiles.ReadJson("keymeld", "musig.json");
        var known = vectors.RootElement.GetProperty("aggregates").EnumerateArray()
            .Single(entry => entry.GetProperty("tweak").GetString()!.Split(' ')[0] == type).GetProperty("key").GetString();
        await using var world = await OnWire.StartAsync();
        using var party = Known(vectors.RootElement);
        var tweak = Json(type);
        await OpenAsync(world, party, tweak);
        await party.RegisterAsync(world.Gateway);
        var status = await party.AggregateAsync(world.Gateway, OnWire.WaitAsync);
        Assert.Equal(known, status.Aggregate?.ToHex());
        var subset = status.Subsets[party.Plan.Subsets[0].Id];
        if (type == "none")
        {
            Assert.Equal(vectors.RootElement.GetProperty("subset_aggregate").GetString(), subset.ToHex());
        }

        var body = Bodies.Signing(
            party, 1,
            Bodies.Item(party, 1) with { EncryptedTaprootTweak = Bodies.Tweak(party.Secret, EnvelopeContext.SessionData, tweak) },
            Bodies.Item(party, 2),
            Bodies.Item(party, 3, party.Plan.Subsets[0].Id));
        Assert.Equal(200, (await world.PostAsync(
            "/signing", body, KeymeldJson.Default.SigningRequest, Bodies.SessionHeaderOf(party))).Status);
        var order = party.Order(1, party.Plain(1)) with { Signing = body.SigningSessionId };
        var results = (await party.EndAsync(world.Gateway, order, OnWire.WaitAsync)).Results;
        Verify(results, 1, status.Aggregate!);
        Verify(results, 2, party.Everybody.Key);
        Verify(results, 3, subset);
    }

    private static void Verify(IReadOnlyDictionary<Guid, RemoteSignature> results, int number, PublicKey key)
        => Assert.True(Secp256k1.SchnorrVerify(
            key.XOnly, Party.Message($"plain {number}"), Assert.IsType<RemoteSignature.Plain>(results[Party.Id(7, number)]).Signature64));

    private static string Json(string type) => type switch
    {
        "taproot_with_merkle_root" => $$"""{"type":"{{type}}","merkle_root":[{{Root}}]}""",
        "plain_tweak" or "x_only_tweak" => $$"""{"type":"{{type}}","tweak":[{{Fives}}]}""",
        _ => $$"""{"type":"{{type}}"}""",
    };

    private static Party Known(JsonElement vectors)
    {
        var secrets = vectors.GetProperty("secrets");
        string[] names = ["mm", "p0", "p1", "p2"];
        return Party.Of(4, [[0, 1, 2]], keys: names.Select(name => SecretKey.From(Hex.Decode(secrets.GetProperty(name).GetString()!))));
    }

    private static async Task OpenAsync(OnWire world, Party party, string tweak)
    {
        var reserve = Bodies.Reserve(party) with
        {
            EncryptedTaprootTweak = Bodies.Tweak(party.Secret, EnvelopeContext.TaprootTweak, tweak),
        };
        var reserved = (await world.PostAsync("/keygen/reserve", reserve, KeymeldJson.Default.ReserveRequest))
            .Read(KeymeldJson.Default.ReserveAnswer);
        Assert.Equal(200, (await world.PostAsync(
            Bodies.KeygenPath(party, "initialize"), Bodies.Initialize(party, reserved), KeymeldJson.Default.InitializeRequest)).Status);
    }
}
