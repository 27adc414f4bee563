using System.Collections.Immutable;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>A hold of the wallet or of the service; competitions keep theirs in their state.</summary>
/// <param name="Kind">snake_case.</param>
/// <param name="Subject">What it is about. Kind and subject are its name: the same thing is one hold for ever.</param>
public sealed record StoredHold(string Kind, string Subject, string Detail, DateTimeOffset Since)
{
    public long Sats { get; init; }

    public HoldRelease? Release { get; init; }

    public HoldView View(string owner) => new($"{owner}/{Kind}/{Subject}", null, Kind, Subject, Detail, Since, null, Sats, HoldViews.Release(Release));
}

/// <summary>Holds as operators see them.</summary>
internal static class HoldViews
{
    public static HoldReleaseView? Release(HoldRelease? release) => release is null ? null : new HoldReleaseView(release.At, release.By, release.Note);

    public static ImmutableArray<HoldView> Of(CompetitionState state)
    {
        var id = state.Header.Terms.Id;
        return
        [
            .. HoldRules.Of(state).Select(hold => new HoldView(
                $"competition/{id}/{hold.Id}", id, HoldRules.NameOf(hold.Kind), hold.Subject, hold.Detail, hold.Since, hold.Entry, hold.Sats, Release(hold.Release))),
        ];
    }

    /// <summary>The holds with this one, unless the same thing is held or was released before.</summary>
    public static ImmutableArray<StoredHold> With(this ImmutableArray<StoredHold> holds, StoredHold hold)
        => holds.Any(known => known.Kind == hold.Kind && known.Subject == hold.Subject) ? holds : holds.Add(hold);

    /// <summary>The holds after a release; null where there is no such hold.</summary>
    public static ImmutableArray<StoredHold>? Released(this ImmutableArray<StoredHold> holds, OperatorWord word, DateTimeOffset now)
        => holds.FirstOrDefault(hold => $"{hold.Kind}/{hold.Subject}" == word.Id) is not { } found ? null
            : found.Release is not null ? holds
            : holds.Replace(found, found with { Release = new HoldRelease(now, word.By, word.Note) });
}
