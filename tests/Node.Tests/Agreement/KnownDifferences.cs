namespace Coordinator.Node.Tests;

/// <summary>Cases of which the simulated chain and the node once said different things; asked again every time.</summary>
internal static class KnownDifferences
{
    public static IReadOnlyList<ulong> Seeds { get; } = [6_021_396, 6_021_910, 6_022_337, 6_022_391, 6_024_000, 6_024_306];
}
