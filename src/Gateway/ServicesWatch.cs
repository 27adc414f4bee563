using System.Collections.Immutable;
using Coordinator.Web;

namespace Coordinator.Gateway;

/// <summary>Remembers, from look to look, since when each part is as it is. Safe to use from many requests.</summary>
internal sealed class ServicesWatch(TimeProvider time, IHealthReport? report = null) : IServicesView
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServiceLine> _known = new(StringComparer.Ordinal);

    /// <summary>What every part says now; empty where the host reports nothing.</summary>
    internal async ValueTask<ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation)
    {
        var lines = report is null ? [] : await report.LookAsync(cancellation);
        Remember(lines);
        return lines;
    }

    /// <summary>The same with what is remembered.</summary>
    public async ValueTask<ImmutableArray<ServiceLine>> TellAsync(CancellationToken cancellation)
        => Remember(report is null ? [] : await report.LookAsync(cancellation));

    private ImmutableArray<ServiceLine> Remember(ImmutableArray<HealthLine> lines)
    {
        lock (_gate)
        {
            return [.. lines.Select(Remember)];
        }
    }

    private ServiceLine Remember(HealthLine line)
    {
        var now = time.GetUtcNow();
        var before = _known.GetValueOrDefault(line.Name);
        var (error, at) = line.Ok ? (before?.LastError, before?.LastErrorAt) : (line.Detail ?? "not well", now);
        return _known[line.Name] = new(
            line.Name, line.Ok, line.Essential, line.Detail, before is not null && before.Ok == line.Ok ? before.Since : now, error, at);
    }
}
