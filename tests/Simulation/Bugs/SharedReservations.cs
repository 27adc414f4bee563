using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Simulation;

/// <summary>Shows no coin as promised, and says that a coin is reserved when it is somebody else's.</summary>
internal sealed class SharedReservations(ICoinReservations inner) : ICoinReservations
{
    public async Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<ReservedCoin> coins, CancellationToken cancellation)
    {
        _ = await inner.ReserveAsync(owner, coins, cancellation);
        return new ReservationAnswer.Reserved();
    }

    public Task MarkBroadcastAsync(string owner, Txid txid, CancellationToken cancellation) => inner.MarkBroadcastAsync(owner, txid, cancellation);

    public Task ReleaseAsync(string owner, CancellationToken cancellation) => inner.ReleaseAsync(owner, cancellation);

    public Task SettleAsync(string owner, CancellationToken cancellation) => inner.SettleAsync(owner, cancellation);

    public Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CoinReservation>>([]);
}
