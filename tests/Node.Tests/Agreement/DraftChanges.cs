using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>What may be wrong, or merely unusual, before anything is signed.</summary>
internal sealed class DraftChanges(CoinYard yard)
{
    private static readonly Script KeyHash = Script.PayToWitnessPubkeyHash(SecretKey.From(Hashes.Sha256("somebody"u8)).PublicKey);

    private delegate string Change(Draft draft, SplitMix64 random);

    private IReadOnlyList<Change> All =>
    [
        Version, LockTime, LockTime, Sequence, Sequence, SequenceAround, SequenceAround, Fee, Fee, Fee, Type, Type, WrongKey, BelievedAmount, BelievedScript,
        ScriptSig, Duplicate, Unknown, Confirmed, NoOutput, NullInput, Dust, Dust, TwoDust, OutputKind, OutputKind, ManyOutputs, TooMuch, Empty, AnotherWay,
    ];

    /// <summary>Changes one thing; nothing where there is no input any more.</summary>
    public void Apply(Draft draft, SplitMix64 random)
    {
        if (draft.Inputs.Count > 0)
        {
            draft.Story.Add(random.OneOf(All)(draft, random));
        }
    }

    private static string Version(Draft draft, SplitMix64 random) => $"version {draft.Version = random.OneOf<int>(0, 1, 3, 4, -1, int.MinValue, int.MaxValue)}";

    private string LockTime(Draft draft, SplitMix64 random)
    {
        var (height, median) = ((uint)yard.Height, (uint)yard.MedianTime);
        draft.LockTime = random.OneOf(height - 1, height, height + 1, height + 2, median - 1, median, median + 1, 499_999_999u, 500_000_000u, uint.MaxValue);
        if (random.Chance(20))
        {
            draft.Inputs.ForEach(input => input.Sequence = TxIn.SequenceFinal);
        }

        return $"lock time {draft.LockTime}";
    }

    private static string Sequence(Draft draft, SplitMix64 random)
    {
        var input = random.OneOf(draft.Inputs);
        input.Sequence = random.OneOf<uint>(
            0u, 1u, TxIn.SequenceFinal, 0xffff_fffe, 0x8000_0000, 0x8000_0011, 0x0040_0000, 0x0040_0001, 0x0040_ffff, 0x0000_ffff, 0x0001_0011, 0xffbf_0022,
            (uint)random.Below(200));
        return $"sequence {input.Sequence:x}";
    }

    private static string SequenceAround(Draft draft, SplitMix64 random)
    {
        var input = random.OneOf(draft.Inputs);
        input.Sequence = (uint)Math.Max(0, (input.Way.Blocks == 0 ? random.OneOf(12, 17, 34, 156) : input.Way.Blocks) + random.Below(3) - 1);
        return $"sequence {input.Sequence}";
    }

    private static string Fee(Draft draft, SplitMix64 random)
    {
        var (name, fee) = random.OneOf<(string, Func<long, long>)>(
            ("none", _ => 0), ("one too little", size => size - 1), ("exactly the least", size => size), ("negative", _ => -1), ("one", _ => 1),
            ("half", size => size / 2), ("all but dust", _ => 99_670), ("everything", _ => 100_000));
        draft.Fee = fee;
        return $"fee {name}";
    }

    private static string Type(Draft draft, SplitMix64 random)
        => $"type {random.OneOf(draft.Inputs).Type = (SighashType)random.OneOf<int>(1, 2, 3, 0x81, 0x82, 0x83, 4, 0x80, 0x41)}";

    private static string WrongKey(Draft draft, SplitMix64 random) => $"wrong key {random.OneOf(draft.Inputs).WrongKey = true}";

    private static string BelievedAmount(Draft draft, SplitMix64 random)
    {
        var input = random.OneOf(draft.Inputs);
        input.Believed = input.Output with { Value = Satoshis.Of(input.Output.Value.Value + 1) };
        return "another amount signed";
    }

    private static string BelievedScript(Draft draft, SplitMix64 random)
    {
        var input = random.OneOf(draft.Inputs);
        input.Believed = input.Output with { ScriptPubKey = KeyHash };
        return "another script signed";
    }

    private static string ScriptSig(Draft draft, SplitMix64 random)
    {
        var script = random.OneOf<byte[]>([0x00], [0x51], [0x01, 0x02], [0xac], [0x4c], [.. Enumerable.Repeat((byte)0x51, 1_650)], [.. Enumerable.Repeat((byte)0x51, 1_651)]);
        random.OneOf(draft.Inputs).ScriptSig = new Script(script);
        return $"script of {script.Length} bytes in an input";
    }

    private static string Duplicate(Draft draft, SplitMix64 random)
    {
        var input = random.OneOf(draft.Inputs);
        draft.Inputs.Add(new DraftInput(new YardCoin(input.OutPoint, input.Output, 0), input.Way, input.Sequence));
        return "an input twice";
    }

