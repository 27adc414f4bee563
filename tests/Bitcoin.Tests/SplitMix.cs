namespace Coordinator.Bitcoin.Tests;

/// <summary>A seeded generator: the same seed gives the same bytes everywhere.</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9e37_79b9_7f4a_7c15;
            z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
            z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
            return z ^ (z >> 31);
        }
    }

    public int Below(int limit) => limit == 0 ? 0 : (int)(Next() % (ulong)limit);

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(Next() & 0xff);
        }

        return bytes;
    }

    /// <summary>The bytes with one to three changes: a flipped bit, another byte, a cut, a doubled piece, a piece put in, or a length blown up.</summary>
    public byte[] Mutate(byte[] source)
    {
        var bytes = source.ToList();
        for (var change = 0; change <= Below(3); change++)
        {
            var at = Below(bytes.Count);
            switch (Below(6))
            {
                case 0 when bytes.Count > 0:
                    bytes[at] ^= (byte)(1 << Below(8));
                    break;
                case 1 when bytes.Count > 0:
                    bytes[at] = (byte)(Next() & 0xff);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(Below(20), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(Below(40), bytes.Count - at)));
                    break;
                case 4:
                    bytes.InsertRange(at, Bytes(Below(8)));
                    break;
                default:
                    bytes.InsertRange(at, [0xfe, 0xff, 0xff, 0xff, 0x7f]);
                    break;
            }
        }

        return [.. bytes];
    }
}
