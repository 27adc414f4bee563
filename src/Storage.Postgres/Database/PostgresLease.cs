using System.Globalization;
using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>The right to write: a session lock on a connection of its own, and the epoch that every write is compared with.</summary>
/// <remarks>The lock says who begins; the epoch is what keeps a coordinator that lost the lock without knowing from writing.</remarks>
internal sealed class PostgresLease : IAsyncDisposable, IDisposable
{
    // By the time and not by one: an older copy that was put back must not give a number again that a forgotten holder still has.
    private const string Raise = """
        UPDATE coordinator.lease SET epoch = GREATEST(epoch + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) RETURNING epoch
        """;

    /// <summary>Seconds that the holder waits for an answer about its own lease. With the pause before it and the attempt to cancel it ends well before the
    /// server frees the lock of a holder that vanished (about 20 s): whoever is cut off knows it before another one begins.</summary>
    private const int AnswerSeconds = 8;

    private readonly NpgsqlConnection _connection;
    private readonly TaskCompletionSource<StorageException> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private readonly PostgresPlace _place;
    private Task _watching = Task.CompletedTask;
    private int _closed;

    private PostgresLease(NpgsqlConnection connection, PostgresPlace place, PostgresServer server, long epoch)
        => (_connection, _place, Server, Epoch) = (connection, place, server, epoch);

    /// <summary>This holder's number; every later holder has a higher one.</summary>
    public long Epoch { get; }

    /// <summary>The server that gave the lease; every other connection must reach the same.</summary>
    public PostgresServer Server { get; }

    /// <summary>Completes with the reason when the lease is gone.</summary>
    public Task<StorageException> Lost => _lost.Task;

    /// <summary>Waits until nobody else holds the lease, brings the schema up to date, and raises the epoch.</summary>
    public static async Task<PostgresLease> TakeAsync(
        PostgresPlace place, PostgresStorageOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(place.Alone);
        try
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            await WaitAsync(connection, place, options, clock, cancellation).ConfigureAwait(false);

            // Looked at with the lock in hand: a server that was promoted while this process stood by is on another timeline.
            var server = await PostgresServer.LookAsync(connection, place.Name, cancellation).ConfigureAwait(false);
            await PostgresMigration.RunAsync(connection, place.Name, cancellation).ConfigureAwait(false);
            var lease = new PostgresLease(connection, place, server, await RaiseAsync(connection, cancellation).ConfigureAwait(false));
            lease._watching = lease.WatchAsync(options.LeasePoll, clock);
            return lease;
        }
        catch (Exception error)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw error is OperationCanceledException && cancellation.IsCancellationRequested ? error : PostgresErrors.From(error, place.Name);
        }
    }

    /// <summary>Says that nothing may be written any more; the first reason stays.</summary>
    public void GiveUp(StorageException reason) => _lost.TrySetResult(reason);

    /// <summary>Ends the session, and with it the lock. Safe to repeat.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            await _closing.CancelAsync().ConfigureAwait(false);
            await _watching.ConfigureAwait(false);
            await UnlockAsync().ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
            _closing.Dispose();
        }
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _closing.Cancel();
            _connection.Dispose();
        }
    }

    // The server ends a session some time after its client went: whoever stands by need not wait for that.
    private async Task UnlockAsync()
    {
        try
        {
            if (!Lost.IsCompleted)
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", _connection) { CommandTimeout = 2 };
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
        {
            // The end of the session unlocks as well.
        }
    }

    private static async Task WaitAsync(
        NpgsqlConnection connection, PostgresPlace place, PostgresStorageOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock({PostgresLocks.Lease})"), connection);
        var told = false;
        while (await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not true)
        {
            if (!told)
            {
                options.StandingBy?.Invoke($"standing by: another coordinator holds the lease of {place.Name}");
                told = true;
            }
            await Task.Delay(options.LeasePoll, clock, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<long> RaiseAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await PostgresMigration.ExclusivelyAsync(connection, cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(Raise, connection);
        var epoch = (long)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return epoch;
    }

    private async Task WatchAsync(TimeSpan pause, TimeProvider clock)
    {
        var cancellation = _closing.Token;
        try
        {
            await using var command = new NpgsqlCommand("SELECT epoch FROM coordinator.lease", _connection) { CommandTimeout = AnswerSeconds };
            while (true)
            {
                await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
                if (await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not long epoch || epoch != Epoch)
                {
                    GiveUp(PostgresErrors.Fenced(_place.Name));
                    return;
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is, the session and its lock are not to be relied on any more.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!cancellation.IsCancellationRequested)
            {
                GiveUp(new StorageException(StorageFault.Fenced, $"the lease of {_place.Name} is lost: the connection that held it broke", error));
            }
        }
    }
}
