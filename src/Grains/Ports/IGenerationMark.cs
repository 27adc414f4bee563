namespace Coordinator.Grains;

/// <summary>A counter outside of what backups cover: it tells a restored folder from one that went on (D43). Where a host registers none, nothing is told
/// apart.</summary>
public interface IGenerationMark
{
    /// <summary>The mark, or null where there is none.</summary>
    long? Read();

    /// <summary>Durable when it returns. Safe to repeat.</summary>
    void Write(long generation);
}
