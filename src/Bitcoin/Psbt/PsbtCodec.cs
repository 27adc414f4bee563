using System.Buffers.Binary;

namespace Coordinator.Bitcoin;

/// <summary>Values of PSBT fields to objects and back. Reading answers null for anything that is not exactly one value.</summary>
internal static class PsbtCodec
{
    public static byte[] WriteOutput(TxOut output)
        => new WireWriter().Int64(output.Value.Value).VarBytes(output.ScriptPubKey.Bytes).ToArray();

    public static TxOut? TryReadOutput(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new WireReader(value);
            var amount = Satoshis.TryOf(reader.ReadInt64());
            var script = new Script(reader.ReadVarBytes());
            return reader.Remaining == 0 && amount is { } satoshis ? new TxOut(satoshis, script) : null;
        }
        catch (BitcoinFormatException)
        {
            return null;
        }
    }

    public static byte[] WriteWitness(IReadOnlyCollection<byte[]> witness)
    {
        var writer = new WireWriter().CompactSize((ulong)witness.Count);
        foreach (var item in witness)
        {
            writer.VarBytes(item);
        }

        return writer.ToArray();
    }

    public static byte[][]? TryReadWitness(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new WireReader(value);
            var items = new byte[reader.ReadCount(1)][];
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = reader.ReadVarBytes().ToArray();
            }

            return reader.Remaining == 0 ? items : null;
        }
        catch (BitcoinFormatException)
        {
            return null;
        }
    }

    /// <summary>A script tree as depth, leaf version and script of each leaf in depth-first order (BIP-371).</summary>
    public static TapTree? TryReadTree(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new WireReader(value);
            var leaves = new List<(int Depth, TapLeaf Leaf)>();
            while (reader.Remaining > 0)
            {
                var (depth, version) = (reader.ReadByte(), reader.ReadByte());
                var script = new Script(reader.ReadVarBytes());
                if ((version & 1) != 0 || version == 0x50)
                {
                    return null;
                }

                leaves.Add((depth, new TapLeaf(script, version)));
            }

            return TapTree.TryFromDepths(leaves);
        }
        catch (BitcoinFormatException)
        {
            return null;
        }
    }

    /// <summary>Fingerprint (as read from its four bytes big-endian) and path.</summary>
    public static byte[] WritePath(uint fingerprint, KeyPath path)
    {
        Span<byte> prefix = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(prefix, fingerprint);
        var writer = new WireWriter().Bytes(prefix);
        foreach (var index in path.Indices)
        {
            writer.UInt32(index);
        }

        return writer.ToArray();
    }

    /// <summary>A script that pushes one item.</summary>
    public static Script Push(ReadOnlySpan<byte> item) => new ScriptBuilder().Data(item).Build();
}
