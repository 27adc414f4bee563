using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Reservations in memory only: for simulation and tests, never for money.</summary>
public sealed class MemoryCoinReservations : ICoinReservations
{
    private readonly Lock _gate = new();
    private readonly Dictionary<OutPoint, string> _owners = [];

    public Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<OutPoint> coins, CancellationToken cancellation)
    {
        lock (_gate)
        {
            foreach (var coin in coins)
            {
                if (_owners.TryGetValue(coin, out var holder) && holder != owner)
                {
                    return Task.FromResult<ReservationAnswer>(new ReservationAnswer.Taken(coin, holder));
                }
            }

            foreach (var coin in coins)
            {
                _owners[coin] = owner;
            }

            return Task.FromResult<ReservationAnswer>(new ReservationAnswer.Reserved());
        }
    }

    public Task ReleaseAsync(string owner, CancellationToken cancellation)
    {
        lock (_gate)
        {
            foreach (var coin in _owners.Where(pair => pair.Value == owner).Select(pair => pair.Key).ToList())
            {
                _owners.Remove(coin);
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            IReadOnlyList<CoinReservation> all = [.. _owners.Select(pair => new CoinReservation(pair.Value, pair.Key))
                .OrderBy(item => item.Owner, StringComparer.Ordinal).ThenBy(item => item.Coin)];
            return Task.FromResult(all);
        }
    }
}
