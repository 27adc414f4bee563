using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>What has happened to a competition, for its operator. Nothing is decided by it; documents of older code have none.</summary>
public sealed record CompetitionHistory
{
    /// <summary>A reorganisation may take steps back and make them again; more than this is not kept, oldest first.</summary>
    public const int MostSteps = 64;

    /// <summary>The document is written whole at every change, so it stays small.</summary>
    public const int MostWork = 100;

    /// <summary>The states it was in, each with the moment it began.</summary>
    public ImmutableArray<StoredStep> Steps { get; init; } = [];

    /// <summary>Intents that are no longer wanted: done, or overtaken by what happened.</summary>
    public ImmutableArray<StoredWork> Ended { get; init; } = [];

    /// <summary>The history after one write.</summary>
    /// <param name="before">The state's word before it; null where there was no state.</param>
    /// <param name="after">The state's word after it.</param>
    /// <param name="gone">Intents that the new state does not want.</param>
    public CompetitionHistory After(string? before, string after, ImmutableArray<Intent> gone, DateTimeOffset now)
    {
        if (before == after && gone.IsEmpty)
        {
            return this;
        }

        return new()
        {
            Steps = before == after ? Steps : Newest(Steps.Add(new StoredStep(after, now)), MostSteps),
            Ended = Newest(Ended.AddRange(gone.Select(intent => new StoredWork(intent.Effect.Key, intent.Since, now, intent.Attempts, ErrorOf(intent)))), MostWork),
        };
    }

    /// <summary>When the present state began; null in older documents.</summary>
    public DateTimeOffset? Since(string state) => Steps.LastOrDefault() is { } last && last.State == state ? last.At : null;

    private static string? ErrorOf(Intent intent) => intent.LastError == Intent.Done ? null : intent.LastError;

    private static ImmutableArray<T> Newest<T>(ImmutableArray<T> all, int most) => all.Length <= most ? all : all[^most..];
}

/// <param name="State">The state's word on the wire.</param>
/// <param name="At">When it began.</param>
public sealed record StoredStep(string State, DateTimeOffset At);

/// <summary>An intent that has ended.</summary>
/// <param name="Effect">Verb and subject.</param>
/// <param name="Since">When it was wanted first; null in older documents.</param>
/// <param name="Until">When it was no longer wanted.</param>
/// <param name="Attempts">How often it was tried; 0 where something else made it unneeded first.</param>
/// <param name="LastError">What the last attempt complained of; never a secret.</param>
public sealed record StoredWork(string Effect, DateTimeOffset? Since, DateTimeOffset Until, int Attempts, string? LastError);
