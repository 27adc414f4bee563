using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning.Tests;

[Trait("Kind", "Properties")]
public sealed class Bolt11HostileTests
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static readonly SecretKey Key = SecretKey.From(Convert.FromHexString(new string('5', 64)));

    [Fact]
    public void Any_one_changed_character_is_refused_by_the_checksum()
    {
        var text = Sample(new Splitmix(1)).Text;
        for (var i = text.LastIndexOf('1') + 1; i < text.Length; i++)
        {
            var other = Alphabet[(Alphabet.IndexOf(text[i], StringComparison.Ordinal) + 1) % 32];
            Assert.False(Bolt11.TryDecode(text[..i] + other + text[(i + 1)..], out _, out var problem));
            Assert.Equal(Bolt11Problem.BadChecksum, problem);
        }
    }

    [Fact]
    public void Any_cut_is_refused()
    {
        var text = Sample(new Splitmix(2)).Text;
        for (var length = 0; length < text.Length; length++)
        {
            Assert.False(Bolt11.TryDecode(text[..length], out _, out var problem), $"cut at {length}");
            Assert.NotEqual(Bolt11Problem.None, problem);
        }
    }

    [Fact]
    public void Random_groups_under_a_good_checksum_end_in_a_named_problem_or_an_invoice()
    {
        for (ulong seed = 0; seed < 3_000; seed++)
        {
            var random = new Splitmix(seed);
            var groups = new byte[random.Below(400)];
            random.Fill(groups);
            for (var i = 0; i < groups.Length; i++)
            {
                groups[i] &= 31;
            }

            Read(Bolt11Text.Write("lnbcrt" + (seed % 3 == 0 ? "21u" : ""), groups), seed);
        }
    }

    [Fact]
    public void A_mutated_invoice_under_a_good_checksum_ends_in_a_named_problem_or_an_invoice()
    {
        for (ulong seed = 0; seed < 3_000; seed++)
        {
            var random = new Splitmix(seed);
            Assert.True(Bolt11Text.TryRead(Sample(random).Text, out var prefix, out var groups, out _));
            for (var changes = 1 + random.Below(3); changes > 0; changes--)
            {
                groups[random.Below(groups.Length)] = (byte)random.Below(32);
            }

            Read(Bolt11Text.Write(prefix, groups), seed);
        }
    }

    [Fact]
    public void A_field_that_claims_more_than_there_is_is_refused()
    {
        Assert.True(Bolt11Text.TryRead(Sample(new Splitmix(3)).Text, out var prefix, out var groups, out _));
        (groups[8], groups[9]) = (31, 31);
        Assert.False(Bolt11.TryDecode(Bolt11Text.Write(prefix, groups), out _, out var problem));
        Assert.Equal(Bolt11Problem.FieldTooLong, problem);
    }

    [Fact]
    public void Text_longer_than_any_invoice_is_refused_unread()
    {
        Assert.False(Bolt11.TryDecode("lnbc1" + new string('q', 1_000_000), out _, out var problem));
        Assert.Equal(Bolt11Problem.TooLong, problem);
    }

    [Theory]
    [InlineData("lnbcrt1\u0000qqqq", Bolt11Problem.TooShort)]
    [InlineData("lnbcrt1\u0130qqqqqqqqq", Bolt11Problem.BadCharacter)]
    [InlineData("\u00ff\u00ff1qqqqqqqqq", Bolt11Problem.BadCharacter)]
    [InlineData("lnbcrt1bbbbbbbbbb", Bolt11Problem.BadCharacter)]
    public void Characters_outside_the_alphabet_are_refused(string text, Bolt11Problem expected)
    {
        Assert.False(Bolt11.TryDecode(text, out _, out var problem));
        Assert.Equal(expected, problem);
    }

    [Theory]
    [InlineData("lnbcrt0u")]
    [InlineData("lnbcrt01u")]
    [InlineData("lnbcrt1p")]
    [InlineData("lnbcrt99999999999999999999999")]
    [InlineData("lnbcrt21000001")]
    [InlineData("lnbcrt5uu")]
    public void Amounts_out_of_form_are_refused(string prefix)
    {
        Assert.True(Bolt11Text.TryRead(Sample(new Splitmix(4)).Text, out _, out var groups, out _));
        Assert.False(Bolt11.TryDecode(Bolt11Text.Write(prefix, groups), out _, out var problem));
        Assert.Equal(Bolt11Problem.BadAmount, problem);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var (text, written) = Sample(new Splitmix(seed));
            Assert.True(Bolt11.TryDecode(text, out var read, out var problem), $"seed {seed}: {problem}");
            Assert.Equal(
                (written.Amount, written.CreatedUtc, written.Expiry, written.CltvExpiry, written.PaymentHash, written.Description,
                    Key.PublicKey),
                (read.Amount, read.CreatedUtc, read.Expiry, read.CltvExpiry, read.PaymentHash, read.Description, read.Payee));
            Assert.Equal(Convert.ToHexString(written.PaymentSecret.AsSpan()), Convert.ToHexString(read.PaymentSecret.AsSpan()));
            Assert.True(Bolt11.TryDecode(text.ToUpperInvariant(), out _, out problem), $"seed {seed}: {problem}");
        }
    }

    private static void Read(string text, ulong seed)
    {
        var read = Bolt11.TryDecode(text, requireSecret: false, out var invoice, out var problem);
        Assert.True(read == (problem == Bolt11Problem.None) && read == (invoice is not null), $"seed {seed}: {problem}");
    }

    private static (string Text, Bolt11Invoice Invoice) Sample(Splitmix random)
    {
        var hash = new byte[32];
        var secret = new byte[32];
        random.Fill(hash);
        random.Fill(secret);
        var invoice = new Bolt11Invoice
        {
            Network = LightningNetwork.Regtest,
            Amount = Millisatoshis.Of(1 + random.Below(int.MaxValue)),
            CreatedUtc = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000 + random.Below(1_000_000)),
            Expiry = TimeSpan.FromSeconds(1 + random.Below(100_000)),
            HasExpiry = true,
            CltvExpiry = 24 + random.Below(2_000),
            HasCltvExpiry = true,
            PaymentHash = PaymentHash.FromBytes(hash),
            PaymentSecret = ImmutableArray.Create(secret),
            Description = "seat " + random.Below(100),
            Payee = Key.PublicKey,
            Features = [8, 14, 17, 25],
        };
        return (Bolt11.Encode(invoice, Key), invoice);
    }
}

/// <summary>Seeded choices that are the same on every machine.</summary>
internal sealed class Splitmix(ulong seed)
{
    private ulong _state = seed;

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    public void Fill(byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(Next() & 0xff);
        }
    }

    private ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
