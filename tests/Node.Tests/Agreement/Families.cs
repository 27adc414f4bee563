using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Node.Tests;

/// <summary>Cases of several transactions that wait together: replacements, chains, the families of version 3.</summary>
internal sealed class Families(CoinYard yard)
{
    private Purse Purse => yard.Purse;

    public SpendCase Make(ulong seed, SplitMix64 random)
    {
        var (story, transactions) = random.Below(24) switch
        {
            < 6 => Replaced(random),
            < 12 => ReplacedWithFamily(random),
            < 13 => Chain(random),
            < 14 => Children(random),
            < 21 => Narrow(random),
            _ => Twice(random),
        };
        return new SpendCase(seed, story, [.. transactions.Select(transaction => transaction.ToHex())]);
    }

    /// <summary>The same coin again, for a fee around what it takes.</summary>
    private (string, Transaction[]) Replaced(SplitMix64 random)
    {
        var (coin, other) = (Coin(), Coin());
        var fee = random.OneOf(200, 333, 1_000);
        var first = Spend(2, fee, 1, coin);
        var size = first.Weight.VirtualBytes;
        var sequence = random.OneOf(TxIn.SequenceReplaceable, TxIn.SequenceFinal);
        var later = fee + random.OneOf(-1, 0, 1, size - 1, size, size + 1, 2 * size, 3 * size);
        var second = random.Chance(50) ? Spend(2, later, 1, coin) : Spend(2, later, random.OneOf(1, 2, 5), coin, other);
        return ($"{fee} sat, then {later} for {second.Weight.VirtualBytes} bytes", [WithSequence(first, coin, sequence), second]);
    }

    /// <summary>A parent and its child, then something in the parent's place, perhaps spending the child or what else waits.</summary>
    private (string, Transaction[]) ReplacedWithFamily(SplitMix64 random)
    {
        var (coin, other) = (Coin(), Coin());
        var parent = Spend(2, 300, 2, coin);
        var child = Spend(2, 400, 1, Output(parent, 1));
        var stranger = Spend(2, 300, 2, other);
        var fee = random.OneOf(500, 699, 700, 800, 811, 850, 1_200, 5_000);
        var again = random.Below(4) switch
        {
            0 => Spend(2, fee, 1, coin),
            1 => Spend(2, fee, 1, coin, Output(parent, 0)),
            2 => Spend(2, fee, 1, coin, Output(stranger, 1)),
            _ => Spend(2, fee, 1, coin, Output(child, 0)),
        };
        return ($"parent and child for 700, then {fee} for {again.Inputs.Length} inputs", [parent, child, stranger, again]);
    }

    /// <summary>One after the other, up to and beyond the longest that waits.</summary>
    private (string, Transaction[]) Chain(SplitMix64 random)
    {
        var length = random.OneOf(3, 24, 25, 26, 27);
        var chain = new List<Transaction> { Spend(2, 300, 2, Coin()) };
        while (chain.Count < length)
        {
            chain.Add(Spend(2, 300, 2, Output(chain[^1], 1)));
        }

        // A small one more beside the chain, and a replacement of its end.
        chain.Add(Spend(2, 300, 1, Output(chain[0], 0)));
        chain.Add(Spend(2, 2_000, 1, Output(chain[^3], 1)));
        return ($"a chain of {length}", [.. chain]);
    }

    /// <summary>One parent with more and more children, of which one more than usual may be small.</summary>
    private (string, Transaction[]) Children(SplitMix64 random)
    {
        var parent = Spend(2, 3_000, 30, Coin());
        var count = random.OneOf(23, 24, 25, 26, 27);
        var children = Enumerable.Range(0, count).Select(index => Spend(2, 300, 1, Output(parent, index)));
        var grandchild = Spend(2, 300, 1, Output(Spend(2, 300, 1, Output(parent, 0)), 0));
        return ($"{count} children and a grandchild", [parent, .. children, grandchild]);
    }

    /// <summary>Version 3 with and without what it allows.</summary>
    private (string, Transaction[]) Narrow(SplitMix64 random)
    {
        var (first, second) = (random.OneOf(3, 3, 3, 2), random.OneOf(3, 3, 3, 2));
        var parent = Spend(first, 12_000, random.OneOf(3, 3, 230, 300), Coin(), Coin(), Coin(), Coin());
        var child = Spend(second, random.OneOf(300, 1_500), random.OneOf(1, 1, 22, 23, 24), Output(parent, 0));
        var sibling = Spend(random.OneOf(3, 3, 2), random.OneOf(300, 500, 1_500, 5_000), random.OneOf(1, 1, 30), Output(parent, 1));
        var grandchild = Spend(random.OneOf(3, 2), 500, 1, Output(child, 0));
        var instead = Spend(3, random.OneOf(400, 1_900, 4_000), 1, Output(parent, 0));
        Transaction[] order = random.Below(4) switch
        {
            0 => [parent, child, grandchild],
            1 => [parent, child, sibling, grandchild],
            2 => [parent, child, instead, sibling],
            _ => [parent, sibling, child, instead],
        };
        return ($"versions {string.Join(' ', order.Select(transaction => $"{transaction.Version}/{transaction.Weight.VirtualBytes}"))}", order);
    }

    /// <summary>The same again, with the same and with another witness; then a spend of an output that it does not have.</summary>
    private (string, Transaction[]) Twice(SplitMix64 random)
    {
        var coin = Coin();
        var first = Spend(2, 400, 1, coin);
        var other = first.WithWitness(0, random.OneOf<byte[][]>([new byte[64]], [Secp256k1.SchnorrSign(
            Purse.SpendingKey, new SighashCache(first, [coin.Output]).TaprootKeyPath(0), Hashes.Sha256("other"u8))]));
        return ("the same twice", [first, first, other, Spend(2, 300, 1, new YardCoin(first.OutPoint(7), coin.Output, 0))]);
    }

    private YardCoin Coin() => yard.Take(Purse.Script, 200);

    private static YardCoin Output(Transaction parent, int index) => new(parent.OutPoint((uint)index), parent.Outputs[index], 0);

    private Transaction Spend(int version, long fee, int outputs, params IReadOnlyList<YardCoin> coins)
    {
        var total = coins.Sum(coin => coin.Output.Value.Value) - fee;
        long[] first = outputs switch
        {
            2 => [2_000],
            > 100 => [30_000, 30_000, .. Enumerable.Repeat((total - 60_000) / (outputs - 2), outputs - 3)],
            _ => [.. Enumerable.Repeat(total / outputs, outputs - 1)],
        };
        var unsigned = new Transaction(
            version, coins.Select(coin => new TxIn(coin.OutPoint, TxIn.SequenceReplaceable)),
            first.Append(total - first.Sum()).Select(Purse.Own), 0);
        return Purse.Sign(unsigned, [.. coins.Select(coin => coin.Output)]);
    }

    private Transaction WithSequence(Transaction signed, YardCoin coin, uint sequence)
        => Purse.Sign(signed.WithInputs([new TxIn(coin.OutPoint, sequence)]), [coin.Output]);
}
