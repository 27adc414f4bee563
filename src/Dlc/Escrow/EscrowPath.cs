using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>By which of its three ways an escrow is spent.</summary>
public enum EscrowPath
{
    /// <summary>Coordinator and player together, at once: into the pool, or back to the player.</summary>
    Together,

    /// <summary>The player alone, with the ticket preimage, T blocks deep.</summary>
    Refund,

    /// <summary>The coordinator alone, T+144 blocks deep.</summary>
    Reclaim,
}

/// <summary>What each way needs: the input's sequence, its weight, and the witness, item by item as the script's policy asks for it.</summary>
public static class EscrowPaths
{
    /// <summary>Longest DER signature with low S, and its type byte.</summary>
    private const int SignatureBytes = 72;

    /// <summary>The sequence its input must have: replaceable, or the relative lock time in blocks (BIP-68).</summary>
    public static uint Sequence(this EscrowTerms terms, EscrowPath path) => path switch
    {
        EscrowPath.Together => TxIn.SequenceReplaceable,
        EscrowPath.Refund => (uint)terms.RefundBlocks,
        EscrowPath.Reclaim => (uint)terms.ReclaimBlocks,
    };

    /// <summary>The tip from which the spend may be broadcast, given the height of the escrow: it may be mined in the block after that.</summary>
    public static int OpensAt(this EscrowTerms terms, EscrowPath path, int height) => path switch
    {
        EscrowPath.Together => height,
        EscrowPath.Refund => height + terms.RefundBlocks - 1,
        EscrowPath.Reclaim => height + terms.ReclaimBlocks - 1,
    };

    /// <summary>The most that the signed input weighs.</summary>
    public static Weight InputWeight(this EscrowTerms terms, EscrowPath path)
    {
        var script = terms.WitnessScript.Length;
        var items = path switch
        {
            EscrowPath.Together => 1 + (2 * (1 + SignatureBytes)),
            EscrowPath.Refund => 33 + 1 + SignatureBytes + 2 + 3,
            EscrowPath.Reclaim => 1 + SignatureBytes + 1 + 3,
        };
        return Weight.Of((4 * 41) + 1 + items + (script < 0xfd ? 1 : 3) + script);
    }

    /// <summary>Both signatures, each with its type byte: <c>0 sig(C) sig(U) script</c>.</summary>
    public static ImmutableArray<byte[]> TogetherWitness(this EscrowTerms terms, byte[] coordinatorSignature, byte[] playerSignature)
        => [[], coordinatorSignature, playerSignature, terms.WitnessScript.ToBytes()];

    /// <summary><c>preimage sig(U) 1</c>, then three empty items that leave the two-of-two undone.</summary>
    public static ImmutableArray<byte[]> RefundWitness(this EscrowTerms terms, byte[] playerSignature, ReadOnlySpan<byte> ticketPreimage)
        => [ticketPreimage.ToArray(), playerSignature, [1], [], [], [], terms.WitnessScript.ToBytes()];

    /// <summary><c>sig(C) 0</c>, then three empty items that leave the two-of-two undone.</summary>
    public static ImmutableArray<byte[]> ReclaimWitness(this EscrowTerms terms, byte[] coordinatorSignature)
        => [coordinatorSignature, [], [], [], [], terms.WitnessScript.ToBytes()];

    /// <summary>The way that a confirmed witness took; null where it is none of the three, which no chain would show.</summary>
    public static EscrowPath? PathOf(IReadOnlyList<byte[]> witness) => witness.Count switch
    {
        4 => EscrowPath.Together,
        7 => EscrowPath.Refund,
        6 => EscrowPath.Reclaim,
        _ => null,
    };
}
