using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Node.Tests;

/// <summary>Spends that production code refuses to make: the nearest wrong thing beside a right one.</summary>
internal static class CraftedSpend
{
    /// <summary>The same transaction with one bit of a witness item the other way round.</summary>
    public static Transaction Bent(this Transaction transaction, int item = 0, int bit = 80, int input = 0)
    {
        var witness = transaction.Inputs[input].Witness.Select(element => element.ToArray()).ToArray();
        witness[item][bit / 8] ^= (byte)(1 << (bit % 8));
        return transaction.WithWitness(input, witness);
    }

    /// <summary>The same transaction with another witness item.</summary>
    public static Transaction With(this Transaction transaction, int item, byte[] other, int input = 0)
    {
        var witness = transaction.Inputs[input].Witness.ToArray();
        witness[item] = other;
        return transaction.WithWitness(input, witness);
    }

    /// <summary>The same transaction, signatures included, with another sequence of its first input.</summary>
    public static Transaction WithSequence(this Transaction transaction, uint sequence)
        => transaction.WithInputs([transaction.Inputs[0] with { Sequence = sequence }, .. transaction.Inputs.Skip(1)]);

    /// <summary>The same transaction, signatures included, on another output.</summary>
    public static Transaction WithCoin(this Transaction transaction, OutPoint coin)
        => transaction.WithInputs([transaction.Inputs[0] with { PreviousOutput = coin }, .. transaction.Inputs.Skip(1)]);

    /// <summary>A sweep by a leaf, signed by whatever key and with whatever sequence.</summary>
    public static Transaction ByLeaf(Sweep sweep, TaprootOutput output, TapLeaf leaf, SecretKey key, uint sequence, Script to, params byte[][] beforeScript)
    {
        var unsigned = Unsigned(sweep, sequence, to);
        var signature = Secp256k1.SchnorrSign(key, new SighashCache(unsigned, [sweep.Prevout]).TaprootScriptPath(0, leaf), new byte[32]);
        return unsigned.WithWitness(0, [signature, .. beforeScript, leaf.Script.ToBytes(), output.ControlBlock(leaf).ToBytes()]);
    }

    /// <summary>A sweep by key path, signed by whatever key.</summary>
    public static Transaction ByKey(Sweep sweep, SecretKey key, Script to)
    {
        var unsigned = Unsigned(sweep, sweep.Sequence, to);
        return unsigned.WithWitness(0, Secp256k1.SchnorrSign(key, new SighashCache(unsigned, [sweep.Prevout]).TaprootKeyPath(0), new byte[32]));
    }

    private static Transaction Unsigned(Sweep sweep, uint sequence, Script to)
        => new(2, [new TxIn(sweep.OutPoint, sequence)], [new TxOut(sweep.Prevout.Value - Satoshis.Of(1_000), to)], 0);
}
