using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// How a winner's output of a split transaction can be spent. It depends on market maker, player and Δ only: the same in every outcome.
/// </summary>
public sealed class SplitOutput
{
    private const uint SellbackWeight = 2;
    private const uint OtherWeight = 1;

    private SplitOutput(int playerIndex, KeyAggregate members, TapLeaf sellback, TapLeaf win, TapLeaf reclaim)
    {
        (PlayerIndex, Members, SellbackLeaf, WinLeaf, ReclaimLeaf) = (playerIndex, members, sellback, win, reclaim);
        Taproot = TaprootOutput.WithScripts(
            members.XOnly, TapTree.Huffman([(SellbackWeight, sellback), (OtherWeight, win), (OtherWeight, reclaim)]));
    }

    public int PlayerIndex { get; }

    /// <summary>The untweaked aggregate of market maker and winner, sorted: the internal key.</summary>
    public KeyAggregate Members { get; }

    public TaprootOutput Taproot { get; }

    /// <summary>The market maker with the payout preimage.</summary>
    public TapLeaf SellbackLeaf { get; }

    /// <summary>The winner with the ticket preimage, after Δ blocks.</summary>
    public TapLeaf WinLeaf { get; }

    /// <summary>The market maker alone, after 2Δ blocks.</summary>
    public TapLeaf ReclaimLeaf { get; }

    internal static SplitOutput Of(ContractParameters parameters, int playerIndex, TapLeaf reclaim)
    {
        var player = parameters.Players[playerIndex];
        return new(
            playerIndex,
            KeyAggregate.OfSorted([parameters.MarketMaker.PublicKey, player.PublicKey]),
            ContractScripts.Sellback(parameters, player),
            ContractScripts.Win(parameters, player),
            reclaim);
    }
}
