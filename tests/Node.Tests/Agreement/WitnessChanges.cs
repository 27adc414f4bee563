using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>What may be wrong with a signed transaction: its witnesses, or its bytes.</summary>
internal static class WitnessChanges
{
    private delegate byte[][] Change(byte[][] witness, SplitMix64 random);

    private static readonly (string Name, Change Apply)[] All =
    [
        ("a bit", Bit), ("a bit", Bit), ("a bit of the first item", FirstBit), ("a bit of the control block", ControlBit),
        ("an item less", (witness, random) => [.. witness.Where((_, index) => index != witness.Length / 2)]),
        ("no first item", (witness, _) => [.. witness.Skip(1)]), ("nothing", (_, _) => []), ("no last item", (witness, _) => [.. witness.SkipLast(1)]),
        ("an empty item in front", (witness, _) => [[], .. witness]), ("an item in front", (witness, random) => [random.Bytes(1 + random.Below(40)), .. witness]),
        ("an item behind", (witness, random) => [.. witness, random.Bytes(1 + random.Below(40))]), ("an empty item behind", (witness, _) => [.. witness, []]),
        ("an annex", (witness, random) => [.. witness, [0x50, .. random.Bytes(random.Below(10))]]),
        ("the other way round", (witness, _) => [.. witness.Reverse()]),
        ("80 bytes", (witness, _) => [new byte[80], .. witness]), ("81 bytes", (witness, _) => [new byte[81], .. witness]),
        ("520 bytes", (witness, _) => [new byte[520], .. witness]), ("521 bytes", (witness, _) => [new byte[521], .. witness]),
        ("a hundred items", (witness, _) => [.. Enumerable.Repeat(Array.Empty<byte>(), 100), .. witness]),
        ("a thousand items", (witness, _) => [.. Enumerable.Repeat(Array.Empty<byte>(), 1_001), .. witness]),
        ("a shorter signature", (witness, _) => Replace(witness, 0, item => item.SkipLast(1))), ("a longer signature", Longer),
        ("an empty signature", (witness, _) => Replace(witness, 0, _ => [])), ("a zero signature", (witness, _) => Replace(witness, 0, item => item.Select(_ => (byte)0))),
        ("an empty item", (witness, random) => Replace(witness, random.Below(Math.Max(1, witness.Length)), _ => [])),
        ("a shorter control block", (witness, _) => Replace(witness, witness.Length - 1, item => item.SkipLast(1))),
        ("a control block less a hash", (witness, _) => Replace(witness, witness.Length - 1, item => item.SkipLast(32))),
        ("a control block with a hash more", (witness, random) => Replace(witness, witness.Length - 1, item => item.Concat(random.Bytes(32)))),
        ("another leaf version", (witness, _) => Replace(witness, witness.Length - 1, item => item.Select((value, at) => at == 0 ? (byte)(value ^ 2) : value))),
        ("another parity", (witness, _) => Replace(witness, witness.Length - 1, item => item.Select((value, at) => at == 0 ? (byte)(value ^ 1) : value))),
        ("a byte more of script", (witness, _) => Replace(witness, witness.Length - 2, item => item.Append((byte)0x61))),
        ("high S", HighS), ("padded DER", Padded),
    ];

    public static (Transaction Transaction, string Story) Apply(Transaction signed, SplitMix64 random)
    {
        if (signed.Inputs.Length == 0)
        {
            return (signed, "nothing to change");
        }

        var input = random.Below(signed.Inputs.Length);
        var (name, change) = random.OneOf(All);
        return (signed.WithWitness(input, change([.. signed.Inputs[input].Witness], random)), $"{name} in the witness of input {input}");
    }

