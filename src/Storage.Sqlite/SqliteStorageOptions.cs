using System.Text.Json;

namespace Coordinator.Storage.Sqlite;

/// <summary>Where the databases are and how documents are written.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>The data folder; created when absent. Mandatory.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>How documents are written: names, converters, polymorphism. Default: snake_case member names.
    /// It must never write CLR type names, and what it once wrote it must be able to read.</summary>
    public JsonSerializerOptions Json { get; set; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>How each file is opened.</summary>
    public SqliteDatabaseOptions Database { get; set; } = new();
}
