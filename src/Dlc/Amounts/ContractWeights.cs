using System.Numerics;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Predicted weights in weight units (BIP-141). A prediction is never below the weight of the signed transaction; it equals it but for
/// splits by a winner whose leaf lies less deep than the deepest.
/// </summary>
public static class ContractWeights
{
    private const int Signature = 64;
    private const int Preimage = 32;
    private const int PayToTaproot = 34;
    private const int PayToAnchor = 4;

    /// <summary>The weight of spending by key path to one taproot output.</summary>
    public static Weight KeySpend { get; } = Transaction(Input(Signature), 1, anchor: false);

    /// <summary>An input without its outpoint and sequence: an empty scriptSig and witness elements of these lengths.</summary>
    public static int Input(params ReadOnlySpan<int> witnessElements)
    {
        var weight = 4 + CompactSize(witnessElements.Length);
        foreach (var length in witnessElements)
        {
            weight += CompactSize(length) + length;
        }

        return weight;
    }

    /// <summary>A transaction of one such input, some taproot outputs and perhaps a fee anchor.</summary>
    public static Weight Transaction(int input, int taprootOutputs, bool anchor)
    {
        var outputs = taprootOutputs + (anchor ? 1 : 0);
        var bytes = 4 + 1 + CompactSize(outputs) + (taprootOutputs * (9 + PayToTaproot)) + (anchor ? 9 + PayToAnchor : 0) + 4;
        return Weight.Of((4L * bytes) + input + (4 * 40) + 2);
    }

    /// <summary>An outcome or expiry transaction.</summary>
    public static Weight Outcome(bool anchor) => Transaction(Input(Signature), 1, anchor);

    /// <summary>A split transaction as predicted: every winner as deep as the deepest.</summary>
    public static Weight Split(int winners, int splitLeafLength, bool anchor)
        => Transaction(SplitInput(winners, splitLeafLength), winners, anchor);

    /// <summary>The input of a split transaction as predicted.</summary>
    public static int SplitInput(int winners, int splitLeafLength)
        => Input(Signature, Preimage, splitLeafLength, ControlBlock(SplitLeafDepth(winners)));

    /// <summary>Depth of the deepest winner's leaf: the reclaim leaf at depth 1, the winners balanced beside it.</summary>
    public static int SplitLeafDepth(int winners) => 1 + BitOperations.Log2((uint)winners) + (BitOperations.IsPow2(winners) ? 0 : 1);

    /// <summary>Length of a winner's split leaf: 69 bytes, and the number of its outcome with OP_DROP where splits are bound.</summary>
    public static int SplitLeafLength(Outcome outcome, bool bound) => 69 + (bound ? ScriptNumber(outcome.Number) + 1 : 0);

    /// <summary>The market maker's reclaim of an outcome output to one taproot output.</summary>
    public static Weight OutcomeReclaim(int blockDelta)
        => Transaction(Input(Signature, ReclaimLeaf(blockDelta), ControlBlock(1)), 1, anchor: false);

    /// <summary>A winner's claim of its split output to one taproot output.</summary>
    public static Weight SplitWin(int blockDelta)
        => Transaction(Input(Signature, Preimage, 71 + ScriptNumber(blockDelta), ControlBlock(2)), 1, anchor: false);

    /// <summary>The market maker's reclaim of a split output to one taproot output.</summary>
    public static Weight SplitReclaim(int blockDelta)
        => Transaction(Input(Signature, ReclaimLeaf(blockDelta), ControlBlock(2)), 1, anchor: false);

    /// <summary>The market maker's sell-back of a split output to one taproot output.</summary>
    public static Weight SplitSellback { get; } = Transaction(Input(Signature, Preimage, 69, ControlBlock(1)), 1, anchor: false);

    internal static int CompactSize(long value) => value < 0xfd ? 1 : value <= 0xffff ? 3 : value <= 0xffff_ffff ? 5 : 9;

    private static int ReclaimLeaf(int blockDelta) => 36 + ScriptNumber(Math.Min(2 * blockDelta, ushort.MaxValue));

    private static int ControlBlock(int depth) => 33 + (32 * depth);

    /// <summary>Bytes of the shortest push of a script number from -1.</summary>
    private static int ScriptNumber(int value) => value switch
    {
        <= 16 => 1,
        <= 0x7f => 2,
        <= 0x7fff => 3,
        <= 0x7f_ffff => 4,
        _ => 5,
    };
}
