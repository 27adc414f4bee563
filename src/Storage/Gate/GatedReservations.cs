using System.Collections.Immutable;

namespace Coordinator.Storage;

/// <summary>Reservations behind a gate. Operations: <c>reservation.</c> reserve, mark, release, settle, list.</summary>
internal sealed class GatedReservations(IReservationStore inner, IStorageGate gate) : IReservationStore
{
    public Task<ReservationResult> ReserveAsync(string owner, IReadOnlyList<CoinToReserve> coins)
        => gate.PassAsync("reservation.reserve", () => inner.ReserveAsync(owner, coins));

    public Task<int> MarkBroadcastAsync(string owner, string txid) => gate.PassAsync("reservation.mark", () => inner.MarkBroadcastAsync(owner, txid));

    public Task<int> ReleaseAsync(string owner) => gate.PassAsync("reservation.release", () => inner.ReleaseAsync(owner));

    public Task<int> SettleAsync(string owner) => gate.PassAsync("reservation.settle", () => inner.SettleAsync(owner));

    public Task<ImmutableArray<StoredReservation>> ListAsync() => gate.PassAsync("reservation.list", inner.ListAsync);
}
