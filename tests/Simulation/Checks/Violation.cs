namespace Coordinator.Simulation;

/// <summary>Something that must never be true of money was seen.</summary>
/// <param name="rule">The name of the rule, as in <see cref="Auditor.Seen"/>.</param>
/// <param name="detail">What was seen, with names and amounts; never a secret.</param>
public sealed class Violation(string rule, string detail) : Exception($"{rule}: {detail}")
{
    public string Rule { get; } = rule;

    public string Detail { get; } = detail;
}
