namespace Coordinator.Testing;

/// <summary>Seeded randomness of a test: the same seed, the same run.</summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Is shown everything that is drawn as bytes.</summary>
    public Action<byte[]>? Watch { get; init; }

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9e37_79b9_7f4a_7c15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
            z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
            return z ^ (z >> 31);
        }
    }

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>A point whose secret nobody keeps.</summary>
    public Coordinator.Bitcoin.PublicKey PublicKey()
    {
        using var key = Coordinator.Bitcoin.SecretKey.From(Bytes(32));
        return key.PublicKey;
    }

    public void Fill(Span<byte> bytes)
    {
        var drawn = Bytes(bytes.Length);
        drawn.CopyTo(bytes);
    }

    public void Fill(byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = unchecked((byte)Next());
        }

        Watch?.Invoke(bytes);
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    public Guid Uuid7(DateTimeOffset now)
    {
        var bytes = Bytes(16);
        var time = now.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
        {
            bytes[i] = unchecked((byte)(time >> (40 - (8 * i))));
        }

        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new Guid(bytes, bigEndian: true);
    }
}
