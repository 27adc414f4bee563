using System.Collections.Immutable;

namespace Coordinator.Simulation;

/// <summary>All rules.</summary>
internal static class RuleBook
{
    public static ImmutableArray<Rule> All(Evidence evidence) =>
    [
        new PreimageRule(evidence),
    ];
}
