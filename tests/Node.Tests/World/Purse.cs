using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Node.Tests;

/// <summary>A taproot key of the test with the coins that blocks paid to it.</summary>
internal sealed class Purse
{
    private const long Fee = 20_000;
    private readonly Queue<(OutPoint OutPoint, TxOut Output, int Height)> _coins = new();

    public Purse(string name)
    {
        Key = SecretKey.From(Hashes.Sha256(Encoding.UTF8.GetBytes($"purse/{name}")));
        Output = TaprootOutput.KeyOnly(Key.XOnly);
        SpendingKey = Output.TweakSecret(Key);
    }

    public SecretKey Key { get; }

    /// <summary>Of the output key.</summary>
    public SecretKey SpendingKey { get; }

    public TaprootOutput Output { get; }

    public Script Script => Output.ScriptPubKey;

    public string Address => Bitcoin.Address.From(Script, Network.Regtest)!.ToString();

    public TxOut Own(long sats) => new(Satoshis.Of(sats), Script);

    /// <summary>Mines so many blocks to this purse and a hundred more, so that all it was paid can be spent.</summary>
    public async Task EarnAsync(RegtestNode node, int blocks)
    {
        var mined = await node.CallAsync("generatetoaddress", $"""[{blocks}, "{Address}"]""");
        await node.MineAsync(100);
        var read = await node.BatchAsync("getblock", [.. mined.EnumerateArray().Select(hash => $"""["{hash.GetString()}", 2]""")]);
        foreach (var (block, _) in read)
        {
            var coinbase = Transaction.Parse(block.GetProperty("tx")[0].GetProperty("hex").GetString()!);
            _coins.Enqueue((coinbase.OutPoint(0), coinbase.Outputs[0], block.GetProperty("height").GetInt32()));
        }
    }

    /// <summary>The oldest coin, with the height of its block; nobody else gets it.</summary>
    public (OutPoint OutPoint, TxOut Output, int Height) Take() => _coins.Dequeue();

    /// <summary>Pays outputs from the oldest coin; change comes last. Not sent.</summary>
    public Transaction Pay(params IReadOnlyList<TxOut> outputs) => PayWithFee(Fee, outputs);

    /// <summary>As <see cref="Pay"/>, for this fee.</summary>
    public Transaction PayWithFee(long fee, IReadOnlyList<TxOut> outputs)
    {
        var (coin, spent, _) = Take();
        var change = spent.Value.Value - fee - outputs.Sum(output => output.Value.Value);
        return Sign(new Transaction(2, [new TxIn(coin, TxIn.SequenceReplaceable)], [.. outputs, Own(change)], 0), [spent]);
    }

    /// <summary>Pays outputs and buries them under six blocks.</summary>
    public async Task<Transaction> PayAsync(RegtestNode node, params IReadOnlyList<TxOut> outputs)
    {
        var payment = Pay(outputs);
        await node.ConfirmAsync(payment);
        await node.MineAsync(5);
        return payment;
    }

    /// <summary>Signs the inputs whose outputs pay this purse; the same bytes every time.</summary>
    public Transaction Sign(Transaction unsigned, IReadOnlyList<TxOut> prevouts)
    {
        var cache = new SighashCache(unsigned, prevouts);
        for (var i = 0; i < prevouts.Count; i++)
        {
            if (prevouts[i].ScriptPubKey.Equals(Script))
            {
                unsigned = unsigned.WithWitness(i, Secp256k1.SchnorrSign(SpendingKey, cache.TaprootKeyPath(i), new byte[32]));
            }
        }

        return unsigned;
    }
}
