using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Coordinator.Oracle;

/// <summary>The outcomes of an event with n entries and k places: every ordered choice of k of the indices 0 to n−1 in lexicographic
/// order, then one more, (0, 1, …, n−1): everybody is refunded. Index j is the j-th entry by id (<see cref="EntryOrder"/>).</summary>
public sealed class OutcomeMessages
{
    public const int MaximumEntries = 25;
    public const int MaximumPlaces = 5;

    /// <summary>The oracle announces no event with more.</summary>
    public const int MaximumOutcomes = 20_000;

    private readonly ImmutableArray<ImmutableArray<int>> _rankings;

    private OutcomeMessages(int entries, int places, ImmutableArray<ImmutableArray<int>> rankings)
    {
        Entries = entries;
        Places = places;
        _rankings = rankings;
    }

    public int Entries { get; }

    public int Places { get; }

    /// <summary>The number of outcomes, refund-all included.</summary>
    public int Count => _rankings.Length;

    /// <summary>The number of the refund-all outcome, the last one.</summary>
    public int RefundAll => _rankings.Length - 1;

    /// <summary>n·(n−1)·…·(n−k+1) + 1.</summary>
    public static long CountOf(int entries, int places)
    {
        long count = 1;
        for (var i = 0; i < places; i++)
        {
            count = checked(count * Math.Max(0, entries - i));
        }

        return count + 1;
    }

    /// <summary>All outcomes.</summary>
    /// <param name="entries">2 to 25.</param>
    /// <param name="places">1 to 5 and fewer than entries (else two outcomes would have one message).</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside these ranges, or more than <see cref="MaximumOutcomes"/> outcomes.</exception>
    public static OutcomeMessages Of(int entries, int places)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entries, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries, MaximumEntries);
        ArgumentOutOfRangeException.ThrowIfLessThan(places, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(places, Math.Min(MaximumPlaces, entries - 1));
        var count = CountOf(entries, places);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaximumOutcomes, nameof(places));
        var rankings = ImmutableArray.CreateBuilder<ImmutableArray<int>>((int)count);
        AddRankings(rankings, new int[places], 0, entries);
        rankings.Add([.. Enumerable.Range(0, entries)]);
        return new(entries, places, rankings.MoveToImmutable());
    }

    /// <summary>The indices of an outcome, best place first; for the last outcome all of them.</summary>
    /// <param name="outcome">0 to Count − 1.</param>
    public ImmutableArray<int> Ranking(int outcome) => _rankings[outcome];

    /// <summary>The attested message of an outcome: each index as eight bytes big-endian, nothing between them.</summary>
    public byte[] Message(int outcome) => MessageOf(_rankings[outcome].AsSpan());

    /// <summary>The outcome with this ranking, or null where it is none of this event.</summary>
    public int? Find(ReadOnlySpan<int> ranking)
    {
        for (var i = 0; i < _rankings.Length; i++)
        {
            if (_rankings[i].AsSpan().SequenceEqual(ranking))
            {
                return i;
            }
        }

        return null;
    }

    private static byte[] MessageOf(ReadOnlySpan<int> ranking)
    {
        var message = new byte[ranking.Length * 8];
        for (var i = 0; i < ranking.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(i * 8), ranking[i]);
        }

        return message;
    }

    private static void AddRankings(ImmutableArray<ImmutableArray<int>>.Builder rankings, int[] prefix, int filled, int entries)
    {
        if (filled == prefix.Length)
        {
            rankings.Add([.. prefix]);
            return;
        }

        for (var candidate = 0; candidate < entries; candidate++)
        {
            if (!prefix.AsSpan(0, filled).Contains(candidate))
            {
                prefix[filled] = candidate;
                AddRankings(rankings, prefix, filled + 1, entries);
            }
        }
    }
}

/// <summary>The order that gives entries their indices at the oracle: the 16 bytes of the id as they are written, big-endian.</summary>
public static class EntryOrder
{
    /// <summary>Compares two ids as the oracle does.</summary>
    public static int Compare(Guid left, Guid right)
    {
        Span<byte> a = stackalloc byte[16];
        Span<byte> b = stackalloc byte[16];
        left.TryWriteBytes(a, bigEndian: true, out _);
        right.TryWriteBytes(b, bigEndian: true, out _);
        return a.SequenceCompareTo(b);
    }

    /// <summary>The ids in index order.</summary>
    public static ImmutableArray<Guid> Sort(IEnumerable<Guid> entryIds) => [.. entryIds.Order(Comparer<Guid>.Create(Compare))];
}
