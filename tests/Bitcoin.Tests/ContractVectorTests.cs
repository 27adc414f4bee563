using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>The scripts, trees and signed transactions of the contract vectors, seen as plain Bitcoin.</summary>
public sealed class ContractVectorTests
{
    [Theory]
    [InlineData("a", 7)]
    [InlineData("b", 26)]
    [InlineData("f", 22)]
    public void Weighted_trees_have_the_published_roots_and_control_blocks(string name, int count)
    {
        using var document = VectorFiles.ReadJson("dlctix", $"contract_{name}.json");
        var trees = 0;
        foreach (var outcome in document.RootElement.GetProperty("outcomes").EnumerateArray())
        {
            CheckTree(outcome);
            trees++;
            foreach (var winner in outcome.GetProperty("winners").EnumerateArray())
            {
                CheckTree(winner.GetProperty("spend"));
                trees++;
            }
        }

        Assert.Equal(count, trees);
    }

    private static void CheckTree(JsonElement item)
    {
        var leaves = item.GetProperty("leaves").EnumerateArray().ToList();
        var isOutcome = leaves.Any(leaf => leaf.Text("name").StartsWith("split", StringComparison.Ordinal));
        var tree = TapTree.Huffman(leaves.Select(leaf => (leaf.Text("name") switch
        {
            "reclaim" => isOutcome ? uint.MaxValue : 1u,
            "sellback" => 2u,
            _ => 1u,
        }, new TapLeaf(Script.FromHex(leaf.Text("script"))))));
        var taproot = item.GetProperty("taproot");
        var output = TaprootOutput.WithScripts(XOnlyPublicKey.Parse(taproot.Text("internal_key_xonly")), tree);
        Assert.Equal(taproot.Text("merkle_root"), Hex.Encode(output.MerkleRoot));
        Assert.Equal(taproot.Text("tap_tweak"), Hex.Encode(output.Tweak));
        Assert.Equal(taproot.GetProperty("output_key_parity").GetInt32() == 1, output.OutputKeyIsOdd);
        Assert.Equal(item.Text("script_pubkey"), output.ScriptPubKey.ToHex());
        foreach (var published in leaves)
        {
            var leaf = new TapLeaf(Script.FromHex(published.Text("script")));
            Assert.Equal(published.Text("leaf_hash"), Hex.Encode(leaf.Hash));
            Assert.Equal(published.Text("control_block"), Hex.Encode(output.ControlBlock(leaf).ToBytes()));
        }
    }

    [Theory]
    [InlineData("a", 30)]
    [InlineData("b", 115)]
    [InlineData("f", 97)]
    public void Every_signed_transaction_of_the_vectors_verifies_and_none_does_with_a_changed_witness(string name, int count)
    {
        using var contract = VectorFiles.ReadJson("dlctix", $"contract_{name}.json");
        using var enforced = VectorFiles.ReadJson("dlctix", $"enforce_{name}.json");
        var funding = contract.RootElement.GetProperty("funding");
        var spent = new Dictionary<OutPoint, TxOut>
        {
            [ReadOutPoint(contract.RootElement.GetProperty("inputs").GetProperty("funding_outpoint"))] =
                new(Satoshis.Of(funding.GetProperty("value").GetInt64()), Script.FromHex(funding.Text("script_pubkey"))),
        };
        var transactions = new List<Transaction>();
        Collect(enforced.RootElement, transactions);
        foreach (var transaction in transactions)
        {
            for (var i = 0u; i < transaction.Outputs.Length; i++)
            {
                spent[transaction.OutPoint(i)] = transaction.Outputs[(int)i];
            }
        }

        foreach (var transaction in transactions)
        {
            var prevouts = transaction.Inputs.Select(input => spent[input.PreviousOutput]).ToList();
            Assert.Null(TransactionVerifier.VerifyWithoutChain(transaction, prevouts));
            var witness = transaction.Inputs[0].Witness.Select(item => (byte[])item.Clone()).ToArray();
            witness[transaction.LockTime % 7 % witness.Length][^1] ^= 1;
            Assert.NotNull(TransactionVerifier.VerifyScripts(transaction.WithWitness(0, witness), prevouts));
        }

        Assert.Equal(count, transactions.Count);
    }

    private static OutPoint ReadOutPoint(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? OutPoint.Parse(element.GetString()!)
        : new OutPoint(Txid.ParseDisplay(element.Text("txid")), element.GetProperty("vout").GetUInt32());

    private static void Collect(JsonElement element, List<Transaction> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            element.EnumerateArray().ToList().ForEach(item => Collect(item, found));
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if ((element.TextOrNull("signed_hex") ?? (element.TextOrNull("txid") is null ? null : element.TextOrNull("hex"))) is { } hex)
        {
            found.Add(Transaction.Parse(hex));
            Assert.Equal(element.Text("txid"), found[^1].Txid.ToString());
            Assert.Equal(hex, found[^1].ToHex());
        }

        element.EnumerateObject().ToList().ForEach(property => Collect(property.Value, found));
    }
}
