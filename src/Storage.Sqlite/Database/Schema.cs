using System.Collections.Immutable;

namespace Coordinator.Storage.Sqlite;

/// <summary>The tables of one database as a list of steps that only ever grows.</summary>
/// <param name="Name">What the database holds (<c>competitions</c>); a file with another name inside is refused.</param>
/// <param name="Steps">SQL scripts; step n leads from version n to n + 1. A released step is never changed or removed.</param>
public sealed record Schema(string Name, ImmutableArray<string> Steps)
{
    private const string VersionTable = "CREATE TABLE schema_version(name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT";

    /// <summary>Brings an opened file to this version, each step in a transaction of its own.</summary>
    internal void Migrate(Statements statements, string path)
    {
        var version = Version(statements, path);
        if (version > Steps.Length)
        {
            throw new StorageException(StorageFault.Other,
                $"{path} has schema {version} and this program knows only {Steps.Length}: run the newer program, or restore a backup from before it");
        }
        for (; version < Steps.Length; version++)
        {
            Apply(statements, Steps[version], version + 1);
        }
    }

    private int Version(Statements statements, string path)
    {
        // A WAL shipper that saw the new file first has put tables of its own into it.
        var tables = statements.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_litestream_*'", row => row.GetString(0));
        if (tables.Count == 0)
        {
            InTransaction(statements, () =>
            {
                statements.Execute(VersionTable);
                statements.Execute("INSERT INTO schema_version(name, version) VALUES ($1, 0)", Name);
            });
            return 0;
        }
        if (!tables.Contains("schema_version", StringComparer.Ordinal))
        {
            throw new StorageException(StorageFault.Other, $"{path} is not a database of the coordinator");
        }
        var found = statements.QueryFirst("SELECT name, version FROM schema_version", row => (row.GetString(0), row.GetInt32(1)).ToTuple());
        if (found?.Item1 != Name)
        {
            throw new StorageException(StorageFault.Other, $"{path} is the database '{found?.Item1}', not '{Name}'");
        }
        return found.Item2;
    }

    private void Apply(Statements statements, string step, int version) => InTransaction(statements, () =>
    {
        statements.Execute(step);
        statements.Execute("UPDATE schema_version SET version = $1 WHERE name = $2", version, Name);
    });

    private static void InTransaction(Statements statements, Action body)
    {
        statements.Execute("BEGIN IMMEDIATE");
        try
        {
            body();
            statements.Execute("COMMIT");
        }
        catch
        {
            if (statements.InTransaction)
            {
                statements.Execute("ROLLBACK");
            }
            throw;
        }
    }
}
