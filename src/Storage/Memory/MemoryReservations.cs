using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>The in-memory twin of stored reservations.</summary>
public sealed class MemoryReservations(MemoryDisk disk) : IReservationStore
{
    /// <inheritdoc/>
    public Task<ReservationResult> ReserveAsync(string owner, IReadOnlyList<CoinToReserve> coins)
    {
        ReservationRules.Require(owner, coins);
        CoinToReserve[] wanted = [.. coins];
        return disk.WriteAsync(content => Reserve(content, owner, wanted));
    }

    /// <inheritdoc/>
    public Task<int> MarkBroadcastAsync(string owner, string txid)
    {
        ArgumentException.ThrowIfNullOrEmpty(txid);
        return disk.WriteAsync(content =>
        {
            var held = content.Reservations.Values.Where(coin => coin.Owner == owner).ToList();
            var next = content.Reservations.SetItems(held.Select(coin => KeyValuePair.Create(coin.Outpoint, coin with { BroadcastTxid = txid })));
            return (content with { Reservations = next }, held.Count);
        });
    }

    /// <inheritdoc/>
    public Task<int> ReleaseAsync(string owner) => FreeAsync(coin => coin.Owner == owner && coin.BroadcastTxid is null);

    /// <inheritdoc/>
    public Task<int> SettleAsync(string owner) => FreeAsync(coin => coin.Owner == owner);

    /// <inheritdoc/>
    public Task<ImmutableArray<StoredReservation>> ListAsync() => disk.ReadAsync(content => content.Reservations.Values.ToImmutableArray());

    private Task<int> FreeAsync(Func<StoredReservation, bool> chosen) => disk.WriteAsync(content =>
    {
        var outpoints = content.Reservations.Values.Where(chosen).Select(coin => coin.Outpoint).ToList();
        return (content with { Reservations = content.Reservations.RemoveRange(outpoints) }, outpoints.Count);
    });

    private static (MemoryDisk.Content Next, ReservationResult Answer) Reserve(MemoryDisk.Content content, string owner, CoinToReserve[] wanted)
    {
        var taken = wanted
            .Select(coin => content.Reservations.GetValueOrDefault(coin.Outpoint))
            .OfType<StoredReservation>()
            .Where(coin => coin.Owner != owner)
            .OrderBy(coin => coin.Outpoint, StringComparer.Ordinal)
            .ToImmutableArray();
        var fresh = wanted
            .Where(coin => taken.IsEmpty && !content.Reservations.ContainsKey(coin.Outpoint))
            .Select(coin => KeyValuePair.Create(coin.Outpoint, new StoredReservation(coin.Outpoint, owner, coin.Satoshis)));
        return (content with { Reservations = content.Reservations.SetItems(fresh) }, new ReservationResult(taken));
    }
}
