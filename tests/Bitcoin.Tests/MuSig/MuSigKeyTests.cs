using System.Text.Json;

namespace Coordinator.Bitcoin.Tests;

public sealed class MuSigKeyTests
{
    [Fact]
    public void Aggregates_to_the_published_keys()
    {
        var file = MuSigVectors.Bip327("key_agg");
        var cases = file.Items("valid_test_cases");
        Assert.Equal(4, cases.Count);
        foreach (var given in cases)
        {
            var keys = KeyAggregate.OfBytes(file.Pick("pubkeys", given, "key_indices"));
            Assert.Equal(given.Text("expected").ToLowerInvariant(), keys.XOnly.ToHex());
        }
    }

    [Fact]
    public void Refuses_the_published_bad_keys_and_tweaks_and_names_the_signer()
    {
        var file = MuSigVectors.Bip327("key_agg");
        var cases = file.Items("error_test_cases");
        Assert.Equal(5, cases.Count);
        foreach (var given in cases)
        {
            MuSigVectors.AssertRefused(given, () => MuSigVectors.Tweaked(
                KeyAggregate.OfBytes(file.Pick("pubkeys", given, "key_indices")), file.Pick("tweaks", given, "tweak_indices"), given));
        }
    }

    [Fact]
    public void Sorts_keys_as_published()
    {
        var file = MuSigVectors.Bip327("key_sort");
        var keys = KeyAggregate.OfSorted(file.Items("pubkeys").Select(key => PublicKey.Parse(key.GetString()!)));
        Assert.Equal(file.Items("sorted_pubkeys").Select(key => key.GetString()!.ToLowerInvariant()), keys.Keys.Select(key => key.ToHex()));
    }

    [Fact]
    public void Aggregate_keys_of_bip_328_are_the_published_ones()
    {
        using var document = Testing.VectorFiles.ReadJson("bips", "bip-0328", "vectors.json");
        var cases = document.RootElement.EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        var chainCode = Hashes.Sha256("MuSig2MuSig2MuSig2"u8);
        foreach (var given in cases)
        {
            var keys = KeyAggregate.OfBytes([.. given.Items("keys").Select(key => key.Bytes())]);
            Assert.Equal(given.Text("aggregate_pubkey"), keys.Key.ToHex());
            var extended = new ExtendedPublicKey(keys.Key, new ExtendedKeyData(0, 0, 0, chainCode));
            Assert.Equal(given.Text("xpub"), extended.ToBase58(Network.Mainnet));
        }
    }

    [Fact]
    public void Every_aggregate_of_the_dlctix_answers_is_reproduced()
    {
        var cases = MuSigVectors.Dlctix("key_agg").EnumerateArray().ToList();
        Assert.Equal(9, cases.Count);
        foreach (var given in cases)
        {
            var keys = given.Items("pubkeys").Select(key => PublicKey.Parse(key.GetString()!)).ToList();
            var plain = KeyAggregate.Of(keys);
            Check(given.GetProperty("plain"), plain);
            Check(given.GetProperty("sorted_plain"), KeyAggregate.OfSorted(keys));
            var tweaked = plain.WithTaprootTweak(given.Bytes("merkle_root"));
            Check(given.GetProperty("taproot_tweaked"), tweaked);
            Check(given.GetProperty("unspendable_taproot_tweaked"), plain.WithTaprootTweak([]));
            Check(
                given.GetProperty("plain_tweak1_then_xonly_tweak2"),
                plain.WithPlainTweak(given.Bytes("tweak1")).WithXOnlyTweak(given.Bytes("tweak2")));

            var secrets = given.Items("seckey_indices").Select(index => Secret(index.GetInt32())).ToList();
            Assert.Equal(given.Text("aggregated_seckey"), Hex.Encode(plain.GroupSecret(secrets).ToBytes()));
            Assert.Equal(given.Text("taproot_tweaked_aggregated_seckey"), Hex.Encode(tweaked.GroupSecret(secrets).ToBytes()));
        }
    }

    [Fact]
    public void A_group_secret_needs_every_member_and_no_other()
    {
        var keys = KeyAggregate.Of([Secret(0).PublicKey, Secret(1).PublicKey]);
        Assert.Throws<MuSigException>(() => keys.GroupSecret([Secret(0)]));
        Assert.Throws<MuSigException>(() => keys.GroupSecret([Secret(0), Secret(2)]));
    }

    [Fact]
    public void A_group_without_a_member_is_refused() => Assert.Throws<MuSigException>(() => KeyAggregate.Of([]));

    private static SecretKey Secret(int index)
        => SecretKey.From(Hashes.Sha256(System.Text.Encoding.UTF8.GetBytes($"dlctix-lab/musig2/sk/{index}")));

    private static void Check(JsonElement expected, KeyAggregate keys)
    {
        Assert.Equal(expected.Text("aggregated_pubkey"), keys.Key.ToHex());
        Assert.Equal(expected.Text("untweaked_pubkey"), keys.Untweaked.ToHex());
        var tweak = expected.GetProperty("tweak_acc");
        Assert.Equal(tweak.GetString() ?? new string('0', 64), Hex.Encode(keys.Tweak));
        Assert.Equal(expected.Items("ordered_pubkeys").Select(key => key.GetString()), keys.Keys.Select(key => key.ToHex()));
        Assert.Equal(
            expected.Items("key_coefficients").Select(key => key.GetString()),
            Enumerable.Range(0, keys.Keys.Count).Select(member => Hex.Encode(keys.Coefficient(member))));
    }
}
