using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>One entry's part in a signing round.</summary>
/// <param name="Nonces">Hash of its stored public nonces.</param>
/// <param name="Partials">Hash of its stored partial signatures.</param>
public sealed record RoundPart(Guid Entry, Hash32 Nonces, Hash32? Partials);

/// <summary>A round of local signing (D9). The aggregate is on disk before any partial signature of the coordinator exists.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Id">128 random bits, hex.</param>
/// <param name="Parts">By entry, in order of submission.</param>
/// <param name="Aggregate">Hash of the published aggregate; once set, nonces of this round never change.</param>
/// <param name="OwnPartials">Hash of the coordinator's partial signatures.</param>
/// <param name="Forced">How often each entry has forced a new round (D10).</param>
public sealed record SigningRound(
    int Number,
    string Id,
    ImmutableArray<RoundPart> Parts,
    Hash32? Aggregate,
    Hash32? OwnPartials,
    ImmutableArray<Guid> Forced)
{
    /// <summary>A new round may be forced by one entry at most this often.</summary>
    public const int MostForced = 3;

    /// <summary>Wrong partial signatures of one entry are added up and searched at most this often in one round: each search costs as much as the
    /// contract is large, and whoever owns one seat could ask for it without end.</summary>
    public const int MostWrong = 5;

    /// <summary>When players could begin with the step that is awaited: nonces, or, once there is an aggregate, partial signatures.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Entries whose partial signatures of this round were wrong, once for each time.</summary>
    public ImmutableArray<Guid> Wrong { get; init; } = [];

    public static SigningRound First(string id, DateTimeOffset at) => new(1, id, [], null, null, []) { Since = at };

    public SigningRound Next(string id, DateTimeOffset at, Guid? forcedBy = null)
        => new(Number + 1, id, [], null, null, forcedBy is { } entry ? Forced.Add(entry) : Forced) { Since = at };

    public SigningRound Published(Hash32 aggregate, DateTimeOffset at) => this with { Aggregate = aggregate, Since = at };

    /// <summary>Without this entry's partial signatures, which were wrong (D10).</summary>
    public SigningRound Reject(Guid entry) => WithPartials(entry, null) with { Wrong = Wrong.Add(entry) };

    public RoundPart? Part(Guid entry) => Parts.FirstOrDefault(part => part.Entry == entry);

    public SigningRound WithNonces(Guid entry, Hash32 nonces) => Part(entry) is { } old
        ? this with { Parts = Parts.Replace(old, new RoundPart(entry, nonces, null)) }
        : this with { Parts = Parts.Add(new RoundPart(entry, nonces, null)) };

    public SigningRound WithPartials(Guid entry, Hash32? partials)
        => Part(entry) is { } old ? this with { Parts = Parts.Replace(old, old with { Partials = partials }) } : this;

    /// <summary>True where every one of this many entries has given its nonces.</summary>
    public bool HasAllNonces(int entries) => Parts.Length == entries;

    [JsonIgnore]
    public bool HasAllPartials => OwnPartials is not null && Parts.All(part => part.Partials is not null);

    public int WrongOf(Guid entry) => Wrong.Count(wrong => wrong == entry);

    public int ForcedBy(Guid entry) => Forced.Count(forced => forced == entry);
}
