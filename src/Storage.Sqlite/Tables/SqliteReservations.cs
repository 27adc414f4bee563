using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>Coin reservations that survive a crash: two transactions of ours never spend one coin.</summary>
/// <param name="database">With the tables of <see cref="Schemas.Bitcoin"/>. Not owned.</param>
public sealed class SqliteReservations(SqliteDatabase database) : IReservationStore
{
    private const string Columns = "SELECT outpoint, owner, satoshis, broadcast_txid FROM reservation";

    /// <inheritdoc/>
    public Task<ReservationResult> ReserveAsync(string owner, IReadOnlyList<CoinToReserve> coins)
    {
        ReservationRules.Require(owner, coins);
        CoinToReserve[] wanted = [.. coins];
        return database.WriteAsync(statements => Reserve(statements, owner, wanted));
    }

    /// <inheritdoc/>
    public Task<int> MarkBroadcastAsync(string owner, string txid)
    {
        ArgumentException.ThrowIfNullOrEmpty(txid);
        return database.ExecuteAsync("UPDATE reservation SET broadcast_txid = $2 WHERE owner = $1", owner, txid);
    }

    /// <inheritdoc/>
    public Task<int> ReleaseAsync(string owner)
        => database.ExecuteAsync("DELETE FROM reservation WHERE owner = $1 AND broadcast_txid IS NULL", owner);

    /// <inheritdoc/>
    public Task<int> SettleAsync(string owner) => database.ExecuteAsync("DELETE FROM reservation WHERE owner = $1", owner);

    /// <inheritdoc/>
    public Task<ImmutableArray<StoredReservation>> ListAsync() => database.ReadAsync(
        statements => statements.Query(Columns + " ORDER BY outpoint", Map).ToImmutableArray());

    // The look and the change are one command of the only writer, so nobody can come between.
    private static ReservationResult Reserve(Statements statements, string owner, CoinToReserve[] wanted)
    {
        var taken = wanted
            .Select(coin => statements.QueryFirst(Columns + " WHERE outpoint = $1 AND owner <> $2", Map, coin.Outpoint, owner))
            .OfType<StoredReservation>()
            .OrderBy(coin => coin.Outpoint, StringComparer.Ordinal)
            .ToImmutableArray();
        foreach (var coin in taken.IsEmpty ? wanted : [])
        {
            statements.Execute("INSERT INTO reservation(outpoint, owner, satoshis) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                coin.Outpoint, owner, coin.Satoshis);
        }
        return new ReservationResult(taken);
    }

    private static StoredReservation Map(SqliteDataReader row)
        => new(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3));
}
