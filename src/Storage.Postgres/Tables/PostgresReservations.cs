using System.Collections.Immutable;
using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>Coin reservations that survive a crash: two transactions of ours never spend one coin. One change at a time, so that nobody comes between
/// the look at the coins and the change.</summary>
internal sealed class PostgresReservations(PostgresDatabase database) : IReservationStore
{
    private const string Reserve = """
        WITH wanted AS (SELECT * FROM unnest($1::text[], $2::bigint[]) AS coin(outpoint, satoshis)),
            taken AS (SELECT held.* FROM coordinator.reservation AS held JOIN wanted ON held.outpoint = wanted.outpoint COLLATE "C" WHERE held.owner <> $3),
            stored AS (
                INSERT INTO coordinator.reservation(outpoint, owner, satoshis)
                SELECT outpoint, $3, satoshis FROM wanted WHERE NOT EXISTS (SELECT 1 FROM taken) ON CONFLICT DO NOTHING)
        SELECT outpoint, owner, satoshis, broadcast_txid FROM taken ORDER BY outpoint
        """;

    /// <inheritdoc/>
    public async Task<ReservationResult> ReserveAsync(string owner, IReadOnlyList<CoinToReserve> coins)
    {
        ReservationRules.Require(owner, coins);
        var taken = await database.ReturningAsync(
            Map,
            PostgresLocks.Exclusive(PostgresLocks.Reservations),
            new PostgresStatement(Reserve, coins.Select(coin => coin.Outpoint).ToArray(), coins.Select(coin => coin.Satoshis).ToArray(), owner)).ConfigureAwait(false);
        return new ReservationResult([.. taken]);
    }

    /// <inheritdoc/>
    public Task<int> MarkBroadcastAsync(string owner, string txid)
    {
        ArgumentException.ThrowIfNullOrEmpty(txid);
        return ChangeAsync("UPDATE coordinator.reservation SET broadcast_txid = $2 WHERE owner = $1", owner, txid);
    }

    /// <inheritdoc/>
    public Task<int> ReleaseAsync(string owner) => ChangeAsync("DELETE FROM coordinator.reservation WHERE owner = $1 AND broadcast_txid IS NULL", owner);

    /// <inheritdoc/>
    public Task<int> SettleAsync(string owner) => ChangeAsync("DELETE FROM coordinator.reservation WHERE owner = $1", owner);

    /// <inheritdoc/>
    public async Task<ImmutableArray<StoredReservation>> ListAsync() => [.. await database.ReadAsync(
        "SELECT outpoint, owner, satoshis, broadcast_txid FROM coordinator.reservation ORDER BY outpoint", Map).ConfigureAwait(false)];

    private Task<int> ChangeAsync(string sql, params object?[] values)
        => database.ExecuteAsync(PostgresLocks.Exclusive(PostgresLocks.Reservations), new PostgresStatement(sql, values));

    private static StoredReservation Map(NpgsqlDataReader row)
        => new(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3));
}
