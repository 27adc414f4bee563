using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Which coins of the wallet are promised to which intent, durably: what is reserved survives a restart.</summary>
/// <remarks>A reservation is released only when its transaction, or a conflict of it, is six deep, or when no broadcast was ever intended
/// (D42). The store serialises all calls. It throws only what its storage throws; then nothing is reserved.</remarks>
public interface ICoinReservations
{
    /// <summary>Reserves all of the coins for the owner, or none of them.</summary>
    /// <param name="owner">The intent they belong to: 1 to 200 characters, the same text for the same intent for ever.</param>
    /// <param name="coins">At least one. Coins that this owner holds already stay with it, so repeating is safe.</param>
    /// <param name="cancellation">Ends the wait, not the reservation.</param>
    /// <returns>On disk when it says reserved.</returns>
    Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<OutPoint> coins, CancellationToken cancellation);

    /// <summary>Releases every coin of the owner. Repeating is safe.</summary>
    Task ReleaseAsync(string owner, CancellationToken cancellation);

    /// <summary>All reservations, ordered by owner and coin.</summary>
    Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation);
}

/// <summary>One reserved coin.</summary>
/// <param name="Owner">The intent it belongs to.</param>
/// <param name="Coin">The coin.</param>
public sealed record CoinReservation(string Owner, OutPoint Coin);

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
