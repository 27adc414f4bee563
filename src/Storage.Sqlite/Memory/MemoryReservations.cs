using System.Collections.Immutable;

namespace Coordinator.Storage.Sqlite;

/// <summary>The in-memory twin of <see cref="SqliteReservations"/>.</summary>
public sealed class MemoryReservations(MemoryDisk disk, IStorageGate gate) : IReservationStore
{
    /// <inheritdoc/>
    public async Task<ReservationResult> ReserveAsync(string owner, IReadOnlyList<CoinToReserve> coins)
    {
        ReservationRules.Require(owner, coins);
        CoinToReserve[] wanted = [.. coins];
        await gate.EnterAsync("reservation.reserve");
        var answer = disk.Write(content => Reserve(content, owner, wanted));
        await gate.LeaveAsync("reservation.reserve");
        return answer;
    }

    /// <inheritdoc/>
    public async Task<int> MarkBroadcastAsync(string owner, string txid)
    {
        ArgumentException.ThrowIfNullOrEmpty(txid);
        await gate.EnterAsync("reservation.mark");
        var marked = disk.Write(content =>
        {
            var held = content.Reservations.Values.Where(coin => coin.Owner == owner).ToList();
            var next = content.Reservations.SetItems(held.Select(coin => KeyValuePair.Create(coin.Outpoint, coin with { BroadcastTxid = txid })));
            return (content with { Reservations = next }, held.Count);
        });
        await gate.LeaveAsync("reservation.mark");
        return marked;
    }

    /// <inheritdoc/>
    public Task<int> ReleaseAsync(string owner)
        => FreeAsync("reservation.release", coin => coin.Owner == owner && coin.BroadcastTxid is null);

    /// <inheritdoc/>
    public Task<int> SettleAsync(string owner) => FreeAsync("reservation.settle", coin => coin.Owner == owner);

    /// <inheritdoc/>
    public async Task<ImmutableArray<StoredReservation>> ListAsync()
    {
        await gate.EnterAsync("reservation.list");
        var all = disk.Read(content => content.Reservations.Values.ToImmutableArray());
        await gate.LeaveAsync("reservation.list");
        return all;
    }

    private async Task<int> FreeAsync(string operation, Func<StoredReservation, bool> chosen)
    {
        await gate.EnterAsync(operation);
        var freed = disk.Write(content =>
        {
            var outpoints = content.Reservations.Values.Where(chosen).Select(coin => coin.Outpoint).ToList();
            return (content with { Reservations = content.Reservations.RemoveRange(outpoints) }, outpoints.Count);
        });
        await gate.LeaveAsync(operation);
        return freed;
    }

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
