using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Wallet;

namespace Coordinator.Simulation;

/// <summary>Before it shows the coins it frees those whose spender has one confirmation.</summary>
internal sealed class ShortReservations(ICoinReservations inner, IChain chain) : ICoinReservations
{
    public Task<ReservationAnswer> ReserveAsync(string owner, IReadOnlyList<ReservedCoin> coins, CancellationToken cancellation)
        => inner.ReserveAsync(owner, coins, cancellation);

    public Task MarkBroadcastAsync(string owner, Txid txid, CancellationToken cancellation) => inner.MarkBroadcastAsync(owner, txid, cancellation);

    public Task ReleaseAsync(string owner, CancellationToken cancellation) => inner.ReleaseAsync(owner, cancellation);

    public Task SettleAsync(string owner, CancellationToken cancellation) => inner.SettleAsync(owner, cancellation);

    public async Task<IReadOnlyList<CoinReservation>> ListAsync(CancellationToken cancellation)
    {
        foreach (var held in (await inner.ListAsync(cancellation)).Where(held => held.Broadcast is not null).DistinctBy(held => held.Owner))
        {
            if ((await chain.GetSpendingAsync(held.Coin.OutPoint, cancellation)).TryGet(out var spending)
                && spending is OutputSpending.Spent { Status: TransactionStatus.Confirmed })
            {
                await inner.SettleAsync(held.Owner, cancellation);
            }
        }

        return await inner.ListAsync(cancellation);
    }
}
