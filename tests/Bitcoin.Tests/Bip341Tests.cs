using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>BIP-341 wallet vectors: trees, control blocks, tweaks, digests and key path signatures.</summary>
public sealed class Bip341Tests
{
    [Fact]
    public void Output_keys_trees_and_control_blocks_are_the_published_ones()
    {
        using var document = VectorFiles.ReadJson("bips", "bip-0341", "wallet-test-vectors.json");
        var (outputs, blocks) = (0, 0);
        foreach (var item in document.RootElement.GetProperty("scriptPubKey").EnumerateArray())
        {
            var given = item.GetProperty("given");
            var key = XOnlyPublicKey.Parse(given.Text("internalPubkey"));
            var leaves = new List<TapLeaf>();
            var tree = ReadTree(given.GetProperty("scriptTree"), leaves);
            var output = tree is null ? TaprootOutput.KeyOnly(key) : TaprootOutput.WithScripts(key, tree);
            var steps = item.GetProperty("intermediary");
            Assert.Equal(steps.TextOrNull("merkleRoot") ?? "", Hex.Encode(output.MerkleRoot));
            Assert.Equal(steps.Text("tweak"), Hex.Encode(output.Tweak));
            Assert.Equal(steps.Text("tweakedPubkey"), output.OutputKey.ToHex());
            var expected = item.GetProperty("expected");
            Assert.Equal(expected.Text("scriptPubKey"), output.ScriptPubKey.ToHex());
            Assert.Equal(expected.Text("bip350Address"), Address.From(output.ScriptPubKey, Network.Mainnet)!.ToString());
            outputs++;
            if (expected.TryGetProperty("scriptPathControlBlocks", out var published))
            {
                Assert.Equal(published.EnumerateArray().Select(x => x.GetString()), leaves.Select(x => Hex.Encode(output.ControlBlock(x).ToBytes())));
                Assert.All(leaves, leaf => Assert.True(output.ControlBlock(leaf).Proves(output.OutputKey, leaf.Hash)));
                blocks += leaves.Count;
            }
        }

        Assert.Equal((7, 12), (outputs, blocks));
    }

    [Fact]
    public void Key_path_digests_and_signatures_are_the_published_ones()
    {
        using var document = VectorFiles.ReadJson("bips", "bip-0341", "wallet-test-vectors.json");
        var spend = document.RootElement.GetProperty("keyPathSpending")[0];
        var given = spend.GetProperty("given");
        var transaction = Transaction.Parse(given.Text("rawUnsignedTx"));
        var prevouts = given.GetProperty("utxosSpent").EnumerateArray()
            .Select(x => new TxOut(Satoshis.Of(x.GetProperty("amountSats").GetInt64()), Script.FromHex(x.Text("scriptPubKey"))));
        var cache = new SighashCache(transaction, prevouts);
        var inputs = 0;
        foreach (var item in spend.GetProperty("inputSpending").EnumerateArray())
        {
            var wanted = item.GetProperty("given");
            var steps = item.GetProperty("intermediary");
            var index = wanted.GetProperty("txinIndex").GetInt32();
            var type = (SighashType)wanted.GetProperty("hashType").GetByte();
            using var secret = SecretKey.From(Hex.Decode(wanted.Text("internalPrivkey")));
            var output = TaprootOutput.TryCreate(secret.XOnly, Hex.Decode(wanted.TextOrNull("merkleRoot") ?? ""))!;
            Assert.Equal(steps.Text("tweak"), Hex.Encode(output.Tweak));
            using var tweaked = output.TweakSecret(secret);
            Assert.Equal(steps.Text("tweakedPrivkey"), Hex.Encode(tweaked.ToBytes()));
            var digest = cache.TaprootKeyPath(index, type);
            Assert.Equal(steps.Text("sigHash"), Hex.Encode(digest));
            byte[] signature = Secp256k1.SchnorrSign(tweaked, digest, new byte[32]);
            signature = type == SighashType.Default ? signature : [.. signature, (byte)type];
            Assert.Equal(item.GetProperty("expected").GetProperty("witness")[0].GetString(), Hex.Encode(signature));
            inputs++;
        }

        Assert.Equal(7, inputs);
    }

    private static TapTree? ReadTree(JsonElement node, List<TapLeaf> leaves)
    {
        if (node.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (node.ValueKind == JsonValueKind.Array)
        {
            var left = ReadTree(node[0], leaves)!;
            return TapTree.Join(left, ReadTree(node[1], leaves)!);
        }

        var leaf = new TapLeaf(Script.FromHex(node.Text("script")), node.GetProperty("leafVersion").GetByte());
        leaves.Add(leaf);
        return TapTree.Of(leaf);
    }
}
