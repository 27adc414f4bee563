using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Which coins of the wallet are promised to which intent, durably: what is reserved survives a restart.</summary>
/// <remarks>The store serialises all calls. It throws only what its storage throws; then nothing was changed. All calls may be repeated.</remarks>
public interface ICoinReservations
{
    /// <summary>Reserves all of the coins for the owner, or none of them.</summary>
    /// <param name="owner">The intent they belong to: 1 to 200 characters, the same text for the same intent for ever.</param>
    /// <param name="coins">At least one. Coins that this owner holds already stay with it.</param>
    /// <param name="cancellation">Ends the wait, not the reservation.</param>
    /// <returns>On disk when it says reserved.</returns>
    Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<ReservedCoin> coins, CancellationToken cancellation);

    /// <summary>Records, before the transaction leaves, that the owner broadcasts it. From here on only <see cref="SettleAsync"/> frees its
    /// coins. A later transaction of the same owner (a replacement) takes the earlier one's place.</summary>
    Task MarkBroadcastAsync(string owner, Txid txid, CancellationToken cancellation);

    /// <summary>Frees the coins of an owner that never marked a broadcast; those of one that did stay.</summary>
    Task ReleaseAsync(string owner, CancellationToken cancellation);

    /// <summary>Frees every coin of the owner, because its transaction, or a conflict of it, is six deep (D42).</summary>
    Task SettleAsync(string owner, CancellationToken cancellation);

    /// <summary>All reservations, ordered by owner and coin.</summary>
    Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation);
}

/// <summary>A coin to reserve.</summary>
/// <param name="OutPoint">Its name.</param>
/// <param name="Value">For the reader of the list only.</param>
public sealed record ReservedCoin(OutPoint OutPoint, Satoshis Value);

/// <summary>One reserved coin.</summary>
/// <param name="Owner">The intent it belongs to.</param>
/// <param name="Coin">The coin.</param>
/// <param name="Broadcast">The transaction the owner broadcasts, or null before that.</param>
public sealed record CoinReservation(string Owner, ReservedCoin Coin, Txid? Broadcast);

/// <summary>What became of a reservation.</summary>
public abstract record ReservationAnswer
{
    private ReservationAnswer()
    {
    }

    /// <summary>All coins are the owner's.</summary>
    public sealed record Reserved : ReservationAnswer;

    /// <summary>Nothing changed: a coin belongs to another owner. Choose other coins.</summary>
    /// <param name="Coin">The first such coin.</param>
    /// <param name="Owner">Whose it is.</param>
    public sealed record Taken(OutPoint Coin, string Owner) : ReservationAnswer;
}
