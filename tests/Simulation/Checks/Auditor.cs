using System.Collections.Immutable;
using Coordinator.Chain;
using Coordinator.Storage;

namespace Coordinator.Simulation;

/// <summary>
/// Looks at the true chain, the true Lightning nodes, the true oracle and the coordinator's disk, never at what the coordinator believes, and says
/// when money is not where it has to be. Made before the coordinator starts; what the coordinator uses is wrapped by the <c>Watch</c> calls.
/// </summary>
public sealed class Auditor
{
    private readonly Evidence _evidence;
    private readonly ImmutableArray<Rule> _rules;

    public Auditor(AuditedWorld world)
    {
        _evidence = new Evidence(world);
        _rules = RuleBook.All(_evidence);
        foreach (var rule in _rules)
        {
            _evidence.Add(rule);
        }
    }

    /// <summary>By rule: how often there was something to check.</summary>
    public IReadOnlyDictionary<string, int> Seen => new SortedDictionary<string, int>(
        _rules.ToDictionary(rule => rule.Name, rule => rule.Seen), StringComparer.Ordinal);

    internal Evidence Evidence => _evidence;

    internal IEnumerable<Rule> Rules => _rules;

    /// <summary>Goes directly onto the model's chain port, below every fault.</summary>
    public IChain Watch(IChain chain) => new WatchedChain(chain, _evidence);

    /// <summary>Goes directly onto the disk, below gates and faults.</summary>
    public StoragePorts Watch(StoragePorts disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return disk with
        {
            Documents = new WatchedDocuments(disk.Documents, _evidence),
            BitcoinDocuments = new WatchedDocuments(disk.BitcoinDocuments, _evidence),
            Artefacts = new WatchedArtefacts(disk.Artefacts, _evidence),
            Reservations = new WatchedReservations(disk.Reservations, _evidence),
        };
    }

    /// <summary>After every turn: throws what was seen since the last call. Costs next to nothing when nothing happened.</summary>
    /// <exception cref="Violation">The first thing that must never be.</exception>
    public void Step() => _evidence.Step();

    /// <summary>Once, when everything is over: faults have stopped and there was time enough for every competition to end.</summary>
    /// <exception cref="Violation">The first thing that must never be.</exception>
    public void End() => _evidence.End();
}
