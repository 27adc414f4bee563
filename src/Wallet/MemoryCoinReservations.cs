using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Reservations in memory only: for simulation and tests, never for money.</summary>
public sealed class MemoryCoinReservations : ICoinReservations
{
    private readonly Lock _gate = new();
    private readonly Dictionary<OutPoint, CoinReservation> _held = [];

    public Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<ReservedCoin> coins, CancellationToken cancellation)
    {
        lock (_gate)
        {
            foreach (var coin in coins)
            {
                if (_held.TryGetValue(coin.OutPoint, out var held) && held.Owner != owner)
                {
                    return Task.FromResult<ReservationAnswer>(new ReservationAnswer.Taken(coin.OutPoint, held.Owner));
                }
            }

            var broadcast = _held.Values.FirstOrDefault(held => held.Owner == owner)?.Broadcast;
            foreach (var coin in coins)
            {
                _held.TryAdd(coin.OutPoint, new CoinReservation(owner, coin, broadcast));
            }

            return Task.FromResult<ReservationAnswer>(new ReservationAnswer.Reserved());
        }
    }

    public Task MarkBroadcastAsync(string owner, Txid txid, CancellationToken cancellation)
    {
        lock (_gate)
        {
            foreach (var held in _held.Values.Where(held => held.Owner == owner).ToList())
            {
                _held[held.Coin.OutPoint] = held with { Broadcast = txid };
            }
        }

        return Task.CompletedTask;
    }

    public Task ReleaseAsync(string owner, CancellationToken cancellation) => FreeAsync(held => held.Owner == owner && held.Broadcast is null);

    public Task SettleAsync(string owner, CancellationToken cancellation) => FreeAsync(held => held.Owner == owner);

    public Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            IReadOnlyList<CoinReservation> all = [.. _held.Values.OrderBy(held => held.Owner, StringComparer.Ordinal).ThenBy(held => held.Coin.OutPoint)];
            return Task.FromResult(all);
        }
    }

    private Task FreeAsync(Func<CoinReservation, bool> free)
    {
        lock (_gate)
        {
            foreach (var held in _held.Values.Where(free).ToList())
            {
                _held.Remove(held.Coin.OutPoint);
            }
        }

        return Task.CompletedTask;
    }
}
