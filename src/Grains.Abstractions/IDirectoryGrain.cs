using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Coordinator.Grains;

/// <summary>All competitions, for lists (key 0). Rebuilt from storage at start; updates carry versions and may repeat or come late.</summary>
[Alias("coordinator.IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Takes a view unless a newer one is known. One that was not known is on disk when it returns.</summary>
    [AlwaysInterleave]
    [Alias("put")]
    Task PutAsync(CompetitionView view);

    /// <summary>Every competition in order of creation, then id.</summary>
    [AlwaysInterleave]
    [Alias("list")]
    Task<ImmutableArray<CompetitionView>> ListAsync();

    /// <summary>What changed since a stamp, in no order; everything where the epoch is not this directory's.</summary>
    /// <param name="epoch">That of the answer before; 0 for none.</param>
    /// <param name="after">The stamp of the answer before.</param>
    [AlwaysInterleave]
    [Alias("changes")]
    Task<DirectoryChanges> ChangesAsync(long epoch, long after);
}

/// <summary>The latest view of each competition that changed.</summary>
/// <param name="Epoch">Another one is another life of the directory: stamps of two lives cannot be compared. Later lives have higher ones.</param>
/// <param name="Stamp">What to ask after the next time.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.directory_changes")]
public sealed record DirectoryChanges(
    [property: Id(0)] long Epoch, [property: Id(1)] long Stamp, [property: Id(2)] ImmutableArray<CompetitionView> Views);

/// <summary>Which competitions a player has entries in; the key is the x-only Nostr key in hex.</summary>
[Alias("coordinator.IPlayerGrain")]
public interface IPlayerGrain : IGrainWithStringKey
{
    /// <summary>On disk when it returns. Safe to repeat.</summary>
    [Alias("add")]
    Task AddAsync(Guid competition);

    /// <summary>In order of first entry.</summary>
    [AlwaysInterleave]
    [Alias("competitions")]
    Task<ImmutableArray<Guid>> CompetitionsAsync();

    /// <summary>No ticket before this moment (D10). On disk when it returns; the later of two counts. Safe to repeat.</summary>
    [Alias("bar")]
    Task BarAsync(PlayerBar bar);

    /// <summary>What was said last, over or not; null where nothing ever was.</summary>
    [AlwaysInterleave]
    [Alias("barred")]
    Task<PlayerBar?> BarredAsync();
}

/// <summary>Why a player gets no ticket, and until when.</summary>
/// <param name="Competition">Which one could not be signed.</param>
/// <param name="Entry">Whose part was missing.</param>
[GenerateSerializer]
[Immutable]
[Alias("coordinator.player_bar")]
public sealed record PlayerBar([property: Id(0)] DateTimeOffset Until, [property: Id(1)] Guid Competition, [property: Id(2)] Guid Entry);

/// <summary>Remembers which NIP-98 events were used; the key is a shard of the event id. After a start it refuses events made before it.</summary>
[Alias("coordinator.IReplayGuardGrain")]
public interface IReplayGuardGrain : IGrainWithIntegerKey
{
    /// <summary>Takes an event id once.</summary>
    /// <param name="eventId">64 lower-case hex digits.</param>
    /// <param name="createdAt">The event's unix seconds.</param>
    [Alias("take")]
    Task<ReplayVerdict> TakeAsync(string eventId, long createdAt);
}

[GenerateSerializer]
[Alias("coordinator.replay_verdict")]
public enum ReplayVerdict
{
    [Id(0)]
    Fresh,
    [Id(1)]
    Replayed,

    /// <summary>Made before this guard started: nobody can tell whether it was used.</summary>
    [Id(2)]
    TooOld,

    /// <summary>No room: a live id is never forgotten for a new one.</summary>
    [Id(3)]
    Full,
}
