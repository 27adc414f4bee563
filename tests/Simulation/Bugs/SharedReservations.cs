using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Simulation;

/// <summary>Whoever chooses coins sees those of others as free, and is told that they are now its own; afterwards each owner of such a coin is shown as
/// its owner in turn, so that all of them get on.</summary>
internal sealed class SharedReservations(ICoinReservations inner) : ICoinReservations
{
    private readonly SortedDictionary<string, (CoinReservation Coin, List<string> Owners)> _shared = new(StringComparer.Ordinal);
    private string? _choosing;
    private int _turn;

    public async Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<ReservedCoin> coins, CancellationToken cancellation)
    {
        _choosing = null;
        var held = (await inner.ListAsync(cancellation)).ToDictionary(reservation => reservation.Coin.OutPoint);
        foreach (var coin in coins)
        {
            if (held.TryGetValue(coin.OutPoint, out var first) && first.Owner != owner)
            {
                var name = coin.OutPoint.ToString();
                _shared.TryAdd(name, (first, [first.Owner]));
                _shared[name].Owners.Add(owner);
            }
        }

        var free = coins.Where(coin => !_shared.ContainsKey(coin.OutPoint.ToString())).ToList();
        return free.Count == 0 ? new ReservationAnswer.Reserved() : await inner.ReserveAsync(owner, free, cancellation);
    }

    public Task MarkBroadcastAsync(string owner, Txid txid, CancellationToken cancellation) => inner.MarkBroadcastAsync(owner, txid, cancellation);

    public Task ReleaseAsync(string owner, CancellationToken cancellation)
    {
        // Whoever starts anew is about to choose.
        _choosing = owner;
        return inner.ReleaseAsync(owner, cancellation);
    }

    public Task SettleAsync(string owner, CancellationToken cancellation) => inner.SettleAsync(owner, cancellation);

    public async Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation)
    {
        var all = await inner.ListAsync(cancellation);
        if (_choosing is { } owner)
        {
            return [.. all.Where(reservation => reservation.Owner == owner)];
        }

        _turn++;
        return [.. all.Select(reservation => _shared.TryGetValue(reservation.Coin.OutPoint.ToString(), out var shared)
            ? reservation with { Owner = shared.Owners[_turn % shared.Owners.Count] }
            : reservation)];
    }
}
