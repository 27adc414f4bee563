using System.Collections.Immutable;

namespace Coordinator.Gateway;

/// <summary>One thing that can be well or not.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Ok">It works.</param>
/// <param name="Essential">Without it the process should be restarted: storage, a worker that must not end. False for what is
/// outside.</param>
/// <param name="Detail">For operators; never a secret.</param>
public sealed record HealthLine(string Name, bool Ok, bool Essential, string? Detail = null);

/// <summary>What the host knows of its own health. Must be cheap: probes ask every few seconds. A registered one is found by the
/// gateway.</summary>
public interface IHealthReport
{
    /// <summary>Looks at what is known; calls nobody outside.</summary>
    ValueTask<ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation);
}
