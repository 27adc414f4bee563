namespace Coordinator.Simulation;

/// <summary>When the oracle attested what.</summary>
internal sealed partial class Evidence
{
    private readonly Dictionary<Guid, DateTimeOffset> _attested = [];

    /// <summary>When the oracle attested the competition's event; null while it has not.</summary>
    public DateTimeOffset? AttestedAt(Guid competition) => _attested.TryGetValue(competition, out var at) ? at : null;

    private void FollowOracle()
    {
        foreach (var record in World.Oracle.Export().Events.Where(record => record.Outcome is not null))
        {
            _attested.TryAdd(record.Terms.Id, Now);
        }
    }
}
