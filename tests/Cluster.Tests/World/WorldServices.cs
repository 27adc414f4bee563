using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>Contract work in place.</summary>
internal sealed class InlineWork : IContractWork
{
    public int Cores => 1;

    public Task<T> RunAsync<T>(Func<T> work) => Task.FromResult(work());
}

/// <summary>Ids, preimages and round names from the seed; the musig nonces stay the machine's.</summary>
internal sealed class SeededEntropy(SplitMix64 random) : IEntropy
{
    public byte[] Bytes(int count) => random.Bytes(count);

    public Guid Uuid7(DateTimeOffset now) => random.Uuid7(now);
}
