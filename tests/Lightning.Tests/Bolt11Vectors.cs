using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Lightning.Tests;

/// <summary>The known answers of BOLT-11 and of LND's own tests.</summary>
[Trait("Kind", "Vectors")]
public sealed class Bolt11Vectors
{
    private static readonly SecretKey Key =
        SecretKey.From(Convert.FromHexString("e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734"));

    private static readonly Dictionary<string, Bolt11Problem> Reasons = new(StringComparer.Ordinal)
    {
        ["unknown_even_feature_100"] = Bolt11Problem.UnknownRequiredFeature,
        ["bad_bech32_checksum"] = Bolt11Problem.BadChecksum,
        ["no_bech32_separator"] = Bolt11Problem.NoSeparator,
        ["bech32_mixed_case"] = Bolt11Problem.MixedCase,
        ["signature_not_recoverable"] = Bolt11Problem.BadSignature,
        ["too_short"] = Bolt11Problem.TooShort,
        ["bad_amount_multiplier"] = Bolt11Problem.BadAmount,
        ["sub_millisatoshi_amount"] = Bolt11Problem.BadAmount,
        ["missing_payment_secret"] = Bolt11Problem.NoPaymentSecret,
        ["high_s_signature_with_n_field"] = Bolt11Problem.BadSignature,
    };

    public static TheoryData<string> Valid => Ids("valid");

    public static TheoryData<string> Invalid => Ids("invalid");

    public static TheoryData<int> Lnd => new(Enumerable.Range(0, 11));

    [Theory]
    [MemberData(nameof(Valid))]
    public void Reads_every_valid_example_field_by_field(string id)
    {
        var known = Case(id);
        Assert.True(Bolt11.TryDecode(Text(known, "invoice"), out var invoice, out var problem), problem.ToString());

        Assert.Equal(
            Text(known, "currency_prefix"),
            invoice.Network switch { LightningNetwork.Mainnet => "bc", LightningNetwork.Testnet => "tb", _ => "?" });
        Assert.Equal(AmountOf(known), invoice.Amount?.Value);
        Assert.Equal(known.GetProperty("timestamp_unix_s").GetInt64(), invoice.CreatedUtc.ToUnixTimeSeconds());
        Assert.Equal(known.GetProperty("expiry_s").GetInt64(), (long)invoice.Expiry.TotalSeconds);
        Assert.Equal(known.GetProperty("min_final_cltv_expiry_delta").GetInt32(), invoice.CltvExpiry);
        Assert.Equal(known.GetProperty("min_final_cltv_present").GetBoolean(), invoice.HasCltvExpiry);
        Assert.Equal(Text(known, "payment_hash_hex"), invoice.PaymentHash.ToString());
        Assert.Equal(Text(known, "payment_secret_hex"), Convert.ToHexStringLower(invoice.PaymentSecret.AsSpan()));
        Assert.Equal(Text(known, "payee_node_key_hex"), invoice.Payee.ToHex());
        Assert.Equal(Optional(known, "description"), invoice.Description);
        Assert.Equal(Optional(known, "description_hash_hex") ?? "", Convert.ToHexStringLower(invoice.DescriptionHash.AsSpan()));
        Assert.Equal(Optional(known, "payment_metadata_hex") ?? "", Convert.ToHexStringLower(invoice.Metadata.AsSpan()));
        Assert.Equal(known.GetProperty("feature_bits").EnumerateArray().Select(bit => bit.GetInt32()), invoice.Features);
        Assert.Equal(
            known.GetProperty("fallbacks").EnumerateArray().Select(f => (f.GetProperty("version").GetInt32(), Text(f, "program_hex"))),
            invoice.Fallbacks.Select(f => (f.Version, Convert.ToHexStringLower(f.Program.AsSpan()))));
        Assert.Equal(
            known.GetProperty("routing_hints").EnumerateArray().Select(Hops),
            invoice.RouteHints.Select(hint => hint.Select(Hop).ToArray()));
    }

