using System.Collections.Immutable;
using Coordinator.Storage;

namespace Coordinator.Simulation;

/// <summary>Notes the stored reservations after every change.</summary>
internal sealed class WatchedReservations(IReservationStore inner, Evidence evidence) : IReservationStore
{
    public Task<ReservationResult> ReserveAsync(string owner, IReadOnlyList<CoinToReserve> coins) => NotingAsync(() => inner.ReserveAsync(owner, coins));

    public Task<int> MarkBroadcastAsync(string owner, string txid) => NotingAsync(() => inner.MarkBroadcastAsync(owner, txid));

    public Task<int> ReleaseAsync(string owner) => NotingAsync(() => inner.ReleaseAsync(owner));

    public Task<int> SettleAsync(string owner) => NotingAsync(() => inner.SettleAsync(owner));

    public Task<ImmutableArray<StoredReservation>> ListAsync() => inner.ListAsync();

    private async Task<T> NotingAsync<T>(Func<Task<T>> change)
    {
        var answer = await change();
        evidence.NoteReservations(await inner.ListAsync());
        return answer;
    }
}
