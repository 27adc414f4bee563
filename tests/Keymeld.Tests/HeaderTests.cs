using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld.Tests;

/// <summary>Session key, participants' keys and the headers signed with them (keymeld.md §16.1, §16.4).</summary>
public sealed class HeaderTests
{
    private static readonly JsonElement Participant = KeyAnswers.Keys.GetProperty("participant");
    private static readonly JsonElement Session = KeyAnswers.Keys.GetProperty("session");

    [Fact]
    public void Session_key_and_header_are_as_known()
    {
        using var secret = KeyAnswers.Secret();
        Assert.Equal(Session.Text("session_priv"), Hex.Encode(secret.AuthKey.ToBytes()));
        Assert.Equal(Session.Text("session_pub"), secret.PublicKey.ToHex());
        Assert.Equal(Session.Text("header"), SessionHeader.Create(secret, KeyAnswers.KeygenSession, KeyAnswers.HeaderNonce));
        Assert.NotNull(SessionHeader.Verify(secret.PublicKey, KeyAnswers.KeygenSession, Session.Text("header")));
    }

    [Fact]
    public void Participants_keys_are_as_known_for_every_scope()
    {
        using var key = KeyAnswers.UserKey();
        Assert.Equal(Participant.Text("user_public_key"), key.PublicKey.ToHex());
        var scopes = Participant.GetProperty("scopes");
        Assert.Equal(4, scopes.GetArrayLength());
        foreach (var scope in scopes.EnumerateArray())
        {
            using var auth = ParticipantAuth.Derive(key, scope.Text("scope"));
            Assert.Equal(scope.Text("pub"), auth.PublicKey.ToHex());
            if (scope.GetProperty("priv").GetString() is { } known)
            {
                Assert.Equal(known, Hex.Encode(auth.ToBytes()));
            }
        }
    }

    [Fact]
    public void Participants_headers_are_as_known()
    {
        using var key = KeyAnswers.UserKey();
        var headers = Participant.GetProperty("headers");
        Assert.Equal(3, headers.GetArrayLength());
        foreach (var header in headers.EnumerateArray())
        {
            var (scope, user, text) = (header.Text("scope_id"), header.Text("user_id"), header.Text("header"));
            using var auth = ParticipantAuth.Derive(key, header.Text("auth_scope"));
            Assert.Equal(text, ParticipantAuth.Header(auth, scope, user, KeyAnswers.HeaderNonce));
            Assert.NotNull(ParticipantAuth.Verify(auth.PublicKey, scope, user, text));
        }
    }

    [Fact]
    public void Fresh_headers_verify_and_never_repeat_a_nonce()
    {
        using var secret = KeyAnswers.Secret();
        using var key = KeyAnswers.UserKey();
        using var me = new KeymeldParticipant(KeyAnswers.KeygenSession, KeyAnswers.User, key);
        var (scope, user) = (UuidText.Of(KeyAnswers.SigningSession), UuidText.Of(KeyAnswers.User));
        var nonces = new HashSet<string>();
        for (var i = 0; i < 8; i++)
        {
            var session = SessionHeader.Verify(secret.PublicKey, KeyAnswers.KeygenSession, SessionHeader.Create(secret, KeyAnswers.KeygenSession));
            var own = ParticipantAuth.Verify(me.AuthPublicKey, scope, user, me.Header(KeyAnswers.SigningSession));
            Assert.True(session is { Nonce.Length: 32 } && nonces.Add(session.Nonce));
            Assert.True(own is { Nonce.Length: 32 } && nonces.Add(own.Nonce));
        }
    }

