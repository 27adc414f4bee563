using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Lightning;
using Coordinator.Simulators.Chain;

namespace Coordinator.Cluster.Tests;

/// <summary>Everybody's money at one moment, in satoshis (Lightning in millisatoshis, to see every fee).</summary>
/// <param name="CoordinatorChain">All unspent outputs that the coordinator's wallet finds.</param>
/// <param name="PlayersChain">By player.</param>
/// <param name="CoordinatorMsat">Its node's own money.</param>
/// <param name="PlayersMsat">By player.</param>
/// <param name="MinerFees">Of everything mined that is not the faucet's.</param>
/// <param name="Anchors">Unspent fee anchors.</param>
internal sealed record Ledger(
    long CoordinatorChain, ImmutableArray<long> PlayersChain, long CoordinatorMsat, ImmutableArray<long> PlayersMsat, long MinerFees, long Anchors)
{
    // The faucet's coins have the same script.
    private const long AnchorValue = 240;
    private static readonly Script Anchor = Script.PayToAnchor;

    public long LightningMsat => CoordinatorMsat + PlayersMsat.Sum();

    public long OnChain => CoordinatorChain + PlayersChain.Sum() + MinerFees + Anchors;

    public static Ledger Take(Game game)
    {
        var world = game.World;
        var known = world.Run(() => world.Wallet.ScanAsync(CancellationToken.None));
        Assert.True(known.TryGet(out var wallet));
        var (fees, unspent) = Walk(world.Chain);
        return new Ledger(
            wallet.Outputs.Where(output => !output.IsSpent).Sum(output => output.Output.Value.Value),
            [.. game.Players.Select(player => unspent.Where(output => output.ScriptPubKey.Equals(player.ChainScript)).Sum(output => output.Value.Value))],
            world.Lightning.FindNode(World.CoordinatorNode)!.LocalMsat,
            [.. game.Players.Select(player => world.Lightning.FindNode(player.Name)!.LocalMsat)],
            fees,
            unspent.Where(output => output.ScriptPubKey.Equals(Anchor) && output.Value.Value == AnchorValue).Sum(output => output.Value.Value));
    }

    /// <summary>What must hold at the end of every competition.</summary>
    public static Ledger CheckEnd(Game game)
    {
        var world = game.World;
        world.Mine(2);
        world.Lightning.CheckInvariants();
        var after = Take(game);
        Assert.DoesNotContain(world.Lightning.Invoices(World.CoordinatorNode), invoice => invoice.State is InvoiceState.Accepted);
        Assert.True(after.OnChain == game.Before.OnChain, $"{world}: on chain {game.Before} became {after}");
        Assert.True(after.LightningMsat <= game.Before.LightningMsat, $"{world}: Lightning {game.Before} became {after}");
        Assert.Empty(game.Watch.TooEarly);
        Assert.True(!world.Log.Errors.Any(), $"{world}: {string.Join(Environment.NewLine, world.Log.Errors)}");
        return after;
    }

    /// <summary>Fees of what was mined beside the faucet's payments, and every unspent output.</summary>
    private static (long Fees, List<TxOut> Unspent) Walk(ChainModel chain)
    {
        var outputs = new Dictionary<OutPoint, TxOut>();
        long fees = 0;
        for (var height = 0; height <= chain.Height; height++)
        {
            foreach (var transaction in chain.BlockAt(height)!.Transactions)
            {
                long put = 0;
                var ours = false;
                foreach (var input in transaction.Inputs)
                {
                    if (outputs.Remove(input.PreviousOutput, out var spent))
                    {
                        put += spent.Value.Value;
                        ours |= height > ChainModel.InitialBlocks + 1;
                    }
                }

                fees += ours ? put - transaction.Outputs.Sum(output => output.Value.Value) : 0;
                foreach (var (index, output) in transaction.Outputs.Index())
                {
                    outputs[transaction.OutPoint((uint)index)] = output;
                }
            }
        }

        return (fees, [.. outputs.Values]);
    }
}
