using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>BIP-143 examples: digests and ECDSA signatures of version 0 witness spends.</summary>
public sealed class Bip143Tests
{
    [Fact]
    public void Digests_are_the_published_ones_and_the_published_signatures_verify()
    {
        using var document = VectorFiles.ReadJson("bips", "bip143.json");
        var (cases, signatures, highS) = (0, 0, 0);
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var digest = Digest(item);
            Assert.Equal(item.Text("sighash_hex"), Hex.Encode(digest));
            cases++;
            foreach (var entry in item.GetProperty("signatures").EnumerateArray())
            {
                var signature = Hex.Decode(entry.Text("signature_der_with_type_hex"));
                var key = PublicKey.Parse(entry.Text("public_key_hex"));
                var der = signature.AsSpan(0, signature.Length - 1);
                Assert.True(Secp256k1.EcdsaVerifyDer(key, digest, EcdsaSignature.Normalize(der)), item.Text("id"));
                highS += EcdsaSignature.IsLowS(der) ? 0 : 1;
                signatures++;
            }
        }

        Assert.Equal((14, 15, 3), (cases, signatures, highS));
    }

    internal static byte[] Digest(System.Text.Json.JsonElement item)
    {
        var transaction = Transaction.Parse(item.Text("unsigned_tx_hex"));
        var index = item.GetProperty("input_index").GetInt32();
        var reader = new WireReader(Hex.Decode(item.Text("script_code_with_length_hex")));
        var code = reader.ReadVarBytes();
        var spent = new TxOut(Satoshis.Of(item.GetProperty("value_sat").GetInt64()), Script.FromHex(item.Text("script_pubkey_hex")));
        return new SighashCache(transaction, transaction.Inputs.Select(_ => spent))
            .WitnessV0(index, code, (SighashType)item.GetProperty("sighash_type").GetByte());
    }
}
