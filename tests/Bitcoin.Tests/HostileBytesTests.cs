using System.Diagnostics;
using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>Random and mutated bytes into every parser: a named refusal or a value that writes back to the same bytes, and soon.</summary>
public sealed class HostileBytesTests
{
    private const ulong Seed = 20_240_601;
    private const int Rounds = 6_000;

    private static readonly Lazy<List<byte[]>> Psbts = new(() => [.. Read("bip174.json").Concat(Read("bip371.json"))]);

    private static List<byte[]> Read(string file)
    {
        using var document = VectorFiles.ReadJson("bips", file);
        return [.. document.RootElement.GetProperty("cases").EnumerateArray()
            .Where(item => item.ValueKind == JsonValueKind.Object && item.TextOrNull("psbt_base64") is not null && item.Text("kind") != "invalid")
            .Select(item => Convert.FromBase64String(item.Text("psbt_base64")))];
    }

    private static void Within(int seconds, string what, Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        Assert.True(watch.Elapsed.TotalSeconds < seconds, $"{what} took {watch.Elapsed}, seed {Seed}");
    }

    private static void Attempt(int round, Action parse)
    {
        try
        {
            parse();
        }
        catch (Exception refusal) when (refusal is BitcoinFormatException)
        {
            Assert.NotEmpty(refusal.Message);
        }
        catch (Exception escaped) when (escaped is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"round {round}, seed {Seed}: {escaped}");
        }
    }

    [Fact]
    public void Mutated_psbts_are_refused_or_written_back_and_signing_them_ends_in_a_named_error() => Within(60, "PSBTs", () =>
    {
        var random = new SplitMix(Seed);
        using var key = TestSpend.Key(1);
        var parsed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = random.Mutate(Psbts.Value[random.Below(Psbts.Value.Count)]);
            Attempt(round, () =>
            {
                var psbt = Psbt.Parse(bytes);
                Assert.Equal(bytes, psbt.ToBytes());
                parsed++;
                try
                {
                    psbt.Sign(key);
                    psbt.FinalizeInputs();
                    psbt.Extract();
                }
                catch (PsbtException refusal)
                {
                    Assert.NotEmpty(refusal.Message);
                }
            });
        }

        Assert.InRange(parsed, 30, Rounds);
    });

    [Fact]
    public void Random_and_mutated_transactions_are_refused_or_written_back() => Within(60, "transactions", () =>
    {
        var random = new SplitMix(Seed + 1);
        using var document = VectorFiles.ReadJson("bips", "bip143.json");
        var seeds = document.RootElement.GetProperty("cases").EnumerateArray().Select(item => Hex.Decode(item.Text("signed_tx_hex"))).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = round % 4 == 0 ? random.Bytes(random.Below(300)) : random.Mutate(seeds[random.Below(seeds.Count)]);
            Attempt(round, () =>
            {
                var transaction = Transaction.Parse(bytes);
                Assert.Equal(bytes, transaction.ToBytes());
                TransactionVerifier.CheckShape(transaction);
            });
        }
    });

    [Fact]
    public void Random_scripts_and_witnesses_end_in_a_verdict() => Within(60, "scripts", () =>
    {
        var random = new SplitMix(Seed + 2);
        byte[] likely = [0x00, 0x51, 0x52, 0x63, 0x64, 0x67, 0x68, 0x69, 0x76, 0x75, 0x82, 0x87, 0x88, 0x93, 0x94, 0xa8, 0xac, 0xad, 0xae, 0xb1, 0xb2, 0xba, 0x6b, 0x6c, 0x7b, 0x7c, 0xab, 0xa5];
        var accepted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = round % 3 == 0 ? random.Bytes(random.Below(60)) : [.. Enumerable.Range(0, random.Below(20)).Select(_ => likely[random.Below(likely.Length)])];
            byte[][] items = [.. Enumerable.Range(0, random.Below(6)).Select(_ => random.Below(2) == 0 ? random.Bytes(random.Below(3)) : random.Bytes(random.Below(70)))];
            Attempt(round, () =>
            {
                var script = new Script(bytes);
                Assert.NotNull(ScriptReader.Describe(script));
                var spend = round % 2 == 0 ? TestSpend.WitnessScript(script) : TestSpend.Tapscript(script);
                accepted += spend.Try(items) is null ? 1 : 0;
                spend.TryRaw(items);
            });
        }

        Assert.InRange(accepted, 1, Rounds);
    });

    [Fact]
    public void Mutated_texts_are_refused_or_written_back() => Within(60, "texts", () =>
    {
        var random = new SplitMix(Seed + 3);
        string[] seeds =
        [
            "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bcrt1pfeesnyr2tx", "m/86'/0'/0'/1/0",
            "xpub661MyMwAqRbcFkPHucMnrGNzDwb6teAX1RbKQmqtEF8kK3Z7LZ59qafCjB9eCRLiTVG3uxBxgKvRgbubRhqSKXnGGb1aoaqLrpMBDrVxga8",
        ];
        for (var round = 0; round < Rounds; round++)
        {
            var text = string.Concat(random.Mutate([.. seeds[random.Below(seeds.Length)].Select(x => (byte)x)]).Select(x => (char)x));
            Attempt(round, () => Assert.Equal(text, Address.Parse(text, Network.Mainnet).ToString(), ignoreCase: true));
            Attempt(round, () => Assert.Equal(text, ExtendedPublicKey.Parse(text, Network.Mainnet).ToBase58(Network.Mainnet)));
            Attempt(round, () => ExtendedPrivateKey.Parse(text, Network.Mainnet).Dispose());
            Attempt(round, () => Bech32.DecodeAnyLength(text));
            Attempt(round, () => Psbt.ParseBase64(text));
            Attempt(round, () => KeyPath.TryParse(text));
            Attempt(round, () => OutPoint.TryParse(text));
        }
    });

    [Fact]
    public void Random_control_blocks_keys_and_signatures_are_refused() => Within(60, "keys", () =>
    {
        var random = new SplitMix(Seed + 4);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = random.Bytes(random.Below(140));
            Attempt(round, () =>
            {
                ControlBlock.TryParse(bytes)?.ToBytes();
                PublicKey.TryParse(bytes);
                XOnlyPublicKey.TryParse(bytes);
                EcdsaSignature.IsLowS(bytes);
                EcdsaSignature.Normalize(bytes);
                ScriptNumber.TryDecode(bytes, 8);
            });
        }
    });

    [Fact]
    public void Large_hostile_inputs_take_little_time() => Within(30, "large inputs", () =>
    {
        Assert.Throws<BitcoinFormatException>(() => Transaction.Parse(new byte[Transaction.MaxBytes]));
        Assert.Throws<BitcoinFormatException>(() => Transaction.Parse(Hex.Decode("02000000feffffffff" + new string('0', 200))));
        Assert.Throws<BitcoinFormatException>(() => Base58.DecodeCheck(new string('z', 100_000)));
        Assert.Throws<BitcoinFormatException>(() => Bech32.DecodeAnyLength("a1" + new string('q', 1_000_000)));
        Assert.Throws<BitcoinFormatException>(() => Psbt.ParseBase64(new string('A', 30_000_000)));
        var many = Many(200_000);
        var (first, second) = (Psbt.Parse(many), Psbt.Parse(many));
        second.Global.Set(0xf7, [1], [1]);
        Assert.Equal(first.Global.Count + 1, Psbt.Combine(first, second).Global.Count);
        var nops = new byte[3_900_000];
        Array.Fill(nops, (byte)0x61);
        Assert.Equal(ScriptError.EvalFalse, TestSpend.Tapscript(new Script(nops)).Error());
        Array.Fill(nops, (byte)0x63);
        Assert.Equal(ScriptError.StackTooShort, TestSpend.Tapscript(new Script(nops)).Error());
    });

    /// <summary>A PSBT with many unknown global fields.</summary>
    private static byte[] Many(int count)
    {
        var writer = new WireWriter().Bytes([0x70, 0x73, 0x62, 0x74, 0xff]).VarBytes([0]).VarBytes(new Transaction(2, [], [], 0).ToBytes());
        for (var i = 0u; i < count; i++)
        {
            writer.Byte(5).Byte(0xf6).UInt32(i).Byte(0);
        }

        return writer.Byte(0).ToArray();
    }
}
