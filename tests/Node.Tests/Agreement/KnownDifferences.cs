namespace Coordinator.Node.Tests;

/// <summary>Cases of which the simulated chain and the node once said different things; asked again every time.</summary>
internal static class KnownDifferences
{
    public static IReadOnlyList<ulong> Seeds { get; } = [];
}
