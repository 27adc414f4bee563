using System.Buffers.Binary;

namespace Coordinator.Dlc;

/// <summary>
/// The oracle's list of outcomes: every ordered choice of <see cref="Places"/> out of <see cref="Entries"/> positions in lexicographic
/// order, then one outcome that refunds everybody. Positions are the oracle's (entry-id order), not the contract's players.
/// </summary>
public sealed class OutcomeRanking
{
    /// <summary>The most outcomes that a competition may have.</summary>
    public const int MaxOutcomes = 20_000;

    private OutcomeRanking(int entries, int places, int rankings) => (Entries, Places, Rankings) = (entries, places, rankings);

    /// <summary>How many entries are ranked, 2 to 25.</summary>
    public int Entries { get; }

    /// <summary>How many places are paid, 1 to 5 and fewer than entries.</summary>
    public int Places { get; }

    /// <summary>The number of ordered choices.</summary>
    public int Rankings { get; }

    /// <summary>The number of attestation outcomes: every ranking and the refund.</summary>
    public int AttestationCount => Rankings + 1;

    /// <summary>The index of the outcome that refunds everybody: the last one.</summary>
    public int RefundIndex => Rankings;

    /// <summary>The shape, or null where it is not allowed: 2 to 25 entries, 1 to 5 places, places below entries, at most 20,000 outcomes.</summary>
    public static OutcomeRanking? TryOf(int entries, int places)
    {
        if (entries is < 2 or > 25 || places is < 1 or > PlaceWeights.MaxPlaces || places >= entries)
        {
            return null;
        }

        var rankings = 1L;
        for (var i = 0; i < places; i++)
        {
            rankings *= entries - i;
        }

        return rankings + 2 <= MaxOutcomes ? new(entries, places, (int)rankings) : null;
    }

    /// <inheritdoc cref="TryOf"/>
    /// <exception cref="ArgumentOutOfRangeException">The shape is not allowed.</exception>
    public static OutcomeRanking Of(int entries, int places) => TryOf(entries, places)
        ?? throw new ArgumentOutOfRangeException(nameof(places), $"{entries} entries with {places} places are not allowed");

    /// <summary>The positions paid by an outcome, first place first; all positions in order for the refund.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such outcome.</exception>
    public int[] WinnersOf(int outcomeIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outcomeIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outcomeIndex, RefundIndex);
        if (outcomeIndex == RefundIndex)
        {
            return [.. Enumerable.Range(0, Entries)];
        }

        var unused = Enumerable.Range(0, Entries).ToList();
        var (winners, rest, block) = (new int[Places], outcomeIndex, Rankings);
        for (var place = 0; place < Places; place++)
        {
            block /= Entries - place;
            winners[place] = unused[rest / block];
            unused.RemoveAt(rest / block);
            rest %= block;
        }

        return winners;
    }

    /// <summary>The index of the outcome that ranks these positions so, first place first.</summary>
    /// <exception cref="ArgumentException">Not as many positions as places, one twice, or one out of range.</exception>
    public int IndexOf(params ReadOnlySpan<int> ranking)
    {
        if (ranking.Length != Places)
        {
            throw new ArgumentException($"{ranking.Length} positions for {Places} places", nameof(ranking));
        }

        var unused = Enumerable.Range(0, Entries).ToList();
        var (index, block) = (0, Rankings);
        for (var place = 0; place < Places; place++)
        {
            var digit = unused.IndexOf(ranking[place]);
            if (digit < 0)
            {
                throw new ArgumentException($"position {ranking[place]} is out of range or occurs twice", nameof(ranking));
            }

            block /= Entries - place;
            index += digit * block;
            unused.RemoveAt(digit);
        }

        return index;
    }

    /// <summary>The oracle's message for an outcome: its positions as 8-byte big-endian integers, one after the other.</summary>
    public byte[] MessageOf(int outcomeIndex)
    {
        var winners = WinnersOf(outcomeIndex);
        var message = new byte[winners.Length * 8];
        for (var i = 0; i < winners.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(i * 8), winners[i]);
        }

        return message;
    }

    /// <summary>
    /// Whom each outcome of the contract pays: every ranking by place weights, the refund and the expiry everybody alike.
    /// </summary>
    /// <param name="playerOfPosition">For each position of the oracle the index of the contract's player; a permutation.</param>
    /// <exception cref="ArgumentException">Not a permutation of the entries.</exception>
    public OutcomePayouts Payouts(IReadOnlyList<int> playerOfPosition)
    {
        if (!playerOfPosition.Order().SequenceEqual(Enumerable.Range(0, Entries)))
        {
            throw new ArgumentException("the map from positions to players is not a permutation of the entries", nameof(playerOfPosition));
        }

        var weights = PlaceWeights.For(Places);
        var everybody = PayoutWeights.Equal(Entries);
        var entries = new List<OutcomePayout>(Rankings + 2);
        for (var index = 0; index < Rankings; index++)
        {
            var winners = WinnersOf(index);
            entries.Add(new OutcomePayout(
                Outcome.Attestation(index),
                PayoutWeights.Of(winners.Select((position, place) => new PayoutWeight(playerOfPosition[position], weights[place])))));
        }

        entries.Add(new OutcomePayout(Outcome.Attestation(RefundIndex), everybody));
        entries.Add(new OutcomePayout(Outcome.Expiry, everybody));
        return OutcomePayouts.Of(entries);
    }
}