    [Fact]
    public void Recovers_either_key_of_a_high_s_signature_by_its_recovery_flag()
    {
        var known = Case("valid_16");
        Assert.True(Bolt11.TryDecode(Text(known, "invoice"), out var invoice, out _));
        Assert.Equal("02d0139ce7427d6dfffd26a326c18be754ef1e64672b42694ba5b23ef6e6e7803d", invoice.Payee.ToHex());
        var flipped = Secp256k1.EcdsaRecover(
            Convert.FromHexString(Text(known, "signature_hex")), known.GetProperty("recovery_flag").GetInt32() ^ 1,
            Convert.FromHexString(Text(known, "signing_hash_hex")));
        Assert.Equal(Text(known, "payee_node_key_with_flipped_recovery_flag_hex"), flipped!.ToHex());
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Refuses_every_invalid_example_by_name(string id)
    {
        var known = Case(id);
        Assert.False(Bolt11.TryDecode(Text(known, "invoice"), out _, out var problem));
        Assert.Equal(Reasons[Text(known, "reason")], problem);
    }

    [Theory]
    [MemberData(nameof(Lnd))]
    public void Reads_lnds_invoices_and_writes_them_back_to_the_letter(int index)
    {
        using var file = VectorFiles.ReadJson("bolt11", "lnd.json");
        var known = file.RootElement[index];
        var text = Text(known, "invoice");
        Assert.True(Bolt11.TryDecode(text, requireSecret: false, out var invoice, out var problem), problem.ToString());

        Assert.Equal(Text(known, "p"), invoice.PaymentHash.ToString());
        Assert.Equal(Text(known, "payee"), invoice.Payee.ToHex());
        Assert.Equal(known.GetProperty("timestamp").GetInt64(), invoice.CreatedUtc.ToUnixTimeSeconds());
        Assert.Equal(Optional(known, "s") ?? "", Convert.ToHexStringLower(invoice.PaymentSecret.AsSpan()));
        Assert.Equal(Optional(known, "d"), invoice.Description);
        Assert.Equal(AmountOf(known), invoice.Amount?.Value);
        if (invoice.Fallbacks.IsEmpty && invoice.RouteHints.IsEmpty)
        {
            Assert.Equal(text, Bolt11.Encode(invoice, Key));
        }
    }

    [Theory]
    [InlineData("lnbc1abcde", Bolt11Problem.TooShort)]
    [InlineData("ln1asdsaddnv4wudz", Bolt11Problem.BadChecksum)]
    [InlineData("llts1dasdajtkfl6", Bolt11Problem.UnknownNetwork)]
    [InlineData("lnts1dasdapukz0w", Bolt11Problem.UnknownNetwork)]
    [InlineData("lnbcm1aaamcu25m", Bolt11Problem.UnknownNetwork)]
    [InlineData("lnbc1000000000m1", Bolt11Problem.TooShort)]
    [InlineData("", Bolt11Problem.NoSeparator)]
    [InlineData(null, Bolt11Problem.TooShort)]
    public void Refuses_what_lnd_refuses(string? text, Bolt11Problem expected)
    {
        Assert.False(Bolt11.TryDecode(text, out _, out var problem));
        Assert.Equal(expected, problem);
    }

    private static long? AmountOf(JsonElement known) =>
        known.GetProperty("amount_msat") is { ValueKind: JsonValueKind.Number } amount ? amount.GetInt64() : null;

    private static string[] Hops(JsonElement hint) => [.. hint.EnumerateArray().Select(hop =>
        $"{Text(hop, "public_key_hex")} {Text(hop, "short_channel_id_u64")} {hop.GetProperty("fee_base_msat").GetInt64()} "
        + $"{hop.GetProperty("fee_proportional_millionths").GetInt64()} {hop.GetProperty("cltv_expiry_delta").GetInt32()}")];

    private static string Hop(Bolt11Hop hop) =>
        $"{hop.Node.ToHex()} {hop.ShortChannelId} {hop.FeeBaseMsat} {hop.FeePartsPerMillion} {hop.CltvDelta}";

    private static TheoryData<string> Ids(string kind)
    {
        using var file = VectorFiles.ReadJson("bolt11", "bolt11.json");
        return new(file.RootElement.GetProperty("cases").EnumerateArray()
            .Where(c => string.Equals(Text(c, "kind"), kind, StringComparison.Ordinal)).Select(c => Text(c, "id")).ToArray());
    }

    private static JsonElement Case(string id)
    {
        using var file = VectorFiles.ReadJson("bolt11", "bolt11.json");
        return file.RootElement.GetProperty("cases").EnumerateArray()
            .First(c => string.Equals(Text(c, "id"), id, StringComparison.Ordinal)).Clone();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string? Optional(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
