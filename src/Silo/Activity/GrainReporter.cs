using System.Collections.Immutable;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>Asks the engine what lives, and the filter what was called.</summary>
internal sealed class GrainReporter(IGrainFactory grains, IReminderTable reminders, GrainActivity activity) : IGrainReport
{
    public async Task<GrainReport> LookAsync(CancellationToken cancellation)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        var hosts = await management.GetHosts().WaitAsync(cancellation);
        var activations = await management.GetTotalActivationCount().WaitAsync(cancellation);
        var rows = (await reminders.ReadRows(0, 0).WaitAsync(cancellation)).Reminders
            .GroupBy(row => row.GrainId.Type.ToString() ?? string.Empty, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        var types = ImmutableArray.CreateBuilder<GrainTypeLine>();
        foreach (var type in GrainActivity.Types)
        {
            var active = await management.GetActiveGrains(GrainType.Create(type)).AsTask().WaitAsync(cancellation);
            types.Add(new(type, active.Count, rows.GetValueOrDefault(type), [.. activity.Of(type)]));
        }

        return new(
            [.. hosts.Select(host => new SiloLine(host.Key.ToString() ?? string.Empty, host.Value.ToString())).OrderBy(line => line.Name, StringComparer.Ordinal)],
            activations,
            activity.Since,
            types.ToImmutable());
    }
}
