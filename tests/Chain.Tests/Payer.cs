using Coordinator.Bitcoin;

namespace Coordinator.Chain.Tests;

/// <summary>A taproot key of a test and transactions signed by it.</summary>
internal sealed class Payer
{
    private readonly SecretKey _tweaked;

    public Payer(byte number)
    {
        using var key = SecretKey.From([.. new byte[31], number]);
        var output = TaprootOutput.KeyOnly(key.XOnly);
        _tweaked = output.TweakSecret(key);
        Script = output.ScriptPubKey;
    }

    public Script Script { get; }

    public string Address => Bitcoin.Address.From(Script, Network.Regtest)!.ToString();

    /// <summary>Spends one output of this payer.</summary>
    public Transaction Spend(
        Transaction parent, uint vout, IEnumerable<TxOut> outputs, uint sequence = TxIn.SequenceReplaceable, uint lockTime = 0, int version = 2)
    {
        var unsigned = new Transaction(version, [new TxIn(parent.OutPoint(vout), sequence)], outputs, lockTime);
        return Sign(unsigned, [parent.Outputs[(int)vout]]);
    }

    /// <summary>Signs the inputs whose outputs pay this payer.</summary>
    public Transaction Sign(Transaction unsigned, IReadOnlyList<TxOut> prevouts)
    {
        var cache = new SighashCache(unsigned, prevouts);
        var signed = unsigned;
        for (var i = 0; i < prevouts.Count; i++)
        {
            if (prevouts[i].ScriptPubKey.Equals(Script))
            {
                signed = signed.WithWitness(i, Secp256k1.SchnorrSign(_tweaked, cache.TaprootKeyPath(i), new byte[32]));
            }
        }

        return signed;
    }

    /// <summary>Sends all but the fee back to itself.</summary>
    public Transaction PayBack(Transaction parent, uint vout, long fee, uint sequence = TxIn.SequenceReplaceable, uint lockTime = 0)
        => Spend(parent, vout, [Own(parent.Outputs[(int)vout].Value.Value - fee)], sequence, lockTime);

    public TxOut Own(long value) => new(Satoshis.Of(value), Script);
}
