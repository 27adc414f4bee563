namespace Coordinator.Competitions;

/// <summary>Orders UUIDs by their 16 bytes as text shows them; never by the machine's own layout of a Guid.</summary>
public sealed class UuidOrder : IComparer<Guid>
{
    private UuidOrder()
    {
    }

    public static UuidOrder BigEndian { get; } = new();

    public int Compare(Guid x, Guid y)
    {
        Span<byte> left = stackalloc byte[16];
        Span<byte> right = stackalloc byte[16];
        x.TryWriteBytes(left, bigEndian: true, out _);
        y.TryWriteBytes(right, bigEndian: true, out _);
        return left.SequenceCompareTo(right);
    }
}
