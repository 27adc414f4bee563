using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>BIP-173 and BIP-350 vectors, legacy and anchor addresses.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("bip173.json", 35, Bech32Checksum.Bech32)]
    [InlineData("bip350.json", 44, Bech32Checksum.Bech32m)]
    public void Published_bech32_texts_are_read_or_refused(string file, int count, Bech32Checksum checksum)
    {
        using var document = VectorFiles.ReadJson("bips", file);
        var cases = document.RootElement.GetProperty("cases").EnumerateArray().ToList();
        foreach (var item in cases)
        {
            var kind = item.Text("kind");
            if (kind.StartsWith("bech32", StringComparison.Ordinal))
            {
                CheckText(item, kind.EndsWith("_valid", StringComparison.Ordinal), checksum);
            }
            else
            {
                CheckAddress(item, kind == "segwit_valid");
            }
        }

        Assert.Equal(count, cases.Count);
    }

    private static void CheckText(JsonElement item, bool valid, Bech32Checksum checksum)
    {
        var text = item.Text("string");
        if (!valid)
        {
            Assert.Throws<BitcoinFormatException>(() => Assert.NotEqual(checksum, Bech32.Decode(text).Checksum));
            return;
        }

        var decoded = Bech32.Decode(text);
        Assert.Equal((item.Text("hrp"), item.Text("data_5bit_hex"), checksum), (decoded.HumanReadablePart, Hex.Encode(decoded.Values), decoded.Checksum));
        Assert.Equal(text.ToLowerInvariant(), Bech32.Encode(decoded.HumanReadablePart, decoded.Values, checksum));
    }

    private static void CheckAddress(JsonElement item, bool valid)
    {
        var text = item.Text("address");
        var network = text.StartsWith("tb", StringComparison.OrdinalIgnoreCase) ? Network.Testnet : Network.Mainnet;
        if (!valid || (item.TryGetProperty("valid_under_bip350", out var still) && !still.GetBoolean()))
        {
            Assert.Throws<BitcoinFormatException>(() => Address.Parse(text, network));
            return;
        }

        var address = Address.Parse(text, network);
        Assert.Equal(item.Text("script_pubkey_hex"), address.ScriptPubKey.ToHex());
        Assert.Equal(item.Text("canonical_address"), address.ToString());
        Assert.Equal(address, Address.From(address.ScriptPubKey, network));
    }

    [Theory]
    [InlineData("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", Network.Mainnet, "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac")]
    [InlineData("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", Network.Mainnet, "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87")]
    [InlineData("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", Network.Regtest, "76a914243f1394f44554f4ce3fd68649c19adc483ce92488ac")]
    [InlineData("bcrt1pfeesnyr2tx", Network.Regtest, "51024e73")]
    [InlineData("bc1pfeessrawgf", Network.Mainnet, "51024e73")]
    public void Known_addresses_give_their_scripts_and_back(string text, Network network, string script)
    {
        Assert.Equal(script, Address.Parse(text, network).ScriptPubKey.ToHex());
        Assert.Equal(text, Address.From(Script.FromHex(script), network)!.ToString());
    }

    [Theory]
    [InlineData("bc1pfeessrawgf", Network.Regtest, "the address is not one of regtest")]
    [InlineData("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", Network.Signet, "the address is not one of signet")]
    [InlineData("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", Network.Mainnet, "the checksum of a base58 text is wrong")]
    [InlineData("", Network.Mainnet, "a base58 text is too short for its checksum")]
    [InlineData(null, Network.Mainnet, "a base58 text is too short for its checksum")]
    public void A_refused_address_says_why(string? text, Network network, string error)
    {
        Assert.False(Address.TryParse(text, network, out _, out var reason));
        Assert.Equal(error, reason);
    }

    [Fact]
    public void Five_bit_groups_and_bytes_round_trip_at_every_length()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = Enumerable.Range(0, length).Select(i => (byte)(((i * 37) + length) & 0xff)).ToArray();
            Assert.Equal(bytes, Bech32.ToBytes(Bech32.ToValues(bytes)));
        }
    }
}
