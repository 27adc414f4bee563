using System.Collections.Immutable;

namespace Coordinator.Web;

/// <summary>A part of the service, or a service that it uses, and how it has been.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Ok">It works.</param>
/// <param name="Essential">Without it the process should be restarted.</param>
/// <param name="Detail">For operators; never a secret.</param>
/// <param name="Since">From when on it has been as well, or as unwell, as now; looked at only when somebody asks.</param>
/// <param name="LastError">What it said when it was last unwell; null where it never was.</param>
/// <param name="LastErrorAt">When that was.</param>
public sealed record ServiceLine(
    string Name, bool Ok, bool Essential, string? Detail, DateTimeOffset Since, string? LastError, DateTimeOffset? LastErrorAt);

/// <summary>The health of everything, with a memory. The gateway supplies it.</summary>
public interface IServicesView
{
    /// <summary>Looks at what is known; calls nobody outside.</summary>
    ValueTask<ImmutableArray<ServiceLine>> TellAsync(CancellationToken cancellation);
}
