using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr.Tests;

public sealed class Nip19Tests
{
    private static readonly JsonElement[] Cases = [.. Vectors.Cases("nip19.json")];

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> Of(string kind, int count)
    {
        var cases = Cases.Where(item => Text(item, "kind") == kind).ToArray();
        Assert.Equal(count, cases.Length);
        return cases;
    }

    private static string?[] Relays(JsonElement item)
        => [.. item.GetProperty("relays").EnumerateArray().Select(relay => relay.GetString())];

    [Fact]
    public void All_published_cases_are_there() => Assert.Equal(10, Cases.Length);

    [Fact]
    public void Public_keys_are_read_and_written_as_published()
    {
        foreach (var item in Of("npub", 3))
        {
            var key = Nip19.DecodePublicKey(Text(item, "encoded"));
            Assert.Equal(Text(item, "hex"), key.ToHex());
            Assert.Equal(Text(item, "encoded"), Nip19.EncodePublicKey(key));
            Assert.Equal(key, Nip19.DecodePublicKey("nostr:" + Text(item, "encoded")));
        }
    }

    [Fact]
    public void Secret_keys_are_read_and_written_as_published()
    {
        foreach (var item in Of("nsec", 1))
        {
            using var key = Nip19.DecodeSecretKey(Text(item, "encoded"));
            Assert.Equal(Text(item, "hex"), Hex.Encode(key.ToBytes()));
            Assert.Equal(Text(item, "encoded"), Nip19.EncodeSecretKey(key));
        }

        foreach (var item in Of("nip06_derivation", 2))
        {
            using var key = Nip19.DecodeSecretKey(Text(item, "nsec"));
            Assert.Equal(Text(item, "private_key_hex"), Hex.Encode(key.ToBytes()));
            Assert.Equal(Text(item, "public_key_xonly_hex"), key.XOnly.ToHex());
            Assert.Equal(Text(item, "npub"), Nip19.EncodePublicKey(key.XOnly));
            Assert.Equal(Text(item, "nsec"), Nip19.EncodeSecretKey(key));
        }
    }

    [Fact]
    public void Keys_of_nip_06_are_derived_from_their_words()
    {
        foreach (var item in Of("nip06_derivation", 2))
        {
            var words = Encoding.UTF8.GetBytes(Text(item, "mnemonic"));
            var seed = Rfc2898DeriveBytes.Pbkdf2(words, "mnemonic"u8, 2_048, HashAlgorithmName.SHA512, 64);
            using var root = ExtendedPrivateKey.FromSeed(seed);
            using var leaf = root.Derive(KeyPath.Parse(Text(item, "path")));
            Assert.Equal(Text(item, "nsec"), Nip19.EncodeSecretKey(leaf.Key));
        }
    }

    [Fact]
    public void Profiles_are_read_as_published_and_written_with_the_key_first()
    {
        foreach (var item in Of("nprofile", 2))
        {
            var profile = Nip19.DecodeProfile(Text(item, "encoded"));
            Assert.Equal(Text(item, "pubkey_hex"), profile.PublicKey.ToHex());
            Assert.Equal(Relays(item), profile.Relays.ToArray());
            if (item.GetProperty("tlv")[0].GetProperty("type").GetInt32() == 0)
            {
                Assert.Equal(Text(item, "encoded"), Nip19.EncodeProfile(profile));
            }

            Assert.Equal(profile.PublicKey, Nip19.DecodeProfile(Nip19.EncodeProfile(profile)).PublicKey);
        }
    }

    [Fact]
    public void Events_and_addresses_are_read_and_written_as_published()
    {
        foreach (var item in Of("nevent", 1))
        {
            var pointer = Nip19.DecodeEvent(Text(item, "encoded"));
            Assert.Equal(Text(item, "event_id_hex"), pointer.EventId);
            Assert.Equal(Relays(item), pointer.Relays.ToArray());
            Assert.Null(pointer.Author);
            Assert.Null(pointer.Kind);
            Assert.Equal(Text(item, "encoded"), Nip19.EncodeEvent(pointer));
        }

        foreach (var item in Of("naddr", 1))
        {
            var address = Nip19.DecodeAddress(Text(item, "encoded"));
            Assert.Equal(Text(item, "identifier"), address.Identifier);
            Assert.Equal(Text(item, "author_hex"), address.Author.ToHex());
            Assert.Equal(item.GetProperty("event_kind").GetUInt32(), address.Kind);
            Assert.Equal(Relays(item), address.Relays.ToArray());
            Assert.Equal(Text(item, "encoded"), Nip19.EncodeAddress(address));
        }
    }

