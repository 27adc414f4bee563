using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Simulators.Chain;

/// <summary>A mined block. Its id is the hash of a real 80-byte header, without proof of work.</summary>
/// <param name="Height">0 for the first.</param>
/// <param name="Hash">Its id.</param>
/// <param name="Previous">Id of the block below; all zeros for the first.</param>
/// <param name="MerkleRoot">Of the txids, natural order.</param>
/// <param name="Time">Unix seconds, as its miner wrote it.</param>
/// <param name="MedianTimePast">Of this block and the ten before it.</param>
/// <param name="Transactions">The coinbase first.</param>
public sealed record Block(
    int Height, BlockHash Hash, BlockHash Previous, byte[] MerkleRoot, long Time, MedianTimePast MedianTimePast, ImmutableArray<Transaction> Transactions)
{
    /// <summary>The header's compact difficulty target: regtest's.</summary>
    public const uint Bits = 0x207f_ffff;

    public static Block Make(int height, BlockHash previous, long time, IEnumerable<long> tenTimesBefore, IEnumerable<Transaction> transactions)
    {
        ImmutableArray<Transaction> all = [.. transactions];
        var root = MerkleRootOf([.. all.Select(transaction => transaction.Txid.Wire.ToArray())]);
        var header = new WireWriter().Int32(0x2000_0000).Bytes(previous.Wire).Bytes(root).UInt32((uint)time).UInt32(Bits).UInt32(0).ToArray();
        return new Block(
            height, BlockHash.FromWire(Hashes.Hash256(header)), previous, root, time, MedianTimePast.Of([time, .. tenTimesBefore]), all);
    }

    /// <summary>A coinbase (BIP-34 height, then an extra number so that no two are equal).</summary>
    public static Transaction Coinbase(int height, long extra, TxOut reward)
    {
        var script = new WireWriter().Byte(4).Int32(height).Byte(8).Int64(extra).ToArray();
        return new Transaction(2, [new TxIn(new OutPoint(default, uint.MaxValue), new Script(script), TxIn.SequenceFinal, [])], [reward], 0);
    }

    private static byte[] MerkleRootOf(List<byte[]> level)
    {
        while (level.Count > 1)
        {
            var next = new List<byte[]>();
            for (var i = 0; i < level.Count; i += 2)
            {
                next.Add(Hashes.Hash256([.. level[i], .. level[Math.Min(i + 1, level.Count - 1)]]));
            }

            level = next;
        }

        return level[0];
    }
}
