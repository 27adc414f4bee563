using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld.Tests;

/// <summary>Encryption under the session secret and to enclaves (keymeld.md §16.2, §16.3, §16.5).</summary>
public sealed class EnvelopeTests
{
    private static readonly JsonElement Ecies = KeyAnswers.Envelopes.GetProperty("ecies");

    [Fact]
    public void Keys_of_contexts_are_as_known()
    {
        using var secret = KeyAnswers.Secret();
        var seen = 0;
        var key = new byte[32];
        foreach (var known in KeyAnswers.Keys.GetProperty("symmetric_keys").EnumerateObject())
        {
            SymmetricEnvelope.DeriveKey(secret, Encoding.UTF8.GetBytes(known.Name), key);
            Assert.Equal(known.Value.GetString(), Hex.Encode(key));
            seen++;
        }

        Assert.Equal(13, seen);
    }

    [Fact]
    public void Envelopes_are_as_known_and_open_again()
    {
        using var secret = KeyAnswers.Secret();
        var known = KeyAnswers.Envelopes.GetProperty("symmetric");
        Assert.Equal(8, known.GetArrayLength());
        foreach (var entry in known.EnumerateArray())
        {
            var plaintext = entry.TryGetProperty("text", out var text) ? Encoding.UTF8.GetBytes(text.GetString()!) : entry.Bytes("hex");
            var (context, envelope) = (entry.Text("context"), entry.Text("envelope"));
            Assert.Equal(envelope, SymmetricEnvelope.Encrypt(secret, context, plaintext, KeyAnswers.GcmNonce));
            Assert.Equal(plaintext, SymmetricEnvelope.TryDecrypt(secret, context, envelope));
            Assert.Equal(plaintext, SymmetricEnvelope.TryDecrypt(secret, context, SymmetricEnvelope.Encrypt(secret, context, plaintext)));
        }
    }

    [Fact]
    public void Two_encryptions_of_the_same_text_differ()
    {
        using var secret = KeyAnswers.Secret();
        using var enclave = KeyAnswers.Key(0x11);
        Assert.NotEqual(SymmetricEnvelope.Encrypt(secret, "signature", [1]), SymmetricEnvelope.Encrypt(secret, "signature", [1]));
        Assert.NotEqual(EnclaveBox.Encrypt(enclave.PublicKey, [1]), EnclaveBox.Encrypt(enclave.PublicKey, [1]));
    }

