using Coordinator.Grains;
using Coordinator.Testing;

namespace Coordinator.Simulation;

/// <summary>Contract work in place.</summary>
internal sealed class InlineWork : IContractWork
{
    public int Cores => 1;

    public Task<T> RunAsync<T>(Func<T> work) => Task.FromResult(work());
}

/// <summary>Ids, preimages and round names from the seed. What else is random (secret nonces, sealing, signatures' own randomness) is the
/// machine's: it reaches neither the order of turns nor the trace.</summary>
internal sealed class SeededEntropy(SplitMix64 random) : IEntropy
{
    public byte[] Bytes(int count) => random.Bytes(count);

    public Guid Uuid7(DateTimeOffset now) => random.Uuid7(now);
}

/// <summary>The generation mark: outside of the disk, and never lost here.</summary>
internal sealed class MemoryMark : IGenerationMark
{
    private long? _generation;

    public Task<long?> ReadAsync() => Task.FromResult(_generation);

    public Task WriteAsync(long generation)
    {
        _generation = generation;
        return Task.CompletedTask;
    }
}
