using System.Collections.Concurrent;
using System.Collections.Frozen;
using Coordinator.Grains;

namespace Coordinator.Silo;

/// <summary>Counts every call into our grains: how many, how long, how many ended in an exception. Changes none of them.</summary>
internal sealed class GrainActivity(TimeProvider clock, GrainCallMeter meter) : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<(string Type, string Method), CallTally> _tallies = new();

    /// <summary>The grain types of the coordinator, in order of name.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        .. typeof(CompetitionGrain).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && typeof(Grain).IsAssignableFrom(type))
            .Select(type => type.GetCustomAttributesData().First(attribute => attribute.AttributeType == typeof(GrainTypeAttribute)).ConstructorArguments[0].Value)
            .OfType<string>()
            .Order(StringComparer.Ordinal),
    ];

    private static readonly FrozenSet<string> Known = Types.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>From when on it counts.</summary>
    public DateTimeOffset Since { get; } = clock.GetUtcNow();

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var type = context.TargetId.Type.ToString() ?? string.Empty;
        if (!Known.Contains(type))
        {
            await context.Invoke();
            return;
        }

        var tally = _tallies.GetOrAdd((type, context.MethodName), key => new CallTally(key.Method));
        var started = clock.GetTimestamp();
        string? error = null;
        try
        {
            await context.Invoke();
        }
        catch (Exception failure)
        {
            error = failure.GetType().Name; // not its message, which may hold what a caller sent
            throw;
        }
        finally
        {
            var took = clock.GetElapsedTime(started);
            tally.Add(took, error, clock.GetUtcNow());
            meter.Count(type, error is not null, took);
        }
    }

    /// <summary>What was counted for one type, in order of the methods' names.</summary>
    public IEnumerable<GrainMethodLine> Of(string type)
        => _tallies.Where(pair => pair.Key.Type == type).OrderBy(pair => pair.Key.Method, StringComparer.Ordinal).Select(pair => pair.Value.Line());
}
