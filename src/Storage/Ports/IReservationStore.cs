using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>A coin that is promised to one intent.</summary>
/// <param name="Outpoint"><c>txid:vout</c>, txid in display order, lower case.</param>
/// <param name="Owner">The id of the intent that spends it.</param>
/// <param name="Satoshis">Its amount, or null where it was not told.</param>
/// <param name="BroadcastTxid">The transaction of the owner's broadcast intent, or null before there is one.</param>
public sealed record StoredReservation(string Outpoint, string Owner, long? Satoshis, string? BroadcastTxid = null);

/// <summary>A coin to reserve.</summary>
/// <param name="Outpoint"><c>txid:vout</c>, txid in display order, lower case.</param>
/// <param name="Satoshis">Its amount, above zero, or null where the caller does not know it; for the reader of the list only.</param>
public readonly record struct CoinToReserve(string Outpoint, long? Satoshis = null);

/// <summary>Whether a set of coins was reserved.</summary>
/// <param name="TakenByOthers">The coins that another intent holds, by outpoint; empty when everything was reserved.</param>
public sealed record ReservationResult(ImmutableArray<StoredReservation> TakenByOthers)
{
    /// <summary>True when every coin is now the owner's; false when none was taken by this call.</summary>
    public bool Reserved => TakenByOthers.IsEmpty;
}

/// <summary>Durable promises of coins to intents. A coin has at most one owner.</summary>
public interface IReservationStore
{
    /// <summary>Reserves all of these coins or none. Safe to repeat: coins the owner holds already stay its own.</summary>
    /// <exception cref="ArgumentException">An amount below 1 satoshi, an empty name, or a coin named twice.</exception>
    Task<ReservationResult> ReserveAsync(string owner, IReadOnlyList<CoinToReserve> coins);

    /// <summary>Records, before the transaction is sent, that the owner broadcasts it. From here on only <see cref="SettleAsync"/> frees its coins.
    /// Safe to repeat; a later transaction of the same owner (a replacement) takes the earlier one's place.</summary>
    /// <returns>How many coins the owner holds.</returns>
    Task<int> MarkBroadcastAsync(string owner, string txid);

    /// <summary>Frees the coins of an intent that never reached its broadcast. Safe to repeat.</summary>
    /// <returns>How many coins were freed; coins of a broadcast intent stay and do not count.</returns>
    Task<int> ReleaseAsync(string owner);

    /// <summary>Frees every coin of an intent, because its transaction or a conflict has the depth that the caller's rule demands. Safe to repeat.</summary>
    /// <returns>How many coins were freed.</returns>
    Task<int> SettleAsync(string owner);

    /// <summary>All reservations, ordered by outpoint.</summary>
    Task<ImmutableArray<StoredReservation>> ListAsync();
}