    [Fact]
    public void An_envelope_of_another_context_secret_or_length_does_not_open()
    {
        using var secret = KeyAnswers.Secret();
        using var other = SessionSecret.Generate();
        var envelope = SymmetricEnvelope.Encrypt(secret, EnvelopeContext.SessionData, "text"u8);
        Assert.Null(SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.Signature, envelope));
        Assert.Null(SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.TaprootTweak, envelope));
        Assert.Null(SymmetricEnvelope.TryDecrypt(other, EnvelopeContext.SessionData, envelope));
        Assert.Null(SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.SessionData, null));
        Assert.Null(SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.SessionData, "no hex"));
        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.Null(SymmetricEnvelope.TryDecrypt(secret, EnvelopeContext.SessionData, envelope[..length]));
        }

        // The context is bound by the key alone: renaming it changes the key.
        var renamed = Hex.Decode(envelope);
        "session_dato"u8.CopyTo(renamed.AsSpan(1));
        Assert.Null(SymmetricEnvelope.TryDecrypt(secret, "session_dato", Hex.Encode(renamed)));
    }

    [Fact]
    public void A_changed_bit_anywhere_keeps_both_kinds_shut()
    {
        using var secret = KeyAnswers.Secret();
        using var enclave = KeyAnswers.Key(0x11);
        var envelope = Hex.Decode(SymmetricEnvelope.Encrypt(secret, "signature", [1, 2, 3]));
        var box = Hex.Decode(EnclaveBox.Encrypt(enclave.PublicKey, [1, 2, 3]));
        for (var i = 0; i < envelope.Length; i++)
        {
            envelope[i] ^= 0x10;
            Assert.Null(SymmetricEnvelope.TryDecrypt(secret, "signature", Hex.Encode(envelope)));
            envelope[i] ^= 0x10;
        }

        for (var i = 0; i < box.Length; i++)
        {
            box[i] ^= 0x10;
            Assert.Null(EnclaveBox.TryDecrypt(enclave, Hex.Encode(box)));
            box[i] ^= 0x10;
        }
    }

    [Fact]
    public void A_context_longer_than_255_bytes_is_refused()
    {
        using var secret = KeyAnswers.Secret();
        Assert.NotNull(SymmetricEnvelope.Encrypt(secret, new string('x', 255), [1]));
        Assert.Throws<ArgumentException>(() => SymmetricEnvelope.Encrypt(secret, new string('x', 256), [1]));
    }

    [Fact]
    public void Boxes_to_an_enclave_are_as_known_and_open_again()
    {
        using var enclave = SecretKey.From(Ecies.Bytes("enclave_secret"));
        using var ephemeral = SecretKey.From(Ecies.Bytes("ephemeral_secret"));
        Assert.Equal(Ecies.Text("enclave_public"), enclave.PublicKey.ToHex());
        Assert.Equal(Ecies.Text("ephemeral_public"), ephemeral.PublicKey.ToHex());
        var key = new byte[32];
        EnclaveBox.DeriveKey(ephemeral, enclave.PublicKey, key);
        Assert.Equal(Ecies.Text("aes_key"), Hex.Encode(key));
        Assert.Equal(3, Ecies.GetProperty("cases").GetArrayLength());
        foreach (var known in Ecies.GetProperty("cases").EnumerateArray())
        {
            var plaintext = known.Bytes("hex");
            Assert.Equal(known.Text("box"), EnclaveBox.Encrypt(enclave.PublicKey, plaintext, ephemeral, Ecies.Bytes("nonce")));
            Assert.Equal(plaintext, EnclaveBox.TryDecrypt(enclave, known.Text("box")));
        }
    }

    [Fact]
    public void A_box_for_another_key_or_without_a_point_does_not_open()
    {
        using var enclave = KeyAnswers.Key(0x11);
        using var other = KeyAnswers.Key(0x12);
        var box = EnclaveBox.Encrypt(enclave.PublicKey, [1, 2, 3]);
        Assert.Null(EnclaveBox.TryDecrypt(other, box));
        Assert.Null(EnclaveBox.TryDecrypt(enclave, "04" + box[2..]));
        Assert.Null(EnclaveBox.TryDecrypt(enclave, new string('0', box.Length)));
        Assert.Null(EnclaveBox.TryDecrypt(enclave, null));
        for (var length = 0; length < box.Length; length += 2)
        {
            Assert.Null(EnclaveBox.TryDecrypt(enclave, box[..length]));
        }
    }

    [Fact]
    public void A_seat_is_prepared_without_network_or_session_secret()
    {
        using var enclave = KeyAnswers.Key(0x11);
        using var key = KeyAnswers.UserKey();
        var (encrypted, auth) = SeatKeys.Prepare(key, KeyAnswers.KeygenSession, enclave.PublicKey);
        Assert.Equal(SeatKeys.EncryptedKeyDigits, encrypted.Length);
        Assert.True(SeatKeys.IsWellFormed(encrypted));
        Assert.False(SeatKeys.IsWellFormed(encrypted[2..]));
        Assert.False(SeatKeys.IsWellFormed("00" + encrypted[2..]));
        Assert.Equal(key.ToBytes(), EnclaveBox.TryDecrypt(enclave, encrypted));
        Assert.Equal(KeyAnswers.Keys.GetProperty("participant").GetProperty("scopes")[3].Text("pub"), auth);
    }
}
