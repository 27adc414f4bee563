using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// How the single output of an outcome or expiry transaction can be spent: by key path when all its winners hand their keys over, by a
/// winner's split leaf, or by the market maker's reclaim leaf.
/// </summary>
public sealed class OutcomeOutput
{
    private const uint ReclaimWeight = uint.MaxValue;
    private const uint SplitWeight = 1;

    private OutcomeOutput(Outcome outcome, PayoutWeights weights, KeyAggregate members, ImmutableArray<TapLeaf> splits, TapLeaf reclaim)
    {
        (Outcome, Weights, Members, SplitLeaves, ReclaimLeaf) = (outcome, weights, members, splits, reclaim);
        Taproot = TaprootOutput.WithScripts(
            members.XOnly, TapTree.Huffman(splits.Select(leaf => (SplitWeight, leaf)).Append((ReclaimWeight, reclaim))));
    }

    public Outcome Outcome { get; }

    public PayoutWeights Weights { get; }

    /// <summary>The untweaked aggregate of market maker and winners, sorted: the internal key, and the key of every split signature.</summary>
    public KeyAggregate Members { get; }

    /// <summary>The output key with its tree.</summary>
    public TaprootOutput Taproot { get; }

    /// <summary>One per winner, in ascending order of player index.</summary>
    public ImmutableArray<TapLeaf> SplitLeaves { get; }

    public TapLeaf ReclaimLeaf { get; }

    /// <summary>The split leaf of a winner.</summary>
    /// <exception cref="ArgumentException">The player does not win here.</exception>
    public TapLeaf SplitLeafOf(int playerIndex) => Weights.PositionOf(playerIndex) is var position and >= 0
        ? SplitLeaves[position]
        : throw new ArgumentException($"player {playerIndex} does not win in {Outcome}", nameof(playerIndex));

    internal static OutcomeOutput Of(ContractParameters parameters, OutcomePayout payout, KeyAggregate members, TapLeaf reclaim)
    {
        var joint = members.XOnly;
        var leaves = ImmutableArray.CreateBuilder<TapLeaf>(payout.Weights.Count);
        foreach (var winner in payout.Weights.Winners)
        {
            leaves.Add(ContractScripts.Split(
                payout.Outcome, parameters.OutcomeBoundSplits, parameters.Players[winner.PlayerIndex].TicketHash, joint));
        }

        return new(payout.Outcome, payout.Weights, members, leaves.MoveToImmutable(), reclaim);
    }
}
