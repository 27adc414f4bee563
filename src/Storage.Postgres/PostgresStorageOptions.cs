using System.Text.Json;

namespace Coordinator.Storage.Postgres;

/// <summary>Which database holds everything, and how documents are written.</summary>
public sealed class PostgresStorageOptions
{
    /// <summary>As Npgsql reads it: host, database, user, password, TLS. A secret: it is quoted in no message. Mandatory.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>How documents are written: names, converters, polymorphism. Default: snake_case member names.
    /// It must never write CLR type names, and what it once wrote it must be able to read.</summary>
    public JsonSerializerOptions Json { get; set; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The generation mark beside the data folder; where it is ahead of the data it counts. Null where there is none.</summary>
    public GenerationMark? File { get; set; }

    /// <summary>Connections that reads and writes share, 2 to 100. One more holds the lease.</summary>
    public int Connections { get; set; } = 16;

    /// <summary>How long one statement may take, whole seconds from 1; then its outcome is unknown.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a process that stands by looks again, and how often the holder makes sure that it still is one.</summary>
    public TimeSpan LeasePoll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Told once when the process begins to stand by, with one sentence for log and health.</summary>
    public Action<string>? StandingBy { get; set; }
}
