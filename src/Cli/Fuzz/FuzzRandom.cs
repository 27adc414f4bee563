using System.Text;

namespace Coordinator.Cli.Fuzz;

/// <summary>The choices of one case (splitmix64): the same seed and number give the same case.</summary>
internal sealed class FuzzRandom(ulong seed, long number)
{
    private ulong _state = unchecked(seed + ((ulong)number * 0xd1342543de82ef95));

    public ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>0 to below the bound.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    public bool OneIn(int chances) => Below(chances) == 0;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = unchecked((byte)Next());
        }

        return bytes;
    }

    public string Hex(int digits) => Convert.ToHexStringLower(Bytes((digits + 1) / 2))[..digits];

    /// <summary>Text of characters that a request line may have.</summary>
    public string Plain(int length)
    {
        var text = new StringBuilder(length);
        for (var i = 0; i < length; i++)
        {
            text.Append((char)('!' + Below(94)));
        }

        return text.ToString();
    }
}
