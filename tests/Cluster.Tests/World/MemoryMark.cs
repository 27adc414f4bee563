using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>The generation mark, outside of every backup.</summary>
internal sealed class MemoryMark : IGenerationMark
{
    public long? Value { get; set; }

    public long? Read() => Value;

    public void Write(long generation) => Value = generation;
}
