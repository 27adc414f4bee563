using Npgsql;

namespace Coordinator.Storage.Postgres;

/// <summary>One statement of a write, and how to read what it answers.</summary>
/// <param name="Sql">With parameters $1, $2, …</param>
/// <param name="Values">Text, 64-bit numbers, bytes, arrays of those, or null.</param>
internal sealed record PostgresStatement(string Sql, params object?[] Values);

/// <summary>The pool: reads as they come, and writes that nobody but the holder of the lease can make. A write that was answered is committed.</summary>
/// <param name="place">The database.</param>
/// <param name="lease">Whose epoch every write carries; owned.</param>
internal sealed class PostgresDatabase(PostgresPlace place, PostgresLease lease) : IAsyncDisposable, IDisposable
{
    private readonly NpgsqlDataSource _source = Build(place, lease);

    /// <summary>"the database NAME on HOST".</summary>
    public string Name => place.Name;

    /// <inheritdoc cref="PostgresLease.Lost"/>
    public Task<StorageException> Lost => lease.Lost;

    /// <summary>The server that gave the lease.</summary>
    public PostgresServer Server => lease.Server;

    /// <summary>Rows of one query. A connection that had broken before is replaced once; a read may repeat.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> map, params object?[] values)
    {
        Require(values);
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await QueryAsync(sql, map, values).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Told as what it is, or tried once more.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (tries > 0 || !PostgresErrors.IsBroken(error))
                {
                    throw PostgresErrors.From(error, Name);
                }
            }
        }
    }

    /// <summary>All statements in one transaction and one round trip, behind the guard. Answered after the commit; never repeated.</summary>
    /// <param name="statements">Where the last one answers rows, those before it are selections that answer one result each.</param>
    /// <returns>How many rows the last statement changed.</returns>
    public async Task<int> ExecuteAsync(params PostgresStatement[] statements)
        => (await WriteAsync<bool>(statements, map: null).ConfigureAwait(false)).Changed;

    /// <summary>As <see cref="ExecuteAsync"/>.</summary>
    /// <returns>The rows that the last statement answers.</returns>
    public async Task<List<T>> ReturningAsync<T>(Func<NpgsqlDataReader, T> map, params PostgresStatement[] statements)
        => (await WriteAsync(statements, map).ConfigureAwait(false)).Rows;

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await lease.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _source.Dispose();
        lease.Dispose();
    }

    private static NpgsqlDataSource Build(PostgresPlace place, PostgresLease lease)
    {
        var builder = new NpgsqlDataSourceBuilder(place.Pooled);
        builder.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("connections are opened asynchronously"),
            async connection =>
            {
                var server = await PostgresServer.LookAsync(connection, place.Name, CancellationToken.None).ConfigureAwait(false);
                if (server != lease.Server)
                {
                    var reason = new StorageException(StorageFault.Fenced, $"{place.Name} is not the one it was: another server answers, or it was restored or failed over");
                    lease.GiveUp(reason);
                    throw reason;
                }
            });
        return builder.Build();
    }

    private static NpgsqlParameter Parameter(object? value) => new() { Value = value ?? DBNull.Value };

    private async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> map, object?[] values)
    {
        var connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddRange(values.Select(Parameter).ToArray());
            await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            return await RowsAsync(reader, map).ConfigureAwait(false);
        }
    }

    private async Task<(int Changed, List<T> Rows)> WriteAsync<T>(PostgresStatement[] statements, Func<NpgsqlDataReader, T>? map)
    {
        foreach (var statement in statements)
        {
            Require(statement.Values);
        }
        if (lease.Lost.IsCompleted)
        {
            throw await lease.Lost.ConfigureAwait(false);
        }
        try
        {
            var answer = await CommitAsync(statements, map).ConfigureAwait(false);
            StorageMeter.Count(1);
            return answer;
        }
#pragma warning disable CA1031 // Told as what it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            var told = PostgresErrors.From(error, Name);
            if (told.Fault == StorageFault.Fenced)
            {
                lease.GiveUp(told);
            }
            throw told;
        }
    }

    // The statements share one implicit transaction. Its commit is known only when the reader has come to the end of all answers.
    private async Task<(int Changed, List<T> Rows)> CommitAsync<T>(PostgresStatement[] statements, Func<NpgsqlDataReader, T>? map)
    {
        var connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var statement in statements.Prepend(new PostgresStatement("SELECT coordinator.guard($1)", lease.Epoch)))
            {
                var command = new NpgsqlBatchCommand(statement.Sql);
                command.Parameters.AddRange(statement.Values.Select(Parameter).ToArray());
                batch.BatchCommands.Add(command);
            }
            List<T> rows = [];
            var result = 0;
            await using var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            do
            {
                // The guard and the locks before the last statement answer one result each.
                if (map is not null && result++ == statements.Length)
                {
                    rows = await RowsAsync(reader, map).ConfigureAwait(false);
                }
            }
            while (await reader.NextResultAsync().ConfigureAwait(false));
            return (batch.BatchCommands[^1].RecordsAffected, rows);
        }
    }

    private static async Task<List<T>> RowsAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> map)
    {
        List<T> rows = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            rows.Add(map(reader));
        }
        return rows;
    }

    private void Require(object?[] values)
    {
        foreach (var text in values.OfType<string>().Concat(values.OfType<string[]>().SelectMany(array => array)))
        {
            if (!IsKeepable(text))
            {
                throw PostgresErrors.Unkeepable(Name);
            }
        }
    }

    private static bool IsKeepable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))))
            {
                return false;
            }
        }
        return true;
    }
}
