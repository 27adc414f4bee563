using System.Text.Json;

namespace Coordinator.Bitcoin.Tests;

public sealed class MuSigAdaptorTests
{
    private static readonly JsonElement[] Sessions = [.. MuSigVectors.Dlctix("sessions").EnumerateArray()];

    [Fact]
    public void Every_session_of_the_dlctix_answers_is_reproduced()
    {
        Assert.Equal(32, Sessions.Length);
        foreach (var given in Sessions)
        {
            var secrets = given.Items("seckeys").Select(key => SecretKey.From(key.Bytes())).ToList();
            var (session, partials, nonces) = Sign(given, secrets);
            Assert.Equal(given.Text("nonce_coefficient_b"), Hex.Encode(session.NonceCoefficient));
            Assert.Equal(given.Text("challenge_e"), Hex.Encode(session.Challenge));
            Assert.Equal(given.Text("final_nonce_R"), session.FinalNonce.ToHex());
            Assert.Equal(given.Items("partial_signatures").Select(part => part.GetString()), partials.Select(part => part.ToHex()));
            for (var i = 0; i < partials.Count; i++)
            {
                var member = session.Keys.IndexOf(secrets[i].PublicKey);
                Assert.True(session.Verify(member, nonces[i], partials[i]));
                Assert.False(session.Verify(member, nonces[i], partials[(i + 1) % partials.Count]));
            }

            CheckResult(given, session, partials);
        }
    }

    [Fact]
    public void Lone_adaptor_signatures_verify_complete_and_reveal()
    {
        var cases = MuSigVectors.Dlctix("solo").EnumerateArray().ToList();
        Assert.Equal(10, cases.Count);
        foreach (var given in cases)
        {
            var (key, point) = (PublicKey.Parse(given.Text("pubkey")), PublicKey.Parse(given.Text("adaptor_point")));
            using var scalar = SecretKey.From(given.Bytes("adaptor_secret"));
            var message = given.Bytes("message");
            var adaptor = AdaptorSignature.Parse(given.Text("deterministic_adaptor_signature"));
            Assert.True(adaptor.Verify(key, message, point));
            Assert.False(adaptor.Verify(key, message, key));
            var completed = adaptor.Adapt(scalar)!;
            Assert.Equal(given.Text("deterministic_adapted_signature"), completed.ToHex());
            Assert.True(completed.Verify(key.XOnly, message));
            Assert.Equal(given.Text("revealed_secret"), Hex.Encode(adaptor.Reveal(completed)!.ToBytes()));
            Assert.Null(adaptor.Reveal(CompactSignature.Parse(given.Text("signature_with_aux"))));
            Assert.True(AdaptorSignature.Parse(given.Text("adaptor_signature_with_aux")).Verify(key, message, point));
        }
    }

    [Fact]
    public void A_sum_with_one_wrong_part_gives_no_signature()
    {
        foreach (var given in Sessions)
        {
            var secrets = given.Items("seckeys").Select(key => SecretKey.From(key.Bytes())).ToList();
            var (session, partials, _) = Sign(given, secrets);
            partials[0] = partials[1];
            Assert.Null(session.Adaptor is null ? session.Aggregate(partials) : (object?)session.AggregateAdaptor(partials));
        }
    }

    [Fact]
    public void A_secret_nonce_signs_once_and_only_for_its_key()
    {
        using var alice = SecretKey.Generate();
        using var bob = SecretKey.Generate();
        var keys = KeyAggregate.OfSorted([alice.PublicKey, bob.PublicKey]);
        using var nonce = SecretNonce.Draw(alice, new NonceContext(keys, new byte[32]));
        using var other = SecretNonce.Draw(bob);
        var session = new MuSigSession(keys, AggregateNonce.Of([nonce.Public, other.Public]), new byte[32]);
        session.Sign(alice, nonce);
        Assert.True(nonce.IsSpent);
        Assert.Contains("already spent", Assert.Throws<MuSigException>(() => session.Sign(alice, nonce)).Message, StringComparison.Ordinal);
        Assert.Contains("another key", Assert.Throws<MuSigException>(() => session.Sign(alice, other)).Message, StringComparison.Ordinal);
        Assert.True(other.IsSpent);
    }

