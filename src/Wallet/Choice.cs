using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Coins to reserve and what is built on them, or a refusal.</summary>
internal sealed record Choice<T>(IReadOnlyList<ReservedCoin> Coins, T? Value, WalletRefusal? Refusal = null, string Detail = "")
{
    public static Choice<T> No(WalletRefusal reason, string detail) => new([], default, reason, detail);
}

/// <summary>Which coins are promised, from the point of view of one owner.</summary>
internal sealed class TakenCoins(string owner, IReadOnlyList<CoinReservation> reservations)
{
    private readonly Dictionary<OutPoint, string> _owners = reservations.ToDictionary(item => item.Coin.OutPoint, item => item.Owner);

    public bool MayUse(OutPoint coin) => !_owners.TryGetValue(coin, out var holder) || holder == owner;

    public bool IsOwn(OutPoint coin) => _owners.TryGetValue(coin, out var holder) && holder == owner;
}