    /// <summary>The hexadecimal form with something in it that no transaction can hold here.</summary>
    public static (string Hex, string Story) Bytes(Transaction signed, SplitMix64 random)
    {
        var hex = signed.ToHex();
        if (signed.Outputs.Length == 0 || random.Chance(20))
        {
            return random.OneOf((hex[..^2], "a byte less"), (hex + "00", "a byte more"), (hex[2..], "no first byte"), ("", "nothing"), ("0200000000010000", "no more than a start"));
        }

        var output = signed.Outputs[0];
        var known = Hex.Encode(new WireWriter().Int64(output.Value.Value).VarBytes(output.ScriptPubKey.Bytes).ToArray());
        var value = random.OneOf(-1, long.MinValue, Satoshis.MaxValue + 1, long.MaxValue);
        var other = Hex.Encode(new WireWriter().Int64(value).VarBytes(output.ScriptPubKey.Bytes).ToArray());
        var at = hex.IndexOf(known, StringComparison.Ordinal);
        return (hex[..at] + other + hex[(at + known.Length)..], $"{value} sat in output 0");
    }

    private static byte[][] Bit(byte[][] witness, SplitMix64 random)
        => witness.Length == 0 ? [[1]] : BitOf(witness, random.Below(witness.Length), random);

    private static byte[][] FirstBit(byte[][] witness, SplitMix64 random) => witness.Length == 0 ? [[]] : BitOf(witness, 0, random);

    private static byte[][] ControlBit(byte[][] witness, SplitMix64 random) => witness.Length == 0 ? [[], []] : BitOf(witness, witness.Length - 1, random);

    private static byte[][] BitOf(byte[][] witness, int item, SplitMix64 random)
    {
        if (witness[item].Length == 0)
        {
            return Replace(witness, item, _ => [random.OneOf((byte)0, (byte)1, (byte)0x80)]);
        }

        var (at, bit) = (random.Below(witness[item].Length), random.Below(8));
        return Replace(witness, item, known => known.Select((value, index) => index == at ? (byte)(value ^ (1 << bit)) : value));
    }

    private static byte[][] Longer(byte[][] witness, SplitMix64 random)
    {
        var type = random.OneOf<byte>(0, 1, 2, 3, 4, 0x80, 0x81);
        return Replace(witness, 0, item => item.Append(type));
    }

    /// <summary>The other S of an ECDSA signature: as good by consensus, and not relayed.</summary>
    private static byte[][] HighS(byte[][] witness, SplitMix64 random)
        => Ecdsa(witness, der =>
        {
            var (r, s) = Parts(der);
            var negated = new byte[33];
            using var secret = SecretKey.TryFrom([.. new byte[Math.Max(0, 32 - s.Length)], .. s.Length > 32 ? s[^32..] : s]);
            using var negative = secret?.Negate();
            negative?.ToBytes().CopyTo(negated, 1);
            return negative is null ? der : Der(r, negated[1] < 0x80 ? negated[1..] : negated);
        });

    private static byte[][] Padded(byte[][] witness, SplitMix64 random) => Ecdsa(witness, der => Der([0, .. Parts(der).R], Parts(der).S));

    private static byte[][] Ecdsa(byte[][] witness, Func<byte[], byte[]> change)
    {
        var at = Array.FindIndex(witness, item => item.Length > 9 && EcdsaSignature.IsStrictDer(item.AsSpan(0, item.Length - 1)));
        return at < 0 ? witness : Replace(witness, at, item => [.. change([.. item.SkipLast(1)]), item.Last()]);
    }

    private static (byte[] R, byte[] S) Parts(byte[] der) => (der[4..(4 + der[3])], der[(6 + der[3])..]);

    private static byte[] Der(byte[] r, byte[] s) => [0x30, (byte)(r.Length + s.Length + 4), 2, (byte)r.Length, .. r, 2, (byte)s.Length, .. s];

    private static byte[][] Replace(byte[][] witness, int item, Func<byte[], IEnumerable<byte>> change)
        => [.. witness.Select((known, index) => index == item ? (byte[])[.. change(known)] : known)];
}
