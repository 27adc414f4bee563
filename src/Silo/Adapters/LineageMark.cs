using Coordinator.Grains;
using Coordinator.Storage.Postgres;

namespace Coordinator.Silo;

/// <summary>The generation mark in the database itself: it holds only in the database, and on the line of its history, in which it was written.</summary>
internal sealed class LineageMark(PostgresLineage lineage) : IGenerationMark
{
    public Task<long?> ReadAsync() => lineage.ReadAsync();

    public Task WriteAsync(long generation) => lineage.WriteAsync(generation);
}
