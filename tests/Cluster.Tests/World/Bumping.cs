using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Cluster.Tests;

/// <summary>What the chain shows of children: who spends the handle of a transaction, and what the package pays.</summary>
internal static class Bumping
{
    public const long PoolOfThree = 300_000;

    /// <summary>The funding transaction, the spender of the pool, the spender of the outcome's output.</summary>
    public static Transaction Funding(Game game) => game.World.Chain.Find(OutPoint.Parse(game.View.FundingOutpoint!).Txid)!.Transaction;

    public static Transaction Outcome(Game game) => SpenderOf(game.World, OutPoint.Parse(game.View.FundingOutpoint!))!;

    public static Transaction Split(Game game) => SpenderOf(game.World, Outcome(game).OutPoint(0))!;

    public static Transaction? SpenderOf(World world, OutPoint output) => world.Chain.SpenderOf(output)?.By.Transaction;

    /// <summary>The spender of the last output: an anchor, or the funding's change.</summary>
    public static Transaction? ChildOf(World world, Transaction parent) => SpenderOf(world, parent.OutPoint((uint)parent.Outputs.Length - 1));

    public static bool IsConfirmed(World world, Transaction transaction) => world.Chain.Find(transaction.Txid)?.Block is not null;

    public static long FeeOf(World world, Transaction transaction)
        => transaction.Inputs.Sum(input => world.Chain.OutputAt(input.PreviousOutput)!.Value.Value) - transaction.OutputValue.Value;

    /// <summary>Satoshis per virtual byte of both together.</summary>
    public static double RateOf(World world, params Transaction[] package)
        => (double)package.Sum(member => FeeOf(world, member)) / package.Sum(member => member.Weight.VirtualBytes);

    /// <summary>Blocks, and nobody of the players does anything.</summary>
    public static void Mine(Game game, int blocks)
    {
        for (var block = 0; block < blocks; block++)
        {
            game.World.Mine();

            // A child is written down first and sent half a second later.
            game.World.Pass(TimeSpan.FromSeconds(2));
            game.Look();
        }
    }

    /// <summary>A stranger's transaction that spends this anchor and a coin that anybody may spend.</summary>
    public static Transaction Stranger(World world, OutPoint anchor, OutPoint coin, long coinValue, long fee)
    {
        var unsigned = new Transaction(
            2, [new TxIn(anchor, TxIn.SequenceReplaceable), new TxIn(coin, TxIn.SequenceReplaceable)],
            [new TxOut(Satoshis.Of(coinValue + 240 - fee), Script.FromHex("0014" + new string('7', 40)))], 0);
        Assert.True(world.Chain.Submit(unsigned).IsAccepted);
        return unsigned;
    }

    /// <summary>Every coin that the coordinator's reservations name, with its owner.</summary>
    public static IReadOnlyDictionary<string, string> Reserved(World world)
        => world.Run(() => world.Grains.GetGrain<Grains.IWalletGrain>(0).OutputsAsync()).Value!
            .Where(output => output is { ReservedBy: not null, IsSpent: false }).ToDictionary(output => output.Outpoint, output => output.ReservedBy!);

    /// <summary>All confirmed transactions.</summary>
    public static IEnumerable<Transaction> Confirmed(ChainModel chain)
        => Enumerable.Range(0, chain.Height + 1).SelectMany(height => chain.BlockAt(height)!.Transactions);
}