    [Fact]
    public void A_header_for_anything_else_is_refused()
    {
        using var secret = KeyAnswers.Secret();
        using var other = SessionSecret.Generate();
        var header = Session.Text("header");
        Assert.Null(SessionHeader.Verify(secret.PublicKey, KeyAnswers.SigningSession, header));
        Assert.Null(SessionHeader.Verify(other.PublicKey, KeyAnswers.KeygenSession, header));
        Assert.Null(SessionHeader.Verify(secret.PublicKey, KeyAnswers.KeygenSession, "1" + header[1..]));
        using var key = KeyAnswers.UserKey();
        using var me = new KeymeldParticipant(KeyAnswers.KeygenSession, KeyAnswers.User, key);
        var mine = me.Header(KeyAnswers.SigningSession);
        var (scope, user) = (UuidText.Of(KeyAnswers.SigningSession), UuidText.Of(KeyAnswers.User));
        Assert.NotNull(ParticipantAuth.Verify(me.AuthPublicKey, scope, user, mine));
        Assert.Null(ParticipantAuth.Verify(me.AuthPublicKey, user, user, mine));
        Assert.Null(ParticipantAuth.Verify(me.AuthPublicKey, scope, scope, mine));
        Assert.Null(ParticipantAuth.Verify(secret.PublicKey, scope, user, mine));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("00")]
    [InlineData(":e3e15eff242d58c6c1972b8d808ff52f2a45c5472d4185dbbae2379a51bb29222b458e6226131c1efd127612bd3df255085f1720faa57239838c3d9b3454399b")]
    [InlineData("000102030405060708090a0b0c0d0e0f:")]
    [InlineData("000102030405060708090a0b0c0d0e0f:e3e15eff")]
    [InlineData("000102030405060708090a0b0c0d0e0f:zze15eff242d58c6c1972b8d808ff52f2a45c5472d4185dbbae2379a51bb29222b458e6226131c1efd127612bd3df255085f1720faa57239838c3d9b3454399b")]
    [InlineData("v1:1700000000:000102030405060708090a0b0c0d0e0f:889e674c")]
    public void A_malformed_header_is_refused(string? header)
    {
        using var secret = KeyAnswers.Secret();
        Assert.Null(SessionHeader.Verify(secret.PublicKey, KeyAnswers.KeygenSession, header));
        Assert.Null(ParticipantAuth.Verify(secret.PublicKey, "scope", "user", header));
    }

    [Fact]
    public void A_signature_with_high_s_is_refused_though_it_is_one()
    {
        using var secret = KeyAnswers.Secret();
        var good = SignatureHeader.TryParse(Session.Text("header"))!;
        using var s = SecretKey.From(good.Signature.AsSpan(32));
        using var negated = s.Negate();
        var high = new SignatureHeader(good.Nonce, [.. good.Signature.AsSpan(0, 32), .. negated.ToBytes()]);
        Assert.True(Secp256k1.EcdsaVerifyCompact(secret.PublicKey, Session.Bytes("digest"), high.Signature));
        Assert.Null(SessionHeader.Verify(secret.PublicKey, KeyAnswers.KeygenSession, high.ToString()));
    }

    [Fact]
    public void Single_signer_approval_and_ecdsa_are_as_known()
    {
        using var key = KeyAnswers.UserKey();
        var approval = Participant.GetProperty("approval");
        var digest = SHA256.HashData(
        [
            .. Encoding.UTF8.GetBytes(approval.Text("encrypted_message")), .. Encoding.UTF8.GetBytes(approval.Text("key_id")),
            .. BitConverter.GetBytes(approval.GetProperty("timestamp").GetInt64()),
        ]);
        Assert.Equal(approval.Text("digest"), Hex.Encode(digest));
        using var auth = ParticipantAuth.Derive(key, ParticipantAuth.SingleSignerScope);
        Assert.Equal(approval.Text("signature"), Hex.Encode(Secp256k1.EcdsaSignRecoverable(auth, digest).Compact));
        var message = Hex.Decode(KeyAnswers.Input("message"));
        Assert.Equal(Participant.Text("ecdsa_of_message"), Hex.Encode(Secp256k1.EcdsaSignRecoverable(key, message).Compact));
    }

    [Fact]
    public void Secrets_are_not_in_their_texts()
    {
        using var secret = KeyAnswers.Secret();
        Assert.DoesNotContain(KeyAnswers.Input("seed"), secret.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(KeyAnswers.Input("seed"), secret.ToHex());
        using var again = SessionSecret.TryParse(secret.ToHex().ToUpperInvariant());
        Assert.Equal(secret.PublicKey, again!.PublicKey);
        Assert.Null(SessionSecret.TryParse(secret.ToHex()[2..]));
        var text = new Wire.EnclaveDataText("key", KeyAnswers.Input("seed")).ToString();
        Assert.DoesNotContain(KeyAnswers.Input("seed"), text, StringComparison.OrdinalIgnoreCase);
    }
}
