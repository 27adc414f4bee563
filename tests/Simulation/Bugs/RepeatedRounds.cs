using Coordinator.Dlc;
using Coordinator.Grains;

namespace Coordinator.Simulation;

/// <summary>Gives every signing round the same name: whoever keeps its nonces by the round's name uses them twice.</summary>
internal sealed class RepeatedRounds(IEntropy inner) : IEntropy
{
    // Each life of the service is told the same.
    private static readonly byte[] Name = [.. Enumerable.Repeat((byte)7, RoundBinding.RoundIdSize)];

    public byte[] Bytes(int count) => count == RoundBinding.RoundIdSize ? [.. Name] : inner.Bytes(count);

    public Guid Uuid7(DateTimeOffset now) => inner.Uuid7(now);
}
