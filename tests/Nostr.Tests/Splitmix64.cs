namespace Coordinator.Nostr.Tests;

/// <summary>A seeded source for hostile input.</summary>
internal sealed class Splitmix64(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    internal int Below(int limit) => (int)(Next() % (ulong)limit);

    internal byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)Below(256);
        }

        return bytes;
    }

    /// <summary>A copy with one to four bytes overwritten, cut out or doubled.</summary>
    internal byte[] Mutate(byte[] original)
    {
        var bytes = new List<byte>(original);
        for (var edits = 1 + Below(4); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = Below(bytes.Count);
            switch (Below(3))
            {
                case 0:
                    bytes[at] = (byte)Below(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.Insert(at, bytes[at]);
                    break;
            }
        }

        return [.. bytes];
    }
}
