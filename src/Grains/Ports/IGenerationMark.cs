namespace Coordinator.Grains;

/// <summary>A counter outside of what backups cover: it tells a restored folder from one that went on (D43). Where a host registers none, nothing is told
/// apart.</summary>
public interface IGenerationMark
{
    /// <summary>The mark, or null where there is none.</summary>
    Task<long?> ReadAsync();

    /// <summary>Durable when it completes. Safe to repeat.</summary>
    Task WriteAsync(long generation);
}
