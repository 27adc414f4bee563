using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>What is on disk for one competition: its state and its pending intents, in one write (money rule: intent first).</summary>
public sealed record CompetitionDocument
{
    public const int CurrentSchema = 1;

    /// <summary>Which code wrote it; a newer one is refused.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Raised by every write.</summary>
    public long Version { get; init; }

    /// <summary>Null before the competition is created.</summary>
    public CompetitionState? State { get; init; }

    /// <summary>The operator has put it out of sight; nothing of it is open, and its id is never used again.</summary>
    public bool Deleted { get; init; }

    public ImmutableArray<Intent> Intents { get; init; } = [];

    /// <summary>For the operator; no rule reads it.</summary>
    public CompetitionHistory History { get; init; } = new();

    /// <summary>The document after its state became another one: intents that are no longer wanted are gone, new ones are due now.</summary>
    public CompetitionDocument After(CompetitionState next, DateTimeOffset now)
    {
        var known = Intents.ToDictionary(intent => intent.Effect.Key, StringComparer.Ordinal);
        ImmutableArray<Intent> wanted =
            [.. next.Wants().Select(effect => known.GetValueOrDefault(effect.Key) ?? new Intent(effect, 0, now, null) { Since = now })];
        var kept = wanted.Select(intent => intent.Effect.Key).ToHashSet(StringComparer.Ordinal);
        return this with
        {
            Version = Version + 1,
            State = next,
            Intents = wanted,
            History = History.After(State?.Wire, next.Wire, [.. Intents.Where(intent => !kept.Contains(intent.Effect.Key))], now),
        };
    }

    /// <summary>The document after an attempt that did not finish its intent.</summary>
    public CompetitionDocument Postponed(Intent intent, string why, DateTimeOffset now) => this with
    {
        Version = Version + 1,
        Intents = [.. Intents.Select(pending => pending.Effect.Key == intent.Effect.Key ? pending.Later(why, now) : pending)],
    };

    /// <summary>The document with every intent due at once.</summary>
    public CompetitionDocument Hastened(DateTimeOffset now) => this with
    {
        Intents = [.. Intents.Select(intent => intent.NotBefore > now ? intent with { NotBefore = now } : intent)],
    };

    /// <summary>The moment at which the earliest intent is due.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextDue => Intents.IsEmpty ? null : Intents.Min(intent => intent.NotBefore);
}

/// <summary>An effect that has to be carried out.</summary>
/// <param name="Effect">What to do.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NotBefore">When it is due.</param>
/// <param name="LastError">What the last attempt said; never a secret.</param>
public sealed record Intent(Effect Effect, int Attempts, DateTimeOffset NotBefore, string? LastError)
{
    /// <summary>What stands for the error of an attempt that did what it should.</summary>
    internal const string Done = "done; waiting to see what follows";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>When it was wanted first; null in older documents.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Tried again after half a second, then twice as long each time, at most a minute.</summary>
    public Intent Later(string why, DateTimeOffset now)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 0.5 * Math.Pow(2, Math.Min(Attempts, 10))));
        return this with { Attempts = Attempts + 1, NotBefore = now + pause, LastError = why };
    }
}
