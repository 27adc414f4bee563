using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>One input of a draft.</summary>
internal sealed class DraftInput(YardCoin coin, Way way, uint sequence)
{
    public OutPoint OutPoint { get; set; } = coin.OutPoint;

    public TxOut Output { get; } = coin.Output;

    public Way Way { get; set; } = way;

    public uint Sequence { get; set; } = sequence;

    public Script ScriptSig { get; set; } = Script.Empty;

    public SighashType Type { get; set; }

    public bool WrongKey { get; set; }

    /// <summary>What the signature says is spent, where that is another thing.</summary>
    public TxOut? Believed { get; set; }
}

/// <summary>A transaction before it is signed.</summary>
internal sealed class Draft
{
    public int Version { get; set; } = 2;

    public uint LockTime { get; set; }

    public List<DraftInput> Inputs { get; } = [];

    public List<TxOut> Outputs { get; set; } = [];

    /// <summary>What was changed, in words.</summary>
    public List<string> Story { get; } = [];

    /// <summary>What is left for the miner: first the outputs are, then their first one is lessened to that.</summary>
    public Func<long, long> Fee { get; set; } = size => 3 * size;

    /// <summary>Signed; the first output takes what the fee leaves.</summary>
    public Transaction Build()
    {
        if (Outputs.Count == 0 || Inputs.Count == 0)
        {
            return Sign();
        }

        var size = Sign().Weight.VirtualBytes;
        var rest = Inputs.DistinctBy(input => input.OutPoint).Sum(input => input.Output.Value.Value) - Outputs.Skip(1).Sum(output => output.Value.Value) - Fee(size);
        Outputs[0] = Outputs[0] with { Value = Satoshis.Of(Math.Clamp(rest, 0, Satoshis.MaxValue)) };
        return Sign();
    }

    private Transaction Sign()
    {
        var unsigned = new Transaction(
            Version, Inputs.Select(input => new TxIn(input.OutPoint, input.ScriptSig, input.Sequence, [])), Outputs, LockTime);
        if (Inputs.Count == 0)
        {
            return unsigned;
        }

        var cache = new SighashCache(unsigned, Inputs.Select(input => input.Believed ?? input.Output));
        var signed = unsigned;
        for (var i = 0; i < Inputs.Count; i++)
        {
            signed = signed.WithWitness(i, Inputs[i].Way.Witness(new Signing(cache, i, Inputs[i].Type, Inputs[i].WrongKey)));
        }

        return signed;
    }
}

/// <summary>Draws of a case.</summary>
internal static class Draws
{
    public static T OneOf<T>(this SplitMix64 random, params IReadOnlyList<T> choices) => choices[random.Below(choices.Count)];

    /// <summary>True so many times of a hundred.</summary>
    public static bool Chance(this SplitMix64 random, int percent) => random.Below(100) < percent;
}
