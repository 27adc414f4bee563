using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>The generation mark, outside of every backup.</summary>
internal sealed class MemoryMark : IGenerationMark
{
    private readonly HashSet<long> _tried = [];

    public long? Value { get; set; }

    /// <summary>The first attempt to write a generation fails, as if the process had died right before it.</summary>
    public bool FailsFirst { get; set; }

    public Task<long?> ReadAsync() => Task.FromResult(Value);

    public Task WriteAsync(long generation)
    {
        Value = !FailsFirst || !_tried.Add(generation) ? generation : throw new IOException("the process dies before its mark is written");
        return Task.CompletedTask;
    }
}