    private static string Unknown(Draft draft, SplitMix64 random)
    {
        var input = random.OneOf(draft.Inputs);
        input.OutPoint = random.Chance(50)
            ? new OutPoint(input.OutPoint.Txid, random.OneOf(100_000u, uint.MaxValue, 0x8000_0000))
            : new OutPoint(Txid.FromWire(random.Bytes(32)), input.OutPoint.Vout);
        return "an output that does not exist";
    }

    private string Confirmed(Draft draft, SplitMix64 random)
    {
        random.OneOf(draft.Inputs).OutPoint = yard.Spent(random).OutPoint;
        return "an output spent in the chain";
    }

    private static string NullInput(Draft draft, SplitMix64 random)
    {
        random.OneOf(draft.Inputs).OutPoint = new OutPoint(default, random.OneOf(uint.MaxValue, 0u));
        return "an input of nothing";
    }

    private static string NoOutput(Draft draft, SplitMix64 random)
    {
        draft.Outputs.Clear();
        return "no output";
    }

    private static string Empty(Draft draft, SplitMix64 random)
    {
        if (random.Chance(50))
        {
            draft.Inputs.Clear();
        }
        else
        {
            draft.Outputs = [new TxOut(Satoshis.Zero, new Script([0x6a]))];
        }

        return "nothing of something";
    }

    private static string Dust(Draft draft, SplitMix64 random)
    {
        var (script, limit) = random.OneOf(
            (KeyHash, 294L), (Script.PayToAnchor, 240), (new Script([0x51, 0x20, .. KeyHash.Bytes[2..], .. new byte[12]]), 330),
            (new Script([0x00, 0x20, .. new byte[32]]), 330), (new Script([0x60, 0x02, 1, 2]), 240), (new Script([0xa9, 0x14, .. new byte[20], 0x87]), 540));
        var value = random.OneOf(limit, limit - 1, limit + 1, 0L);
        draft.Outputs.Add(new TxOut(Satoshis.Of(value), script));
        if (random.Chance(25))
        {
            draft.Fee = _ => 0;
        }

        return $"{value} sat to {script}";
    }

    private static string TwoDust(Draft draft, SplitMix64 random)
    {
        draft.Outputs.AddRange([new TxOut(Satoshis.Of(1), KeyHash), new TxOut(Satoshis.Of(random.OneOf(0L, 239, 240)), Script.PayToAnchor)]);
        return "two small outputs";
    }

    /// <summary>No witness program of more than 32 bytes: Core relays them, Knots refuses scripts of more than 34 (BIP-110). We pay to none.</summary>
    private static string OutputKind(Draft draft, SplitMix64 random)
    {
        var script = random.OneOf<byte[]>(
            [], [0x51], [0x6a], [0x6a, 0x04, 1, 2, 3, 4], [0x6a, 0xac], [0x6a, 0x4c, 80, .. new byte[80]], [0x6a, 0x4c, 81, .. new byte[81]], [0x6a, 0x05, 1],
            [0x52, 0x20, .. new byte[32]], [0x51, 0x02, 0x4e, 0x74], [0x51, 0x01, 0x01], [0x00, 0x10, .. new byte[16]], [0x51, 0x29, .. new byte[41]],
            [0x76, 0xa9, 0x14, .. new byte[20], 0x88, 0xac], [0xa9, 0x14, .. new byte[20], 0x87], [0x51, 0x20, .. new byte[32]], random.Bytes(random.Below(40)));
        draft.Outputs.Add(new TxOut(Satoshis.Of(random.OneOf(0L, 1_000)), new Script(script)));
        if (random.Chance(15))
        {
            draft.Outputs.Add(draft.Outputs[^1]);
        }

        return $"output to {Hex.Encode(script)}";
    }

    private static string ManyOutputs(Draft draft, SplitMix64 random)
    {
        var count = random.OneOf(20, 100, 250, 300, 2_330);
        draft.Outputs.AddRange(Enumerable.Repeat(new TxOut(Satoshis.Of(330), new Script([0x51, 0x20, .. Hashes.Sha256("many"u8)])), Math.Min(count, 270)));
        draft.Outputs.AddRange(Enumerable.Repeat(new TxOut(Satoshis.Zero, new Script([0x51])), count - Math.Min(count, 270)));
        draft.Version = random.OneOf(2, 3);
        return $"{count} outputs, version {draft.Version}";
    }

    private static string TooMuch(Draft draft, SplitMix64 random)
    {
        draft.Outputs.Add(new TxOut(Satoshis.Of(random.OneOf(Satoshis.MaxValue, Satoshis.MaxValue - 1, 100_001)), KeyHash));
        return "more than there is";
    }

    private string AnotherWay(Draft draft, SplitMix64 random)
    {
        var input = random.OneOf(draft.Inputs);
        input.Way = random.OneOf([.. yard.Ways.Ours, .. yard.Ways.Odd]);
        return $"spent as {input.Way.Name}";
    }
}
