using System.Globalization;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr.Tests;

public sealed class Nip44Tests
{
    private static readonly JsonElement Valid = Vectors.File("nip44.vectors.json").GetProperty("v2").GetProperty("valid");
    private static readonly JsonElement Invalid = Vectors.File("nip44.vectors.json").GetProperty("v2").GetProperty("invalid");

    private static JsonElement[] Cases(JsonElement group, string name, int count)
    {
        JsonElement[] cases = [.. group.GetProperty(name).EnumerateArray()];
        Assert.Equal(count, cases.Length);
        return cases;
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static byte[] Bytes(JsonElement item, string name) => Hex.Decode(Text(item, name));

    private static ConversationKey Key(JsonElement item, string name = "conversation_key") => ConversationKey.From(Bytes(item, name));

    [Fact]
    public void ChaCha20_gives_the_answer_of_rfc_8439_2_4_2()
    {
        var key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var data = Encoding.ASCII.GetBytes(
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
        ChaCha20.Apply(key, Hex.Decode("000000000000004a00000000"), 1, data);
        Assert.Equal(
            "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
            + "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d",
            Hex.Encode(data));
    }

    [Fact]
    public void Conversation_keys_are_the_published_ones()
    {
        foreach (var item in Cases(Valid, "get_conversation_key", 35))
        {
            using var secret = SecretKey.From(Bytes(item, "sec1"));
            using var key = ConversationKey.Between(secret, XOnlyPublicKey.Parse(Text(item, "pub2")));
            Assert.Equal(Text(item, "conversation_key"), Hex.Encode(key.Bytes));
        }
    }

    [Fact]
    public void Keys_that_are_none_are_refused_before_there_is_a_conversation()
    {
        foreach (var item in Cases(Invalid, "get_conversation_key", 8))
        {
            var (secret, other) = (SecretKey.TryFrom(Bytes(item, "sec1")), XOnlyPublicKey.TryParse(Text(item, "pub2")));
            Assert.True(secret is null || other is null, Text(item, "note"));
        }

        Assert.Equal(NostrProblem.InvalidKey, Assert.Throws<NostrFormatException>(() => ConversationKey.From(new byte[31])).Problem);
    }

    [Fact]
    public void Message_keys_are_the_published_ones()
    {
        var group = Valid.GetProperty("get_message_keys");
        using var key = Key(group);
        foreach (var item in Cases(group, "keys", 32))
        {
            Assert.Equal(
                Text(item, "chacha_key") + Text(item, "chacha_nonce") + Text(item, "hmac_key"),
                Hex.Encode(key.MessageKeys(Bytes(item, "nonce"))));
        }
    }

    [Fact]
    public void Padded_lengths_are_the_published_ones()
    {
        foreach (var item in Cases(Valid, "calc_padded_len", 24))
        {
            Assert.Equal(item[1].GetInt32(), Nip44.PaddedLength(item[0].GetInt32()));
        }
    }

    [Fact]
    public void Payloads_are_the_published_ones_and_decrypt_from_both_sides()
    {
        foreach (var item in Cases(Valid, "encrypt_decrypt", 10))
        {
            using var first = SecretKey.From(Bytes(item, "sec1"));
            using var second = SecretKey.From(Bytes(item, "sec2"));
            using var sending = ConversationKey.Between(first, second.XOnly);
            using var receiving = ConversationKey.Between(second, first.XOnly);
            Assert.Equal(Text(item, "conversation_key"), Hex.Encode(sending.Bytes));
            var payload = Nip44.Encrypt(sending, Text(item, "plaintext"), Bytes(item, "nonce"), Nip44.StandardMaximumBytes);
            Assert.Equal(Text(item, "payload"), payload);
            Assert.Equal(Text(item, "plaintext"), Nip44.Decrypt(receiving, payload));
        }
    }

    [Fact]
    public void Long_payloads_have_the_published_hashes()
    {
        foreach (var item in Cases(Valid, "encrypt_decrypt_long_msg", 3))
        {
            using var key = Key(item);
            var plaintext = string.Concat(Enumerable.Repeat(Text(item, "pattern"), item.GetProperty("repeat").GetInt32()));
            Assert.Equal(Text(item, "plaintext_sha256"), Hex.Encode(Hashes.Sha256(Encoding.UTF8.GetBytes(plaintext))));
            var payload = Nip44.Encrypt(key, plaintext, Bytes(item, "nonce"), Nip44.StandardMaximumBytes);
            Assert.Equal(Text(item, "payload_sha256"), Hex.Encode(Hashes.Sha256(Encoding.UTF8.GetBytes(payload))));
            Assert.Equal(plaintext, Nip44.Decrypt(key, payload));
        }
    }

    [Fact]
    public void Inline_cases_hold_the_extended_length_where_it_is_asked_for()
    {
        var cases = Vectors.Cases("nip44.json").ToArray();
        Assert.Equal(4, cases.Length);
        using (var key = Key(cases[0], "conversation_key_hex"))
        {
            Assert.Equal(Text(cases[0], "plaintext"), Nip44.Decrypt(key, Text(cases[0], "payload_base64")));
        }

        foreach (var item in cases[1..])
        {
            using var key = Key(item, "conversation_key_hex");
            var length = item.GetProperty("plaintext_len_bytes").GetInt32();
            var plaintext = new string((char)byte.Parse(Text(item, "plaintext_byte_hex"), NumberStyles.HexNumber,
                CultureInfo.InvariantCulture), length);
            Assert.Equal(item.GetProperty("padded_len_bytes").GetInt32(), Nip44.PaddedLength(length));
            var payload = Nip44.Encrypt(key, plaintext, Bytes(item, "nonce_hex"), 100_000);
            Assert.Equal(Text(item, "payload_base64_sha256_hex"), Hex.Encode(Hashes.Sha256(Encoding.UTF8.GetBytes(payload))));
            Assert.Equal(plaintext, Nip44.Decrypt(key, payload, 100_000));
            if (length > Nip44.StandardMaximumBytes)
            {
                Assert.NotNull(Record(() => Nip44.Decrypt(key, payload)));
            }
        }
    }

    [Fact]
    public void Plaintexts_outside_the_limits_are_refused()
    {
        using var key = ConversationKey.From(new byte[32]);
        foreach (var item in Cases(Invalid, "encrypt_msg_lengths", 4))
        {
            Assert.Equal(NostrProblem.InvalidLength, Record(() => Nip44.Encrypt(key, new string('a', item.GetInt32()))));
        }

        Assert.Equal(NostrProblem.InvalidText, Record(() => Nip44.Encrypt(key, "\ud800")));
        Assert.Equal(NostrProblem.InvalidLength, Record(() => Nip44.Encrypt(key, new string('é', 40_000))));
    }

    [Fact]
    public void Bad_payloads_are_refused_by_the_published_cause()
    {
        foreach (var item in Cases(Invalid, "decrypt", 12))
        {
            using var key = Key(item);
            var note = Text(item, "note");
            NostrProblem expected = note switch
            {
                "unknown encryption version" or "unknown encryption version 0" => NostrProblem.UnknownVersion,
                "invalid base64" => NostrProblem.InvalidBase64,
                "invalid MAC" => NostrProblem.InvalidMac,
                "invalid padding" => NostrProblem.InvalidPadding,
                _ when note.StartsWith("invalid payload length", StringComparison.Ordinal) => NostrProblem.InvalidLength,
                _ => throw new InvalidOperationException($"a cause this test does not know: {note}"),
            };
            Assert.True(expected == Record(() => Nip44.Decrypt(key, Text(item, "payload"))), note);
        }
    }

    [Fact]
    public void Hostile_payloads_are_refused_by_name()
    {
        const ulong Seed = 44;
        var random = new Splitmix64(Seed);
        using var key = ConversationKey.From(Hashes.Sha256("hostile"u8));
        var good = Encoding.ASCII.GetBytes(Nip44.Encrypt(key, "a plaintext of some length, to be changed"));
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = i % 2 == 0 ? random.Mutate(good) : random.Bytes(random.Below(400));
            if (!bytes.AsSpan().SequenceEqual(good))
            {
                Assert.True(Record(() => Nip44.Decrypt(key, Encoding.Latin1.GetString(bytes))) is not null, $"seed {Seed}, round {i}");
            }
        }

        Assert.Equal(NostrProblem.InvalidLength, Record(() => Nip44.Decrypt(key, new string('A', 50_000_000))));
    }

    [Fact]
    public void A_payload_with_unused_bits_set_or_white_space_in_it_is_another_payload_and_refused()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        using var key = ConversationKey.From(Hashes.Sha256("hostile"u8));
        var good = Nip44.Encrypt(key, "two bits of the last character are not used");
        Assert.EndsWith("=", good, StringComparison.Ordinal);
        Assert.Null(Record(() => Nip44.Decrypt(key, good)));
        for (var bits = 1; bits < 4; bits++)
        {
            var other = $"{good[..^2]}{Alphabet[Alphabet.IndexOf(good[^2], StringComparison.Ordinal) + bits]}=";
            Assert.Equal(NostrProblem.InvalidBase64, Record(() => Nip44.Decrypt(key, other)));
        }

        foreach (var space in (ReadOnlySpan<string>)["    ", "\t", "\r\n", "\n"])
        {
            Assert.NotNull(Record(() => Nip44.Decrypt(key, good + space)));
            Assert.NotNull(Record(() => Nip44.Decrypt(key, space + good)));
        }
    }

    private static NostrProblem? Record(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (NostrFormatException exception)
        {
            return exception.Problem;
        }
    }
}
