using System.Text.Json;

namespace Coordinator.Bitcoin.Tests;

public sealed class MuSigSessionTests
{
    private static readonly JsonElement SignFile = MuSigVectors.Bip327("sign_verify");

    [Fact]
    public void Signs_as_published_and_the_parts_verify()
    {
        var cases = SignFile.Items("valid_test_cases");
        Assert.Equal(6, cases.Count);
        using var signer = SecretKey.From(SignFile.Bytes("sk"));
        foreach (var given in cases)
        {
            var keys = KeyAggregate.OfBytes(SignFile.Pick("pubkeys", given, "key_indices"));
            var aggregate = AggregateNonce.TryFrom(SignFile.GetProperty("aggnonces")[given.GetProperty("aggnonce_index").GetInt32()].Bytes())!;
            Assert.Equal(aggregate, AggregateNonce.OfBytes(SignFile.Pick("pnonces", given, "nonce_indices")));
            var session = new MuSigSession(keys, aggregate, Message(given));
            using var nonce = SecretNonce.FromKnown(signer.PublicKey, SignFile.GetProperty("secnonces")[0].Bytes().AsSpan(0, 64));
            var partial = session.Sign(signer, nonce);
            Assert.True(given.Text("expected").ToLowerInvariant() == partial.ToHex(), given.Comment());
            Assert.True(session.Verify(given.GetProperty("signer_index").GetInt32(), nonce.Public, partial), given.Comment());
        }
    }

    [Fact]
    public void Refuses_to_sign_the_published_bad_sessions()
    {
        var cases = SignFile.Items("sign_error_test_cases");
        Assert.Equal(6, cases.Count);
        using var signer = SecretKey.From(SignFile.Bytes("sk"));
        foreach (var given in cases)
        {
            MuSigVectors.AssertRefused(given, () =>
            {
                var keys = KeyAggregate.OfBytes(SignFile.Pick("pubkeys", given, "key_indices"));
                var bytes = SignFile.GetProperty("aggnonces")[given.GetProperty("aggnonce_index").GetInt32()].Bytes();
                var aggregate = AggregateNonce.TryFrom(bytes) ?? throw new MuSigException("the aggregate nonce is invalid", null, "aggnonce");
                var known = SignFile.GetProperty("secnonces")[given.GetProperty("secnonce_index").GetInt32()].Bytes();
                using var nonce = SecretNonce.FromKnown(signer.PublicKey, known.AsSpan(0, 64));
                new MuSigSession(keys, aggregate, Message(given)).Sign(signer, nonce);
            });
        }
    }

    [Fact]
    public void Published_wrong_parts_do_not_verify_and_bad_contributions_name_the_signer()
    {
        foreach (var given in SignFile.Items("verify_fail_test_cases"))
        {
            var nonces = SignFile.Pick("pnonces", given, "nonce_indices");
            var session = new MuSigSession(
                KeyAggregate.OfBytes(SignFile.Pick("pubkeys", given, "key_indices")), AggregateNonce.OfBytes(nonces), Message(given));
            var member = given.GetProperty("signer_index").GetInt32();
            var verified = PartialSignature.TryFrom(given.Bytes("sig")) is { } partial
                && session.Verify(member, PublicNonce.TryFrom(nonces[member])!, partial);
            Assert.False(verified, given.Comment());
        }

        foreach (var given in SignFile.Items("verify_error_test_cases"))
        {
            MuSigVectors.AssertRefused(given, () => _ = new MuSigSession(
                KeyAggregate.OfBytes(SignFile.Pick("pubkeys", given, "key_indices")),
                AggregateNonce.OfBytes(SignFile.Pick("pnonces", given, "nonce_indices")), Message(given)));
        }
    }

