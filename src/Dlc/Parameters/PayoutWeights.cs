using System.Collections.Immutable;

namespace Coordinator.Dlc;

/// <summary>A winner of an outcome and the weight of its share.</summary>
/// <param name="PlayerIndex">Position in the contract's list of players.</param>
/// <param name="Weight">Its part of the sum of all weights of the outcome.</param>
public readonly record struct PayoutWeight(int PlayerIndex, ulong Weight);

/// <summary>The winners of one outcome with their weights, in ascending order of player index. Equal by content.</summary>
public sealed class PayoutWeights : IEquatable<PayoutWeights>
{
    private PayoutWeights(ImmutableArray<PayoutWeight> winners) => Winners = winners;

    /// <summary>In ascending order of player index; the position is the winner's output index in the split transaction.</summary>
    public ImmutableArray<PayoutWeight> Winners { get; }

    public int Count => Winners.Length;

    /// <exception cref="ArgumentException">A player occurs twice or an index is negative.</exception>
    public static PayoutWeights Of(params IEnumerable<PayoutWeight> winners)
    {
        var sorted = winners.OrderBy(winner => winner.PlayerIndex).ToImmutableArray();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].PlayerIndex < 0 || (i > 0 && sorted[i].PlayerIndex == sorted[i - 1].PlayerIndex))
            {
                throw new ArgumentException($"player {sorted[i].PlayerIndex} is negative or occurs twice", nameof(winners));
            }
        }

        return new(sorted);
    }

    /// <summary>Weight 1 for each of the players 0 to <paramref name="players"/> - 1 (refund to all, expiry).</summary>
    public static PayoutWeights Equal(int players) => Of(Enumerable.Range(0, players).Select(index => new PayoutWeight(index, 1)));

    /// <summary>The output index of this player in the split transaction, or -1 where the player does not win.</summary>
    public int PositionOf(int playerIndex)
    {
        var (low, high) = (0, Winners.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Winners[middle].PlayerIndex == playerIndex)
            {
                return middle;
            }

            (low, high) = Winners[middle].PlayerIndex < playerIndex ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>True where both pay the same players, whatever their weights.</summary>
    public bool HasSameWinners(PayoutWeights other)
    {
        if (other.Count != Count)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (Winners[i].PlayerIndex != other.Winners[i].PlayerIndex)
            {
                return false;
            }
        }

        return true;
    }

    public bool Equals(PayoutWeights? other) => other is not null && Winners.AsSpan().SequenceEqual(other.Winners.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as PayoutWeights);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var winner in Winners)
        {
            hash.Add(winner);
        }

        return hash.ToHashCode();
    }
}

/// <summary>One outcome and whom it pays.</summary>
public readonly record struct OutcomePayout(Outcome Outcome, PayoutWeights Weights);

/// <summary>Whom each outcome pays, in the order of outcomes (expiry last). Equal by content.</summary>
public sealed class OutcomePayouts : IEquatable<OutcomePayouts>
{
    private OutcomePayouts(ImmutableArray<OutcomePayout> entries) => Entries = entries;

    /// <summary>In the order of outcomes. An outcome of the event that pays nobody has no entry.</summary>
    public ImmutableArray<OutcomePayout> Entries { get; }

    public int Count => Entries.Length;

    /// <exception cref="ArgumentException">An outcome occurs twice.</exception>
    public static OutcomePayouts Of(params IEnumerable<OutcomePayout> entries)
    {
        var sorted = entries.OrderBy(entry => entry.Outcome).ToImmutableArray();
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Outcome == sorted[i - 1].Outcome)
            {
                throw new ArgumentException($"outcome {sorted[i].Outcome} occurs twice", nameof(entries));
            }
        }

        return new(sorted);
    }

    /// <summary>The position of the outcome in <see cref="Entries"/>, or -1 where it pays nobody.</summary>
    public int PositionOf(Outcome outcome)
    {
        var (low, high) = (0, Entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Entries[middle].Outcome.CompareTo(outcome);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Whom this outcome pays, or null where it pays nobody.</summary>
    public PayoutWeights? Find(Outcome outcome) => PositionOf(outcome) is var position and >= 0 ? Entries[position].Weights : null;

    public bool Equals(OutcomePayouts? other) => other is not null && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as OutcomePayouts);

    public override int GetHashCode() => Entries.Length;
}
