using System.Collections.Immutable;

namespace Coordinator.Dlc;

/// <summary>How the pot is divided among the paid places of a competition.</summary>
public static class PlaceWeights
{
    /// <summary>The most places that can be paid.</summary>
    public const int MaxPlaces = 5;

    private static readonly ImmutableArray<ImmutableArray<ulong>> Tables =
        [[100], [60, 40], [45, 35, 20], [42, 30, 18, 10], [40, 27, 16, 9, 8]];

    /// <summary>The weight of each place, first place first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to 5 places.</exception>
    public static ImmutableArray<ulong> For(int places) => places is >= 1 and <= MaxPlaces
        ? Tables[places - 1]
        : throw new ArgumentOutOfRangeException(nameof(places), places, "1 to 5 places are paid");
}
