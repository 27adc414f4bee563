using Coordinator.Dlc;

namespace Coordinator.Competitions;

/// <summary>What one key generation session of the remote signing service can hold (D14; keymeld.md §8.1, §9.1, §13.2). Pure.</summary>
public static class KeymeldLimits
{
    /// <summary>Subsets that one session may define: one per set of winners.</summary>
    public const int MostSubsets = 200;

    /// <summary>Items that one signing session may hold.</summary>
    public const int MostItems = 100;

    /// <summary>Signing sessions that one key generation session may have; failed ones count too.</summary>
    public const int MostBatches = 100;

    /// <summary>Signing sessions kept back for those that fail.</summary>
    public const int SpareBatches = 20;

    /// <summary>The service forgets a session after this time, however it went.</summary>
    public static readonly TimeSpan LongestSession = TimeSpan.FromHours(24);

    /// <summary>How long a session is kept past the signing deadline, so that nothing of the last minute is lost.</summary>
    public static readonly TimeSpan Tail = TimeSpan.FromMinutes(10);

    /// <summary>How many sets of winners a shape has, the refund's not counted: everybody together is the whole group.</summary>
    public static long WinnerSets(int entries, int places)
    {
        var sets = 1L;
        for (var i = 0; i < places; i++)
        {
            sets = sets * (entries - i) / (i + 1);
        }

        return sets;
    }

    /// <summary>The most signing sessions that a contract of this shape is spread over.</summary>
    public static int Batches(int entries, int places)
    {
        var outcomesOfOne = MostItems / (1 + places);
        var rankings = OutcomeRanking.TryOf(entries, places)?.Rankings ?? int.MaxValue - outcomesOfOne;
        return ((rankings - 1) / outcomesOfOne) + 2;
    }

    public static bool Fits(int entries, int places)
        => WinnerSets(entries, places) <= MostSubsets && Batches(entries, places) <= MostBatches - SpareBatches;

    /// <summary>Null where the shape fits, else why not and the nearest shape that does.</summary>
    public static string? RefusalOf(int entries, int places)
    {
        if (Fits(entries, places))
        {
            return null;
        }

        var sets = WinnerSets(entries, places);
        var why = sets > MostSubsets
            ? $"has {sets} sets of winners, a Keymeld session takes {MostSubsets}"
            : $"needs up to {Batches(entries, places)} signing sessions, Keymeld takes {MostBatches} of which {SpareBatches} are kept for retries";
        var fewer = Enumerable.Range(places + 1, entries - places).Last(count => count == places + 1 || Fits(count, places));
        return $"{entries} entries with {places} places {why}: the nearest shape that fits is {fewer} entries with {places} places";
    }
}
