using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>BIP-174 and BIP-371 vectors: what parses, what does not, and one transaction through all roles.</summary>
public sealed class PsbtVectorTests
{
    private static void Each(string file, Func<JsonElement, bool> filter, int count, Action<JsonElement> check)
    {
        using var document = VectorFiles.ReadJson("bips", file);
        var items = document.RootElement.GetProperty("cases").EnumerateArray().Where(filter).ToList();
        items.ForEach(check);
        Assert.Equal(count, items.Count);
    }

    private static void Flow(string id, Action<JsonElement> check) => Each("bip174.json", item => item.Text("id").StartsWith(id, StringComparison.Ordinal), 1, check);

    [Theory]
    [InlineData("bip174.json", 20)]
    [InlineData("bip371.json", 11)]
    public void Published_malformed_psbts_are_refused(string file, int count) => Each(file, item => item.Text("kind") == "invalid", count, item =>
        Assert.Throws<BitcoinFormatException>(() => Psbt.ParseBase64(item.Text("psbt_base64"))));

    [Theory]
    [InlineData("bip174.json", 10)]
    [InlineData("bip371.json", 6)]
    public void Published_psbts_are_read_field_by_field_and_written_to_the_byte(string file, int count)
        => Each(file, item => item.Text("kind") == "valid", count, item =>
        {
            var psbt = Psbt.ParseBase64(item.Text("psbt_base64"));
            Assert.Equal(item.Text("psbt_base64"), psbt.ToBase64());
            Assert.Equal(item.Text("unsigned_txid"), psbt.UnsignedTransaction.Txid.ToString());
            CheckMap(item.GetProperty("global_map"), psbt.Global);
            CheckMaps(item.GetProperty("input_maps"), [.. psbt.Inputs.Select(input => input.Map)]);
            CheckMaps(item.GetProperty("output_maps"), [.. psbt.Outputs.Select(output => output.Map)]);
            Assert.Equal(psbt.ToBase64(), Psbt.Combine(psbt, psbt).ToBase64());
        });

    private static void CheckMaps(JsonElement published, PsbtMap[] maps)
    {
        Assert.Equal(published.GetArrayLength(), maps.Length);
        for (var i = 0; i < maps.Length; i++)
        {
            CheckMap(published[i], maps[i]);
        }
    }

    private static void CheckMap(JsonElement published, PsbtMap map) => Assert.Equal(
        published.EnumerateArray().Select(pair => (pair.Text("key_hex"), pair.Text("value_hex"))),
        map.Pairs.Select(pair => (Hex.Encode(pair.Key.Span), Hex.Encode(pair.Value.Span))));

    [Fact]
    public void Psbts_that_fail_the_signer_checks_are_not_signed()
    {
        var errors = new List<PsbtError>();
        Each("bip174.json", item => item.Text("kind") == "fails_signer_checks", 4, item =>
        {
            var psbt = Psbt.ParseBase64(item.Text("psbt_base64"));
            var before = psbt.ToBase64();
            using var key = TestSpend.Key(1);
            errors.Add(Assert.Throws<PsbtException>(() => psbt.Sign(key)).Error);
            Assert.Equal(before, psbt.ToBase64());
        });
        Assert.Equal(
            [
                PsbtError.WitnessUtxoForLegacyOutput, PsbtError.RedeemScriptMismatch, PsbtError.RedeemScriptMismatch,
                PsbtError.WitnessScriptMismatch,
            ],
            errors);
    }

    [Fact]
    public void The_creator_makes_the_published_psbt() => Flow("flow_01", item =>
    {
        var inputs = item.GetProperty("inputs").EnumerateArray()
            .Select(x => new TxIn(new OutPoint(Txid.ParseDisplay(x.Text("txid")), x.GetProperty("vout").GetUInt32())));
        var outputs = item.GetProperty("outputs").EnumerateArray()
            .Select(x => new TxOut(Satoshis.Of(x.GetProperty("value_sat").GetInt64()), Script.FromHex(x.Text("script_pubkey_hex"))));
        Assert.Equal(item.Text("result_psbt_base64"), Psbt.Create(new Transaction(2, inputs, outputs, 0)).ToBase64());
    });

