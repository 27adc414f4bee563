using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>BIP-32 and BIP-86 vectors.</summary>
public sealed class KeyTests
{
    [Fact]
    public void Derived_keys_are_the_published_ones()
    {
        using var document = VectorFiles.ReadJson("bips", "bip32.json");
        var steps = 0;
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray().Where(x => x.Text("kind") == "derivation"))
        {
            using var root = ExtendedPrivateKey.FromSeed(Hex.Decode(item.Text("seed_hex")));
            foreach (var step in item.GetProperty("steps").EnumerateArray())
            {
                var path = KeyPath.Parse(step.Text("path").Replace('H', '\''));
                Assert.Equal(step.GetProperty("path_u32").EnumerateArray().Select(x => x.GetUInt32()), path.Indices);
                using var key = root.Derive(path);
                var text = step.Text("xprv");
                Assert.Equal((text, step.Text("xpub")), (key.ToBase58(Network.Mainnet), key.PublicKey.ToBase58(Network.Mainnet)));
                using var again = ExtendedPrivateKey.Parse(text, Network.Mainnet);
                Assert.Equal(text, again.ToBase58(Network.Mainnet));
                Assert.Equal(step.Text("private_key_hex"), Hex.Encode(again.Key.ToBytes()));
                var open = ExtendedPublicKey.Parse(step.Text("xpub"), Network.Mainnet);
                Assert.Equal(step.Text("public_key_hex"), open.Key.ToHex());
                Assert.Equal(step.Text("chain_code_hex"), Hex.Encode(open.ChainCode));
                Assert.Equal(step.Text("parent_fingerprint_hex"), open.ParentFingerprint.ToString("x8"));
                Assert.Equal((step.GetProperty("depth").GetInt32(), step.GetProperty("child_number").GetUInt32()), (open.Depth, open.ChildNumber));
                steps++;
            }
        }

        Assert.Equal(17, steps);
    }

    [Fact]
    public void Published_malformed_extended_keys_are_refused()
    {
        using var document = VectorFiles.ReadJson("bips", "bip32.json");
        var count = 0;
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray().Where(x => x.Text("kind") == "invalid"))
        {
            var text = item.Text("extended_key");
            Assert.Throws<BitcoinFormatException>(() => ExtendedPrivateKey.Parse(text, Network.Mainnet));
            Assert.Throws<BitcoinFormatException>(() => ExtendedPublicKey.Parse(text, Network.Mainnet));
            count++;
        }

        Assert.Equal(16, count);
    }

    [Fact]
    public void Bip86_accounts_and_addresses_are_the_published_ones()
    {
        using var document = VectorFiles.ReadJson("bips", "bip86.json");
        using var root = ExtendedPrivateKey.FromSeed(Hex.Decode(document.RootElement.Text("seed_hex")));
        var (accounts, addresses) = (0, 0);
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var path = KeyPath.Parse(item.Text("path"));
            using var key = root.Derive(path);
            if (item.TextOrNull("xprv") is { } text)
            {
                Assert.Equal((text, item.Text("xpub")), (key.ToBase58(Network.Mainnet), key.PublicKey.ToBase58(Network.Mainnet)));
                accounts++;
            }

            if (item.TextOrNull("address") is { } address)
            {
                using var account = root.Derive(Bip86.AccountPath(Network.Mainnet, 0));
                var output = Bip86.Output(account.PublicKey, path.Indices[3], path.Indices[4]);
                Assert.Equal(address, Address.From(output.ScriptPubKey, Network.Mainnet)!.ToString());
                using var spending = Bip86.SpendingKey(account, path.Indices[3], path.Indices[4]);
                Assert.Equal(output.OutputKey, spending.XOnly);
                addresses++;
            }
        }

        Assert.Equal((5, 3), (accounts, addresses));
    }

    [Fact]
    public void A_raw_key_is_a_root_whose_public_half_derives_the_same_children()
    {
        var raw = Hashes.Sha256("a wallet file"u8);
        using var root = ExtendedPrivateKey.FromRaw(SecretKey.From(raw), raw);
        using var child = root.Derive(1).Derive(7);
        Assert.Equal(child.Key.PublicKey, root.PublicKey.Derive(1).Derive(7).Key);
        Assert.StartsWith("tprv", root.ToBase58(Network.Regtest), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => root.PublicKey.Derive(KeyPath.Hardened));
    }

    [Theory]
    [InlineData("")]
    [InlineData("86'/0'")]
    [InlineData("m/")]
    [InlineData("m/-1")]
    [InlineData("m/2147483648")]
    [InlineData("m/1''")]
    [InlineData("m/ 1")]
    public void Text_that_is_no_path_is_refused(string text) => Assert.Null(KeyPath.TryParse(text));
}
