using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Coordinator.Backup.Tests;

/// <summary>What is in a data folder: one hash for each database, over every table's definition and its rows in order. What a shipper keeps for itself does
/// not count.</summary>
internal static class Content
{
    private static readonly string[] Databases = ["competitions", "users", "bitcoin"];

    /// <summary>Reads a folder whether or not somebody writes to it; each database in one snapshot.</summary>
    public static string Of(string folder) => string.Join('\n', Databases.Select(name => $"{name} {Hash(Path.Combine(folder, $"{name}.db"))}"));

    /// <summary>What whoever opens a killed writer's folder as the first one finds: everything that is whole in the logs. The folder itself is left as it is.</summary>
    /// <param name="folder">Nobody writes to it.</param>
    /// <param name="copy">A folder that is made for it.</param>
    public static string AfterRecovery(string folder, string copy)
    {
        Directory.CreateDirectory(copy);
        foreach (var name in Databases.SelectMany(name => new[] { $"{name}.db", $"{name}.db-wal" }).Where(name => File.Exists(Path.Combine(folder, name))))
        {
            File.Copy(Path.Combine(folder, name), Path.Combine(copy, name));
        }

        return Of(copy);
    }

    /// <summary>One value of a query.</summary>
    public static string? Ask(string file, string sql)
    {
        using var connection = Connect(file);
        return Convert.ToString(Rows(connection, sql).FirstOrDefault()?[0], CultureInfo.InvariantCulture);
    }

    private static string Hash(string file)
    {
        using var connection = Connect(file);
        using var snapshot = connection.BeginTransaction(deferred: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var tables = Rows(connection, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_litestream_*' ORDER BY name");
        foreach (var table in tables)
        {
            Add(hash, table);
            var columns = Rows(connection, $"PRAGMA table_info('{table[0]}')").Count;
            var order = string.Join(", ", Enumerable.Range(1, columns));
            foreach (var row in Rows(connection, $"SELECT * FROM \"{table[0]}\" ORDER BY {order}"))
            {
                Add(hash, row);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, object[] row)
    {
        foreach (var value in row)
        {
            var bytes = value switch
            {
                byte[] blob => blob,
                DBNull => [],
                _ => Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture)!),
            };
            hash.AppendData(Encoding.ASCII.GetBytes($"{value.GetType().Name}:{bytes.Length}:"));
            hash.AppendData(bytes);
        }
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static List<object[]> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
