using Npgsql;

namespace Coordinator.Silo;

/// <summary>The driver that Orleans loads by its name.</summary>
internal static class PostgresDriver
{
    /// <summary>Naming a type of the driver keeps its assembly beside the program.</summary>
    public static string Invariant { get; } = typeof(NpgsqlFactory).Namespace!;
}
