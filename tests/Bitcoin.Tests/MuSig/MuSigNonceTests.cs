using System.Text.Json;

namespace Coordinator.Bitcoin.Tests;

public sealed class MuSigNonceTests
{
    [Fact]
    public void Derives_the_published_nonces()
    {
        var cases = MuSigVectors.Bip327("nonce_gen").Items("test_cases");
        Assert.Equal(4, cases.Count);
        foreach (var given in cases)
        {
            var input = new NonceDerivation.Input
            {
                Secret = Optional(given, "sk"),
                PublicKey = given.Bytes("pk"),
                AggregateKey = Optional(given, "aggpk"),
                HasMessage = given.GetProperty("msg").ValueKind != JsonValueKind.Null,
                Message = Optional(given, "msg"),
                Extra = Optional(given, "extra_in"),
            };
            var secret = new byte[64];
            NonceDerivation.Derive(given.Bytes("rand_"), input, secret);
            Assert.Equal(given.Text("expected_secnonce")[..128].ToLowerInvariant(), Hex.Encode(secret));
            Assert.Equal(given.Text("expected_pubnonce").ToLowerInvariant(), PublicOf(secret));
        }
    }

    [Fact]
    public void Derives_the_nonces_of_the_older_rule_that_the_dlctix_answers_use()
    {
        var cases = MuSigVectors.Dlctix("nonce_gen").EnumerateArray().ToList();
        Assert.Equal(30, cases.Count);
        foreach (var given in cases)
        {
            var description = given.Text("description");
            var input = new NonceDerivation.Input
            {
                IsLegacy = true,
                Secret = description.Contains("seckey", StringComparison.Ordinal) ? given.Bytes("seckey") : [],
                PublicKey = description == "seed only" ? [] : given.Bytes("pubkey"),
                AggregateKey = description.Contains("aggpk", StringComparison.Ordinal) ? given.Bytes("aggregated_pubkey").AsSpan(1) : [],
                HasMessage = description.Contains("message", StringComparison.Ordinal),
                Message = given.Bytes("message"),
                Extra = description.Contains("extra", StringComparison.Ordinal) ? "extra"u8 : [],
            };
            var secret = new byte[64];
            NonceDerivation.Derive(given.Bytes("seed"), input, secret);
            Assert.Equal(given.Text("secnonce_k1_k2"), Hex.Encode(secret));
            Assert.Equal(given.Text("pubnonce"), PublicOf(secret));
        }
    }

    [Fact]
    public void Adds_up_the_published_nonces()
    {
        var file = MuSigVectors.Bip327("nonce_agg");
        var cases = file.Items("valid_test_cases");
        Assert.Equal(2, cases.Count);
        foreach (var given in cases)
        {
            var sum = AggregateNonce.OfBytes(file.Pick("pnonces", given, "pnonce_indices"));
            Assert.Equal(given.Text("expected").ToLowerInvariant(), sum.ToHex());
            Assert.Equal(sum, AggregateNonce.TryFrom(sum.Bytes));
        }
    }

    [Fact]
    public void Refuses_the_published_bad_nonces_and_names_the_signer()
    {
        var file = MuSigVectors.Bip327("nonce_agg");
        var cases = file.Items("error_test_cases");
        Assert.Equal(3, cases.Count);
        foreach (var given in cases)
        {
            MuSigVectors.AssertRefused(given, () => AggregateNonce.OfBytes(file.Pick("pnonces", given, "pnonce_indices")));
        }
    }

    [Fact]
    public void Two_draws_differ_even_with_the_same_context()
    {
        using var key = SecretKey.Generate();
        using var first = SecretNonce.Draw(key);
        using var second = SecretNonce.Draw(key);
        Assert.NotEqual(first.Public, second.Public);
    }

    [Fact]
    public void A_nonce_of_one_signer_may_not_be_infinity()
    {
        Assert.Null(PublicNonce.TryFrom(new byte[66]));
        Assert.NotNull(AggregateNonce.TryFrom(new byte[66]));
        Assert.Null(AggregateNonce.TryFrom(new byte[65]));
    }

    [Fact]
    public void A_table_names_the_first_entry_that_is_not_a_nonce()
    {
        using var key = SecretKey.Generate();
        using var nonce = SecretNonce.Draw(key);
        byte[] packed = [.. nonce.Public.Bytes, .. new byte[66], .. new byte[66]];
        Assert.Null(NonceTable.TryParse(packed, allowInfinity: false, out var bad));
        Assert.Equal(1, bad);
        Assert.Equal(packed, NonceTable.TryParse(packed, allowInfinity: true, out _)!.ToBytes());
        Assert.Null(NonceTable.TryParse(packed.AsMemory(1), allowInfinity: true, out _));
    }

    private static string PublicOf(byte[] secret)
    {
        using var nonce = SecretNonce.FromKnown(SecretKey.From(secret.AsSpan(0, 32)).PublicKey, secret);
        return nonce.Public.ToHex();
    }

    private static byte[] Optional(JsonElement given, string name)
        => given.GetProperty(name).ValueKind == JsonValueKind.Null ? [] : given.Bytes(name);
}
