using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>The prepared statements of one connection. Each SQL text is prepared once and used by one thread only.</summary>
/// <remarks>Parameters are written $1, $2, … in SQL and given in that order. Use it only inside the command or query that received it.</remarks>
public sealed class Statements : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    internal Statements(SqliteConnection connection) => _connection = connection;

    /// <summary>True while a transaction is open; SQLite itself ends one on some errors.</summary>
    internal bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Runs a statement that returns no rows.</summary>
    /// <returns>The number of changed rows.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>All rows, in the order of the query.</summary>
    public IReadOnlyList<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        using var reader = Bind(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }
        return rows;
    }

    /// <summary>The first row, or null when there is none.</summary>
    public T? QueryFirst<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> values)
        where T : class
    {
        using var reader = Bind(sql, values).ExecuteReader();
        return reader.Read() ? map(reader) : null;
    }

    /// <summary>Closes every prepared statement. Safe to repeat.</summary>
    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }
        _prepared.Clear();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = Prepare(sql, values.Length);
            _prepared.Add(sql, command);
        }
        if (command.Parameters.Count != values.Length)
        {
            throw new ArgumentException($"the statement takes {command.Parameters.Count} values and was given {values.Length}", nameof(values));
        }
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
        return command;
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"${i}");
            parameter.Value = DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