    [Fact]
    public void The_updater_makes_the_published_psbt() => Flow("flow_02", item =>
    {
        var psbt = Psbt.ParseBase64(item.Text("psbt_base64"));
        var (previous, redeem) = (item.GetProperty("previous_transactions_hex"), item.GetProperty("redeem_scripts_hex"));
        var transactions = previous.EnumerateArray().Select(x => Transaction.Parse(x.GetString()!)).ToDictionary(x => x.Txid);
        psbt.Inputs[0].NonWitnessUtxo = transactions[psbt.UnsignedTransaction.Inputs[0].PreviousOutput.Txid];
        var spent = psbt.UnsignedTransaction.Inputs[1].PreviousOutput;
        psbt.Inputs[1].WitnessUtxo = transactions[spent.Txid].Outputs[(int)spent.Vout];
        psbt.Inputs[0].RedeemScript = Script.FromHex(redeem[0].GetString()!);
        psbt.Inputs[1].RedeemScript = Script.FromHex(redeem[1].GetString()!);
        psbt.Inputs[1].WitnessScript = Script.FromHex(item.GetProperty("witness_scripts_hex")[0].GetString()!);
        using var root = ReadMaster();
        var keys = item.GetProperty("public_keys").EnumerateArray()
            .Select(x => (Key: PublicKey.Parse(x.Text("public_key_hex")), Path: KeyPath.Parse(x.Text("path")))).ToList();
        Assert.All(keys, x => Assert.Equal(x.Key, root.Derive(x.Path).Key.PublicKey));
        var fingerprint = root.PublicKey.Fingerprint;
        psbt.Inputs[0].SetDerivation(keys[0].Key, fingerprint, keys[0].Path);
        psbt.Inputs[0].SetDerivation(keys[1].Key, fingerprint, keys[1].Path);
        psbt.Inputs[1].SetDerivation(keys[3].Key, fingerprint, keys[3].Path);
        psbt.Inputs[1].SetDerivation(keys[2].Key, fingerprint, keys[2].Path);
        psbt.Outputs[0].SetDerivation(keys[4].Key, fingerprint, keys[4].Path);
        psbt.Outputs[1].SetDerivation(keys[5].Key, fingerprint, keys[5].Path);
        Assert.Equal(item.Text("result_psbt_base64"), psbt.ToBase64());
    });

    private static ExtendedPrivateKey ReadMaster()
    {
        ExtendedPrivateKey? root = null;
        Flow("flow_01", item => root = ExtendedPrivateKey.Parse(item.Text("master_xprv"), Network.Testnet));
        return root!;
    }

    [Fact]
    public void The_updater_adds_the_sighash_type() => Flow("flow_03", item =>
    {
        var psbt = Psbt.ParseBase64(item.Text("psbt_base64"));
        psbt.Inputs[0].SighashType = item.GetProperty("sighash_type").GetUInt32();
        psbt.Inputs[1].SighashType = item.GetProperty("sighash_type").GetUInt32();
        Assert.Equal(item.Text("result_psbt_base64"), psbt.ToBase64());
    });

    [Theory]
    [InlineData("flow_04")]
    [InlineData("flow_05")]
    public void Each_signer_makes_the_published_signatures(string id) => Flow(id, item =>
    {
        var psbt = Psbt.ParseBase64(item.Text("psbt_base64"));
        foreach (var entry in item.GetProperty("private_keys").EnumerateArray())
        {
            using var key = SecretKey.From(Base58.DecodeCheck(entry.Text("wif")).AsSpan(1, 32));
            Assert.Equal(1, psbt.Sign(key));
        }

        Assert.Equal(item.Text("result_psbt_base64"), psbt.ToBase64());
    });

    [Theory]
    [InlineData("flow_06")]
    [InlineData("flow_09")]
    public void The_combiner_makes_the_published_psbt(string id) => Flow(id, item =>
    {
        var parts = item.GetProperty("psbts_base64").EnumerateArray().Select(x => Psbt.ParseBase64(x.GetString()!)).ToArray();
        Assert.Equal(item.Text("result_psbt_base64"), Psbt.Combine(parts).ToBase64());
    });

    [Fact]
    public void The_finalizer_makes_the_published_psbt() => Flow("flow_07", item =>
    {
        var psbt = Psbt.ParseBase64(item.Text("psbt_base64"));
        psbt.FinalizeInputs();
        Assert.Equal(item.Text("result_psbt_base64"), psbt.ToBase64());
    });

    [Fact]
    public void The_extractor_gives_the_published_transaction() => Flow("flow_08", item =>
    {
        var transaction = Psbt.ParseBase64(item.Text("psbt_base64")).Extract();
        Assert.Equal((item.Text("result_tx_hex"), item.Text("result_txid")), (transaction.ToHex(), transaction.Txid.ToString()));
    });

    [Fact]
    public void The_published_taproot_psbts_hold_trees_and_keys_that_fit() => Each("bip371.json", item => item.Text("kind") == "valid", 6, item =>
    {
        var psbt = Psbt.ParseBase64(item.Text("psbt_base64"));
        foreach (var (input, i) in psbt.Inputs.Select((input, i) => (input, i)).Where(x => x.input.TapInternalKey is not null))
        {
            var output = TaprootOutput.TryCreate(input.TapInternalKey!, input.TapMerkleRoot ?? [])!;
            Assert.Equal(psbt.SpentOutput(i).ScriptPubKey, output.ScriptPubKey);
        }

        foreach (var (output, i) in psbt.Outputs.Select((output, i) => (output, i)).Where(x => x.output.TapTree is not null))
        {
            var made = TaprootOutput.WithScripts(output.TapInternalKey!, output.TapTree!);
            Assert.Equal(psbt.UnsignedTransaction.Outputs[i].ScriptPubKey, made.ScriptPubKey);
        }
    });
}
