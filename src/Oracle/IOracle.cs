using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Oracle;

/// <summary>The weather oracle that announces an event and later attests its ranking.</summary>
/// <remarks>No call throws for what the oracle or the network does; see <see cref="OracleAnswer{T}"/>. Only a cancelled
/// <see cref="CancellationToken"/> of the caller ends in <see cref="OperationCanceledException"/>.</remarks>
public interface IOracle
{
    /// <summary>The key that signs every attestation (P). Pin it: an event's announcement is checked against it.</summary>
    Task<OracleAnswer<PublicKey>> GetPublicKeyAsync(CancellationToken cancellation);

    /// <summary>Creates the event. Not safe to repeat blindly: after anything but Done or Refused read the event first; a repeat of a
    /// create
    /// that worked is answered with an error.</summary>
    Task<OracleAnswer<OracleEvent>> CreateEventAsync(OracleEventTerms terms, CancellationToken cancellation);

    /// <summary>The event as it is now, with its announcement, entries and, once there is one, its attestation.</summary>
    Task<OracleAnswer<OracleEvent>> GetEventAsync(Guid eventId, CancellationToken cancellation);

    /// <summary>Hands over all entries of the event in one call, which works once. After anything but Done read the event and compare with
    /// <see cref="OracleEvent.ShowsExactly"/>.</summary>
    Task<OracleAnswer<Acknowledged>> AddEntriesAsync(Guid eventId, ImmutableArray<OracleEntry> entries, CancellationToken cancellation);
}
