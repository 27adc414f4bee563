using Coordinator.Testing;

namespace Coordinator.Simulation;

/// <summary>Draws what goes wrong, until the faults end. One stream of randomness for all of them.</summary>
internal sealed class FaultSource(SplitMix64 random, SimClock clock, Counts counts, Trace trace, FaultPlan plan)
{
    private static readonly FaultKind[] CallKinds =
        [FaultKind.ErrorBefore, FaultKind.ErrorAfter, FaultKind.SilenceAfter, FaultKind.SilenceBefore, FaultKind.DelayBefore, FaultKind.DelayAfter];

    private static readonly FaultKind[] EventKinds =
        [FaultKind.EventLost, FaultKind.EventDoubled, FaultKind.EventLate, FaultKind.StreamBroken];

    public SplitMix64 Random => random;

    public bool Active => clock.Elapsed < plan.End;

    /// <summary>What happens to the next call of this port; null: nothing.</summary>
    public FaultKind? ForCall(Port port, string method)
    {
        if (!Active)
        {
            return null;
        }

        if (plan.DeadTimes.Any(dead => dead.Port == port && dead.From <= clock.Elapsed && clock.Elapsed < dead.Until))
        {
            counts.Add("fault", Name(FaultKind.Dead));
            return FaultKind.Dead;
        }

        return Chance(plan.CallsPerMille(port)) ? Happens(CallKinds[random.Below(CallKinds.Length)], $"{port}.{method}") : null;
    }

    public FaultKind? ForEvent() => Active && Chance(plan.EventsPerMille) ? Happens(EventKinds[random.Below(EventKinds.Length)], "event") : null;

    /// <summary>Whether this happens now, with the chance given.</summary>
    public bool Draws(FaultKind kind, int perMille, string about)
    {
        if (!Active || !Chance(perMille))
        {
            return false;
        }

        Happens(kind, about);
        return true;
    }

    public FaultKind Happens(FaultKind kind, string about)
    {
        counts.Add("fault", Name(kind));
        trace.Add($"FAULT {kind} {about}");
        return kind;
    }

    /// <summary>From a tenth of a second to forty: mostly short, sometimes longer than anybody waits.</summary>
    public TimeSpan Delay() => TimeSpan.FromMilliseconds(100 << random.Below(9)) + TimeSpan.FromMilliseconds(random.Below(100));

    public static string Name(FaultKind kind) => kind.ToString();

    private bool Chance(int perMille) => random.Below(1_000) < perMille;
}

/// <summary>What the service calls.</summary>
public enum Port
{
    Chain,
    Lightning,
    Oracle,
    Keymeld,
}

/// <summary>How bad the weather is in one seed.</summary>
/// <param name="End">From then on nothing goes wrong any more.</param>
/// <param name="PortPerMille">Faults per thousand calls, by port.</param>
/// <param name="EventsPerMille">Faults per thousand events of streams.</param>
/// <param name="StoragePerMille">Failing operations per thousand.</param>
/// <param name="PlayersPerMille">Lost requests and answers of players and operator per thousand.</param>
/// <param name="DeadTimes">When which service is away.</param>
/// <param name="Kills">How often the process dies.</param>
/// <param name="MeanTurnsToKill">Turns between two kills, in the mean.</param>
/// <param name="WorldPerMille">Faults of the world around per thousand of its minutes.</param>
internal sealed record FaultPlan(
    TimeSpan End,
    IReadOnlyList<int> PortPerMille,
    int EventsPerMille,
    int StoragePerMille,
    int PlayersPerMille,
    IReadOnlyList<(Port Port, TimeSpan From, TimeSpan Until)> DeadTimes,
    int Kills,
    int MeanTurnsToKill,
    int WorldPerMille)
{
    private static readonly int[] Rates = [0, 0, 2, 10, 40, 150];

    public int CallsPerMille(Port port) => PortPerMille[(int)port];

    public static FaultPlan Draw(SplitMix64 random)
    {
        var end = TimeSpan.FromMinutes(60 + random.Below(random.Below(3) == 0 ? 2_400 : 1_000));
        if (random.Below(8) == 0)
        {
            return new FaultPlan(TimeSpan.Zero, [0, 0, 0, 0], 0, 0, 0, [], 0, 1, 0);
        }

        var calm = random.Below(6);
        int Rate() => Rates[random.Below(calm == 0 ? Rates.Length : calm < 3 ? 5 : 4)];
        int[] ports = [Rate(), Rate(), Rate(), Rate()];
        var dead = Enumerable.Range(0, random.Below(3)).Select(_ => DeadTime(random, end)).ToList();
        return new FaultPlan(
            end, ports, Rate() * 2, random.Below(3) == 0 ? 1 + random.Below(8) : 0, Rate(), dead, random.Below(7), 300 << random.Below(6), Rate());
    }

    private static (Port Port, TimeSpan From, TimeSpan Until) DeadTime(SplitMix64 random, TimeSpan end)
    {
        var from = TimeSpan.FromMinutes(random.Below((int)end.TotalMinutes));
        return ((Port)random.Below(4), from, from + TimeSpan.FromMinutes(5 << random.Below(7)));
    }
}
