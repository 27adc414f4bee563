using System.Collections.ObjectModel;
using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;
using Coordinator.Simulators.Lnd;
using Coordinator.Simulators.Oracle;

namespace Coordinator.Simulation;

/// <summary>One player of one competition, as an outsider can tell it apart: nothing of it is asked from the coordinator.</summary>
/// <param name="Competition">Where it plays.</param>
/// <param name="Node">Its Lightning node; the same node may play in several competitions.</param>
/// <param name="ChainScript">Where it takes its share on chain; of this player and competition alone.</param>
public sealed record AuditedPlayer(Guid Competition, string Node, Script ChainScript);

/// <summary>What the auditor looks at: the true models, never the ports with their faults.</summary>
public sealed class AuditedWorld
{
    public required ChainModel Chain { get; init; }

    public required LndModel Lightning { get; init; }

    /// <summary>The name of the coordinator's node.</summary>
    public required string CoordinatorNode { get; init; }

    public required OracleModel Oracle { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Whether the coordinator's wallet can spend what pays this script.</summary>
    public required Func<Script, bool> IsCoordinatorScript { get; init; }

    /// <summary>Everybody who plays; added before the player's first payment, once its node is there.</summary>
    public ObservableCollection<AuditedPlayer> Players { get; } = [];

    /// <summary>Scripts of outsiders who may take the coordinator's coins behind its back (a conflicting spend of the same keys).</summary>
    public ISet<Script> OutsiderScripts { get; } = new HashSet<Script>();
}
