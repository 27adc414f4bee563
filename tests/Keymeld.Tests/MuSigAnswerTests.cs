using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Keymeld.Tests;

/// <summary>Aggregates and signing transcripts of the enclaves, which our own MuSig must reproduce (keymeld.md §16.6, §16.7).</summary>
public sealed class MuSigAnswerTests
{
    private static readonly JsonElement Known = KeyAnswers.MuSig;
    private static readonly byte[] Message = Known.Bytes("message");

    [Fact]
    public void Aggregates_and_coefficients_are_as_known()
    {
        var keys = Keys(Known.GetProperty("sorted"));
        var aggregate = KeyAggregate.OfSorted(keys.Values.Reverse().Select(key => key.PublicKey));
        Assert.Equal(keys.Values.Select(key => key.PublicKey), aggregate.Keys);
        var coefficients = Enumerable.Range(0, 4).Select(member => Hex.Encode(aggregate.Coefficient(member)));
        Assert.Equal(Known.GetProperty("coefficients").EnumerateArray().Select(text => text.GetString()!), coefficients);
        var tweaks = Known.GetProperty("aggregates");
        Assert.Equal(5, tweaks.GetArrayLength());
        foreach (var known in tweaks.EnumerateArray())
        {
            Assert.Equal(known.Text("key"), Tweaked(aggregate, known.Text("tweak")).Key.ToHex());
        }

        var subset = KeyAggregate.OfSorted(Keys(Known.GetProperty("subset_sorted")).Values.Select(key => key.PublicKey));
        Assert.Equal(Known.Text("subset_aggregate"), subset.Key.ToHex());
    }

    [Theory]
    [InlineData("regular full group, no tweak", "none")]
    [InlineData("regular full group, unspendable taproot", "unspendable_taproot")]
    [InlineData("subset regular", "none")]
    public void A_transcript_is_as_known(string name, string tweak)
    {
        var known = Known.GetProperty("transcripts").EnumerateArray().Single(entry => entry.Text("name") == name);
        var keys = Keys(Known.GetProperty(name.StartsWith("subset", StringComparison.Ordinal) ? "subset_sorted" : "sorted"));
        var aggregate = Tweaked(KeyAggregate.OfSorted(keys.Values.Select(key => key.PublicKey)), tweak);
        var signers = Signers(keys, aggregate);
        foreach (var signer in signers)
        {
            Assert.Equal(known.GetProperty("pubnonces").Text(signer.Name), signer.Nonce.Public.ToHex());
        }

        var nonce = AggregateNonce.Of([.. signers.Select(signer => signer.Nonce.Public)]);
        Assert.Equal(known.Text("aggnonce"), nonce.ToHex());
        var session = new MuSigSession(aggregate, nonce, Message);
        Assert.Equal(known.Text("b"), Hex.Encode(session.NonceCoefficient));
        Assert.Equal(known.Text("r"), session.FinalNonce.ToHex());
        var partials = Sign(session, signers, known);
        Assert.Equal(known.Text("signature"), session.Aggregate(partials)!.ToHex());
    }

    [Fact]
    public void The_adaptor_transcript_is_as_known()
    {
        var known = Known.GetProperty("adaptor");
        using var scalar = SecretKey.From(known.Bytes("secret"));
        Assert.Equal(known.Text("point"), scalar.PublicKey.ToHex());
        var (session, signature) = AdaptorSignature(known, scalar.PublicKey);
        Assert.Equal(known.Text("r"), session.FinalNonce.ToHex());
        Assert.Equal(known.Text("adapted_nonce"), Secp256k1.Combine(session.FinalNonce, scalar.PublicKey)!.ToHex());
        Assert.Equal(known.Text("adaptor_signature"), signature.ToHex());
        Assert.True(signature.Verify(session.Keys.Key, Message, scalar.PublicKey));
        Assert.Equal(known.Text("adapted"), signature.Adapt(scalar)!.ToHex());
    }

    [Fact]
    public void The_adaptor_result_and_its_envelope_are_as_known()
    {
        var known = Known.GetProperty("adaptor");
        var point = PublicKey.Parse(known.Text("point"));
        var id = Guid.Parse(known.Text("adaptor_id"));
        var result = new AdaptorResultText(
            id, AdaptorConfigText.Single, known.Bytes("adaptor_signature"), known.Bytes("aggnonce"), [point.ToBytes()], null, point.ToBytes());
        var json = JsonSerializer.SerializeToUtf8Bytes(new() { [id] = result }, KeymeldJson.Default.AdaptorResults);
        Assert.Equal(known.Text("result_json_sha256"), Hex.Encode(SHA256.HashData(json)));
        using var secret = KeyAnswers.Secret();
        var envelope = SymmetricEnvelope.Encrypt(secret, EnvelopeContext.AdaptorSignatures, json, KeyAnswers.GcmNonce);
        Assert.Equal(known.Text("result_envelope_sha256"), Hex.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(envelope))));
    }

    private static (MuSigSession Session, AdaptorSignature Signature) AdaptorSignature(JsonElement known, PublicKey point)
    {
        var keys = Keys(Known.GetProperty("sorted"));
        var aggregate = KeyAggregate.OfSorted(keys.Values.Select(key => key.PublicKey));
        var signers = Signers(keys, aggregate);
        var session = new MuSigSession(aggregate, AggregateNonce.Of([.. signers.Select(signer => signer.Nonce.Public)]), Message, point);
        return (session, session.AggregateAdaptor(Sign(session, signers, known))!);
    }

    private static List<PartialSignature> Sign(
        MuSigSession session, List<(string Name, SecretKey Key, SecretNonce Nonce)> signers, JsonElement known)
    {
        var partials = signers.ConvertAll(signer => session.Sign(signer.Key, signer.Nonce));
        for (var i = 0; i < signers.Count; i++)
        {
            Assert.Equal(known.GetProperty("psigs").Text(signers[i].Name), partials[i].ToHex());
        }

        return partials;
    }

    private static List<(string Name, SecretKey Key, SecretNonce Nonce)> Signers(Dictionary<string, SecretKey> keys, KeyAggregate aggregate)
    {
        var first = Known.GetProperty("first_random_byte").GetByte();
        return [.. keys.Select((entry, index) =>
        {
            var extra = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(extra, index);
            byte[] random = [.. Enumerable.Repeat((byte)(first + index), 32)];
            return (entry.Key, entry.Value, SecretNonce.Derive(random, entry.Value, new NonceContext(aggregate, Message, extra)));
        })];
    }

    private static Dictionary<string, SecretKey> Keys(JsonElement names)
        => names.EnumerateArray().Select(name => name.GetString()!).ToDictionary(
            name => name, name => SecretKey.From(Known.GetProperty("secrets").Bytes(name)));

    private static KeyAggregate Tweaked(KeyAggregate aggregate, string tweak) => tweak.Split(' ')[0] switch
    {
        "none" => aggregate,
        "unspendable_taproot" => aggregate.WithTaprootTweak([]),
        "taproot_with_merkle_root" => aggregate.WithTaprootTweak([.. Enumerable.Repeat((byte)0xaa, 32)]),
        "plain_tweak" => aggregate.WithPlainTweak([.. Enumerable.Repeat((byte)5, 32)]),
        "x_only_tweak" => aggregate.WithXOnlyTweak([.. Enumerable.Repeat((byte)5, 32)]),
        _ => throw new InvalidDataException($"an unknown tweak: {tweak}"),
    };
}