    [Fact]
    public void Notes_and_full_event_pointers_survive_a_round_trip()
    {
        var id = Hashes.Sha256("event"u8);
        Assert.Equal(id, Nip19.DecodeNote(Nip19.EncodeNote(id)));
        using var key = SecretKey.From(id);
        var pointer = new EventPointer(Hex.Encode(id), ["wss://relay.example"], key.XOnly, 30_023);
        var read = Nip19.DecodeEvent(Nip19.EncodeEvent(pointer));
        Assert.Equal((pointer.EventId, pointer.Author, pointer.Kind), (read.EventId, read.Author, read.Kind));
        Assert.Equal("wss://relay.example", Assert.Single(read.Relays));
    }

    [Theory]
    [InlineData("")]
    [InlineData("npub1")]
    [InlineData("npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w7")]
    [InlineData("npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6W6")]
    public void A_text_with_a_wrong_form_or_checksum_is_no_bech32(string text)
        => Assert.Equal(NostrProblem.InvalidBech32, Assert.Throws<NostrFormatException>(() => Nip19.DecodePublicKey(text)).Problem);

    [Fact]
    public void A_pointer_of_another_kind_or_shape_is_refused_by_name()
    {
        static NostrProblem Problem(Action action) => Assert.Throws<NostrFormatException>(action).Problem;
        static string Raw(string prefix, byte[] bytes, Bech32Checksum checksum = Bech32Checksum.Bech32)
            => Bech32.Encode(prefix, Bech32.ToValues(bytes), checksum);
        var key = Hashes.Sha256("key"u8);
        byte[] special = [0, 32, .. SecretKey.From(key).XOnly.Bytes];
        Assert.Equal(NostrProblem.UnknownPrefix, Problem(() => Nip19.DecodePublicKey(Raw("nsec", key))));
        Assert.Equal(NostrProblem.UnknownPrefix, Problem(() => Nip19.DecodeSecretKey(Raw("npub", key))));
        Assert.Equal(NostrProblem.InvalidBech32, Problem(() => Nip19.DecodeNote(Raw("note", key, Bech32Checksum.Bech32m))));
        Assert.Equal(NostrProblem.InvalidKey, Problem(() => Nip19.DecodeNote(Raw("note", key[..31]))));
        Assert.Equal(NostrProblem.InvalidKey, Problem(() => Nip19.DecodeSecretKey(Raw("nsec", new byte[32]))));
        Assert.Equal(NostrProblem.InvalidKey, Problem(() => Nip19.DecodePublicKey(Raw("npub", Enumerable.Repeat((byte)0xff,
            32).ToArray()))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeProfile(Raw("nprofile", []))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeProfile(Raw("nprofile", special[..33]))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeProfile(Raw("nprofile", [.. special, .. special]))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeProfile(Raw("nprofile", [.. special, 1, 1, 0xff]))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeProfile(Raw("nprofile", [.. special, 1]))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeEvent(Raw("nevent", [.. special, 3, 3, 0, 0, 1]))));
        Assert.Equal(NostrProblem.InvalidKey, Problem(() => Nip19.DecodeEvent(Raw("nevent", [.. special, 2, 1, 0]))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeAddress(Raw("naddr", [0, 0]))));
        Assert.Equal(NostrProblem.InvalidTlv, Problem(() => Nip19.DecodeAddress(Raw("naddr", [0, 1, 0xff, 3, 4, 0, 0, 0, 1]))));
        Assert.Equal(NostrProblem.TooLong, Problem(() => Nip19.DecodeNote(new string('q', 5_001))));
    }

    [Fact]
    public void Unknown_values_are_skipped()
    {
        using var key = SecretKey.From(Hashes.Sha256("key"u8));
        byte[] bytes = [200, 3, 1, 2, 3, 0, 32, .. key.XOnly.Bytes, 9, 0];
        Assert.Equal(key.XOnly, Nip19.DecodeProfile(Bech32.Encode("nprofile", Bech32.ToValues(bytes), Bech32Checksum.Bech32)).PublicKey);
    }

    [Fact]
    public void Hostile_texts_are_refused_by_name()
    {
        const ulong Seed = 19;
        var random = new Splitmix64(Seed);
        ImmutableArray<Action<string>> readers =
        [
            text => Nip19.DecodePublicKey(text), text => Nip19.DecodeSecretKey(text).Dispose(), text => Nip19.DecodeNote(text),
            text => Nip19.DecodeProfile(text), text => Nip19.DecodeEvent(text), text => Nip19.DecodeAddress(text),
        ];
        string[] prefixes = ["npub", "nsec", "note", "nprofile", "nevent", "naddr"];
        for (var i = 0; i < 6_000; i++)
        {
            var which = i % readers.Length;
            var text = random.Below(2) == 0
                ? Bech32.Encode(prefixes[which], Bech32.ToValues(random.Bytes(random.Below(120))), Bech32Checksum.Bech32)
                : Encoding.Latin1.GetString(random.Mutate(Encoding.ASCII.GetBytes(Text(Cases[3], "encoded"))));
            try
            {
                readers[which](text);
            }
            catch (NostrFormatException)
            {
                // Named: as it should be.
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {Seed}, round {i}: {exception.GetType().Name} for {text}");
            }
        }
    }
}
