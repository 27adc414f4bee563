namespace Coordinator.Storage;

/// <summary>What every reservation store demands of its callers.</summary>
internal static class ReservationRules
{
    public static void Require(string owner, IReadOnlyList<CoinToReserve> coins)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var coin in coins)
        {
            ArgumentException.ThrowIfNullOrEmpty(coin.Outpoint, nameof(coins));
            if (coin.Satoshis < 1)
            {
                throw new ArgumentException($"the coin {coin.Outpoint} has {coin.Satoshis} sat; a coin has at least 1", nameof(coins));
            }
            if (!seen.Add(coin.Outpoint))
            {
                throw new ArgumentException($"the coin {coin.Outpoint} is named twice", nameof(coins));
            }
        }
    }
}
