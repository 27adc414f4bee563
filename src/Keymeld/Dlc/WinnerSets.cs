using System.Collections.Immutable;
using Coordinator.Dlc;

namespace Coordinator.Keymeld;

/// <summary>
/// The sets of players that can be paid together: every choice of <c>places</c> out of <c>entries</c>, whatever the order among them, in
/// lexicographic order. Rankings of the same players share a set, and with it a subset of the keygen session. A pure function of the two
/// numbers. The refund and the expiry pay everybody and need no subset.
/// </summary>
public static class WinnerSets
{
    /// <summary>How many sets there are; 0 for a shape without any.</summary>
    public static long Count(int entries, int places)
    {
        if (places < 1 || places >= entries)
        {
            return 0;
        }

        var count = 1L;
        for (var i = 1; i <= Math.Min(places, entries - places); i++)
        {
            count = checked(count * (entries - i + 1)) / i;
        }

        return count;
    }

    /// <summary>Why a shape cannot be signed through Keymeld, with the nearest that can; null where it can.</summary>
    public static string? Refusal(int entries, int places)
    {
        if (OutcomeRanking.TryOf(entries, places) is null)
        {
            return $"{entries} entries with {places} places are not allowed at all";
        }

        var count = Count(entries, places);
        if (count <= KeygenPlan.MostSubsets)
        {
            return null;
        }

        var nearest = entries;
        while (Count(nearest, places) > KeygenPlan.MostSubsets)
        {
            nearest--;
        }

        return $"{entries} entries with {places} places have {count} sets of winners and a Keymeld session holds "
            + $"{KeygenPlan.MostSubsets}; the nearest shape that fits is {nearest} entries with {places} places ({Count(nearest, places)})";
    }

    /// <summary>All sets, each as ascending player indices.</summary>
    /// <exception cref="ArgumentException">The shape has a <see cref="Refusal"/>.</exception>
    public static ImmutableArray<ImmutableArray<int>> Of(int entries, int places)
    {
        if (Refusal(entries, places) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(places));
        }

        var sets = ImmutableArray.CreateBuilder<ImmutableArray<int>>((int)Count(entries, places));
        var set = Enumerable.Range(0, places).ToArray();
        while (true)
        {
            sets.Add([.. set]);
            var at = places - 1;
            while (at >= 0 && set[at] == entries - places + at)
            {
                at--;
            }

            if (at < 0)
            {
                return sets.MoveToImmutable();
            }

            set[at]++;
            for (var i = at + 1; i < places; i++)
            {
                set[i] = set[i - 1] + 1;
            }
        }
    }

    /// <summary>The subsets to reserve: the coordinator and each set of winners. The ids follow from the session and the members.</summary>
    /// <param name="session">The keygen session.</param>
    /// <param name="coordinatorUser">The coordinator's id.</param>
    /// <param name="seats">Ticket ids by player index.</param>
    /// <param name="places">How many are paid.</param>
    /// <exception cref="ArgumentException">The shape has a <see cref="Refusal"/>.</exception>
    public static ImmutableArray<SubsetDefinition> Subsets(Guid session, Guid coordinatorUser, IReadOnlyList<Guid> seats, int places)
        => [.. Of(seats.Count, places).Select(set => Subset(session, coordinatorUser, seats, set))];

    internal static SubsetDefinition Subset(Guid session, Guid coordinatorUser, IReadOnlyList<Guid> seats, IEnumerable<int> winners)
    {
        ImmutableArray<Guid> members = [coordinatorUser, .. winners.Select(winner => seats[winner])];
        return new SubsetDefinition(DerivedIds.Subset(session, members), members);
    }
}