    [Fact]
    public void Only_one_of_many_threads_can_spend_a_nonce()
    {
        using var alice = SecretKey.Generate();
        using var nonce = SecretNonce.Draw(alice);
        var keys = KeyAggregate.Of([alice.PublicKey]);
        var session = new MuSigSession(keys, AggregateNonce.Of([nonce.Public]), new byte[32]);
        var signed = 0;
        Parallel.For(0, 64, _ =>
        {
            try
            {
                session.Sign(alice, nonce);
                Interlocked.Increment(ref signed);
            }
            catch (MuSigException)
            {
            }
        });
        Assert.Equal(1, signed);
    }

    [Theory]
    [InlineData(65, 0x04)]
    [InlineData(65, 0xff)]
    [InlineData(64, 0x02)]
    public void Bytes_that_are_no_adaptor_signature_are_refused(int length, byte first)
    {
        var bytes = new byte[length];
        bytes[0] = first;
        Assert.Null(AdaptorSignature.TryFrom(bytes));
        Assert.Throws<BitcoinFormatException>(() => AdaptorSignature.Parse(Hex.Encode(bytes)));
    }

    private static (MuSigSession Session, List<PartialSignature> Partials, List<PublicNonce> Nonces) Sign(
        JsonElement given, List<SecretKey> secrets)
    {
        var keys = KeyAggregate.Of([.. given.GetProperty("key_agg").Items("ordered_pubkeys").Select(key => PublicKey.Parse(key.GetString()!))]);
        keys = given.GetProperty("merkle_root").ValueKind == JsonValueKind.Null ? keys : keys.WithTaprootTweak(given.Bytes("merkle_root"));
        var adaptor = given.GetProperty("adaptor").GetBoolean() ? PublicKey.Parse(given.Text("adaptor_point")) : null;
        var nonces = given.Items("secnonces").Select((nonce, i) => SecretNonce.FromKnown(secrets[i].PublicKey, nonce.Bytes())).ToList();
        Assert.Equal(given.Items("pubnonces").Select(nonce => nonce.GetString()), nonces.Select(nonce => nonce.Public.ToHex()));
        List<PublicNonce> shared = [.. nonces.Select(nonce => nonce.Public)];
        var aggregate = AggregateNonce.Of(shared);
        Assert.Equal(given.Text("aggnonce"), aggregate.ToHex());
        var session = new MuSigSession(keys, aggregate, given.Bytes("message"), adaptor);
        return (session, [.. nonces.Select((nonce, i) => session.Sign(secrets[i], nonce))], shared);
    }

    private static void CheckResult(JsonElement given, MuSigSession session, List<PartialSignature> partials)
    {
        var message = given.Bytes("message");
        if (session.Adaptor is null)
        {
            var plain = session.Aggregate(partials);
            Assert.Equal(given.Text("signature"), plain?.ToHex());
            Assert.True(plain!.Verify(session.Keys.XOnly, message));
            return;
        }

        var signature = session.AggregateAdaptor(partials);
        Assert.Equal(given.Text("adaptor_signature_R33_s32"), signature?.ToHex());
        Assert.True(signature!.Verify(session.Keys.Key, message, session.Adaptor));
        using var scalar = SecretKey.From(given.Bytes("adaptor_secret"));
        var completed = signature.Adapt(scalar);
        Assert.Equal(given.Text("adapted_signature"), completed?.ToHex());
        Assert.True(completed!.Verify(session.Keys.XOnly, message));
        Assert.Equal(given.Text("revealed_secret"), Hex.Encode(signature.Reveal(completed)!.ToBytes()));
    }
}
