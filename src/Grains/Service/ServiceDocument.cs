using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>What is on disk about the service as a whole.</summary>
public sealed record ServiceDocument
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Raised at every start and while money moves; 0 before the first.</summary>
    public long Generation { get; init; }

    /// <summary>When it was raised.</summary>
    public DateTimeOffset GenerationAt { get; init; }

    /// <summary>Who asked to take no new money; null where nobody did.</summary>
    public SettleOnlyRecord? SettleOnly { get; init; }

    /// <summary>The last restore that was noticed.</summary>
    public RestoreRecord? Restore { get; init; }

    /// <summary>Payments that no journal explains.</summary>
    public ImmutableArray<StoredHold> Holds { get; init; } = [];
}

public sealed record SettleOnlyRecord(DateTimeOffset At, string By, string Note);

/// <param name="At">When it was noticed.</param>
/// <param name="Reason">How.</param>
/// <param name="PaymentsSince">Payments from here on have to be explained: the time of what was restored.</param>
/// <param name="DoneAt">When every check was in; null while they are not.</param>
public sealed record RestoreRecord(DateTimeOffset At, string Reason, DateTimeOffset PaymentsSince, DateTimeOffset? DoneAt);
