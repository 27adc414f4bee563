using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Oracle.Wire;

namespace Coordinator.Oracle;

/// <summary>An event as the oracle showed it. Nothing in it is verified: <see cref="OracleAnnouncement.Verify"/> does that.</summary>
public sealed record OracleEvent
{
    public required Guid Id { get; init; }

    public required DateTimeOffset SigningDate { get; init; }

    public required DateTimeOffset StartObservationDate { get; init; }

    public required DateTimeOffset EndObservationDate { get; init; }

    public required int TotalAllowedEntries { get; init; }

    public required int NumberOfPlacesWin { get; init; }

    public required OracleEventStatus Status { get; init; }

    /// <summary>The entries in the order shown, which means nothing.</summary>
    public required ImmutableArray<ShownEntry> Entries { get; init; }

    /// <summary>The ids of <c>entry_ids</c> in the order shown.</summary>
    public required ImmutableArray<Guid> EntryIds { get; init; }

    /// <summary>R; where the oracle shows only a secret nonce (v1), its point. Null where neither is shown.</summary>
    public required PublicKey? NoncePoint { get; init; }

    /// <summary>True where the answer carries, under whatever name, a scalar whose point is R or −R: the oracle's key is lost with its
    /// first
    /// attestation (D40). The scalar itself is not kept.</summary>
    public required bool RevealsNonce { get; init; }

    /// <summary>The announced locking points in outcome order, as text; compared, never trusted.</summary>
    public required ImmutableArray<string> LockingPoints { get; init; }

    /// <summary>The announced expiry, unix seconds.</summary>
    public required long? Expiry { get; init; }

    /// <summary>32 bytes big-endian, or empty where there is none yet.</summary>
    public required ImmutableArray<byte> Attestation { get; init; }

    /// <summary>Reads the oracle's answer.</summary>
    /// <exception cref="JsonException">Not an event.</exception>
    public static OracleEvent Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return EventReader.Read(json);
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("a string is not valid text");
        }
    }

    /// <summary>True where the event holds exactly these entries, each once, in any order.</summary>
    public bool ShowsExactly(IEnumerable<Guid> entryIds)
    {
        var ours = entryIds.ToHashSet();
        return ours.Count == Entries.Length
            && ours.Count == EntryIds.Length
            && ours.SetEquals(Entries.Select(entry => entry.Id))
            && ours.SetEquals(EntryIds);
    }
}

/// <summary>An entry as the oracle shows it.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="Score">base × 10 000 less the tie-break; null where not scored or zero.</param>
/// <param name="BaseScore">10 or 20 per right pick; null where not scored or zero.</param>
public sealed record ShownEntry(Guid Id, long? Score, long? BaseScore);
