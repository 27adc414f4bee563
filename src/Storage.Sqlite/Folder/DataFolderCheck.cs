using Microsoft.Data.Sqlite;

namespace Coordinator.Storage.Sqlite;

/// <summary>Looks at a data folder without bringing anything up to date: whole files, the right ones, and not newer than this program.</summary>
public static class DataFolderCheck
{
    private static readonly Schema[] Databases = [Schemas.Competitions, Schemas.Users, Schemas.Bitcoin];

    /// <summary>Walks all three databases (<c>integrity_check</c>, <c>foreign_key_check</c>). Slow on large ones; may run beside a service.</summary>
    /// <returns>One sentence for each that is wrong; empty where the folder can be started on.</returns>
    public static IReadOnlyList<string> Complaints(string folder)
        => [.. Databases.Select(schema => Complaint(Path.GetFullPath(Path.Combine(folder, $"{schema.Name}.db")), schema)).OfType<string>()];

    /// <summary>The databases that are missing beside others that hold documents: what is left of a folder, or a restore that was cut short.</summary>
    internal static string? Gap(string folder)
    {
        var (there, missing) = (Databases.Where(schema => File.Exists(PathOf(folder, schema))).ToList(), Databases.Where(schema => !File.Exists(PathOf(folder, schema))).ToList());
        return missing.Count > 0 && there.FirstOrDefault(schema => HasDocuments(PathOf(folder, schema))) is { } full
            ? $"{folder} has documents in {full.Name}.db and no {string.Join(".db, no ", missing.Select(schema => schema.Name))}.db: restore all three from one backup"
            : null;
    }

    private static string PathOf(string folder, Schema schema) => Path.Combine(folder, $"{schema.Name}.db");

    private static bool HasDocuments(string path)
    {
        try
        {
            using var connection = Connect(path);
            return First(connection, "SELECT EXISTS(SELECT 1 FROM grain_state)") == "1";
        }
        catch (SqliteException)
        {
            return false; // damaged or of another kind: its opening says so
        }
    }

    private static string? Complaint(string path, Schema schema)
    {
        if (!File.Exists(path))
        {
            return $"{path} is missing";
        }

        try
        {
            using var connection = Connect(path);
            if (First(connection, "PRAGMA integrity_check(1)") is var whole && whole != "ok")
            {
                return $"{path} is damaged: {whole?.ReplaceLineEndings(" ")}";
            }

            if (First(connection, "SELECT name FROM schema_version") is var name && name != schema.Name)
            {
                return $"{path} is the database '{name}', not '{schema.Name}'";
            }

            var version = int.Parse(First(connection, "SELECT version FROM schema_version") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            return version > schema.Steps.Length ? $"{path} has schema {version} and this program knows only {schema.Steps.Length}"
                : First(connection, "PRAGMA foreign_key_check") is { } table ? $"{path} has a row in {table} whose parent is missing"
                : null;
        }
        catch (SqliteException failure)
        {
            return $"{path} is no database of the coordinator: {failure.Message}";
        }
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static string? First(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;
    }
}
