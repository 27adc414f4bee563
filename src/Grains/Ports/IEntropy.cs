namespace Coordinator.Grains;

/// <summary>Randomness and ids; the operating system's in production, seeded in simulation.</summary>
public interface IEntropy
{
    byte[] Bytes(int count);

    /// <summary>A UUIDv7 of this moment.</summary>
    Guid Uuid7(DateTimeOffset now);
}