    [Fact]
    public void Signs_under_the_published_tweaks()
    {
        var file = MuSigVectors.Bip327("tweak");
        var cases = file.Items("valid_test_cases");
        Assert.Equal(5, cases.Count);
        using var signer = SecretKey.From(file.Bytes("sk"));
        foreach (var given in cases)
        {
            var keys = MuSigVectors.Tweaked(
                KeyAggregate.OfBytes(file.Pick("pubkeys", given, "key_indices")), file.Pick("tweaks", given, "tweak_indices"), given);
            var aggregate = AggregateNonce.OfBytes(file.Pick("pnonces", given, "nonce_indices"));
            Assert.Equal(file.Text("aggnonce").ToLowerInvariant(), aggregate.ToHex());
            var session = new MuSigSession(keys, aggregate, file.Bytes("msg"));
            using var nonce = SecretNonce.FromKnown(signer.PublicKey, file.Bytes("secnonce").AsSpan(0, 64));
            var partial = session.Sign(signer, nonce);
            Assert.True(given.Text("expected").ToLowerInvariant() == partial.ToHex(), given.Comment());
            Assert.True(session.Verify(given.GetProperty("signer_index").GetInt32(), nonce.Public, partial), given.Comment());
        }

        var refused = Assert.Single(file.Items("error_test_cases"));
        MuSigVectors.AssertRefused(refused, () => MuSigVectors.Tweaked(
            KeyAggregate.OfBytes(file.Pick("pubkeys", refused, "key_indices")), file.Pick("tweaks", refused, "tweak_indices"), refused));
    }

    [Fact]
    public void Aggregates_the_published_signatures()
    {
        var file = MuSigVectors.Bip327("sig_agg");
        var cases = file.Items("valid_test_cases");
        Assert.Equal(4, cases.Count);
        foreach (var given in cases)
        {
            var keys = MuSigVectors.Tweaked(
                KeyAggregate.OfBytes(file.Pick("pubkeys", given, "key_indices")), file.Pick("tweaks", given, "tweak_indices"), given);
            var aggregate = AggregateNonce.OfBytes(file.Pick("pnonces", given, "nonce_indices"));
            Assert.Equal(given.Text("aggnonce").ToLowerInvariant(), aggregate.ToHex());
            var session = new MuSigSession(keys, aggregate, file.Bytes("msg"));
            var signature = session.Aggregate([.. file.Pick("psigs", given, "psig_indices").Select(bytes => PartialSignature.TryFrom(bytes)!)]);
            Assert.Equal(given.Text("expected").ToLowerInvariant(), signature?.ToHex());
            Assert.True(signature!.Verify(keys.XOnly, file.Bytes("msg")));
        }

        var refused = Assert.Single(file.Items("error_test_cases"));
        var parts = file.Pick("psigs", refused, "psig_indices");
        Assert.Null(PartialSignature.TryFrom(parts[refused.GetProperty("error").GetProperty("signer").GetInt32()]));
    }

    [Fact]
    public void Signs_without_state_as_published()
    {
        var file = MuSigVectors.Bip327("det_sign");
        using var signer = SecretKey.From(file.Bytes("sk"));
        var cases = file.Items("valid_test_cases");
        Assert.Equal(4, cases.Count);
        foreach (var given in cases)
        {
            var (nonce, partial) = SignWithoutState(file, given, signer);
            var expected = given.Items("expected");
            Assert.True(expected[0].GetString()!.ToLowerInvariant() == nonce.ToHex(), given.Comment());
            Assert.True(expected[1].GetString()!.ToLowerInvariant() == partial.ToHex(), given.Comment());
        }

        var refused = file.Items("error_test_cases");
        Assert.Equal(5, refused.Count);
        foreach (var given in refused)
        {
            Assert.Throws<MuSigException>(() => SignWithoutState(file, given, signer));
        }
    }

    private static (PublicNonce Nonce, PartialSignature Partial) SignWithoutState(JsonElement file, JsonElement given, SecretKey signer)
    {
        var tweaks = given.Items("tweaks").Select(tweak => tweak.Bytes()).ToList();
        var keys = MuSigVectors.Tweaked(KeyAggregate.OfBytes(file.Pick("pubkeys", given, "key_indices")), tweaks, given);
        var others = PublicNonce.TryFrom(given.Bytes("aggothernonce")) ?? throw new MuSigException("the others' nonce is invalid");
        var message = file.GetProperty("msgs")[given.GetProperty("msg_index").GetInt32()].Bytes();
        var random = given.GetProperty("rand").ValueKind == JsonValueKind.Null ? [] : given.Bytes("rand");
        return DeterministicSigner.Sign(signer, others, keys, message, random);
    }

    private static byte[] Message(JsonElement given) => SignFile.GetProperty("msgs")[given.GetProperty("msg_index").GetInt32()].Bytes();
}
