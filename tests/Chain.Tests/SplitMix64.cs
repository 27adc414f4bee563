namespace Coordinator.Chain.Tests;

/// <summary>The seeded source of every property test; the seed goes into the message.</summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next() => unchecked(Mix(_state += 0x9e3779b97f4a7c15));

    /// <summary>From 0 to <paramref name="bound"/> − 1.</summary>
    public long Below(long bound) => (long)(Next() % (ulong)bound);

    public byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => unchecked((byte)Next()))];

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
