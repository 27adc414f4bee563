using System.Collections.Immutable;

namespace Coordinator.Simulation;

/// <summary>How often what happened: faults by kind, kills by kind, ends, ways out. Nothing is true by never happening.</summary>
public sealed class Counts
{
    private readonly SortedDictionary<(string Group, string Name), long> _counts = [];

    /// <summary>By group, then by name.</summary>
    public ImmutableArray<(string Group, string Name, long Count)> All => [.. _counts.Select(entry => (entry.Key.Group, entry.Key.Name, entry.Value))];

    public long this[string group, string name] => _counts.GetValueOrDefault((group, name));

    public void Add(string group, string name, long count = 1) => _counts[(group, name)] = this[group, name] + count;

    public void Add(Counts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (group, name, count) in other.All)
        {
            Add(group, name, count);
        }
    }
}
