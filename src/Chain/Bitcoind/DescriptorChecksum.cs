namespace Coordinator.Chain;

/// <summary>The eight characters behind <c>#</c> that a node wants with a descriptor (BIP-380).</summary>
internal static class DescriptorChecksum
{
    private const string Inputs = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    private const string Outputs = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static readonly ulong[] Generator = [0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd];

    /// <summary>The descriptor with its checksum.</summary>
    /// <exception cref="ArgumentException">A character that descriptors do not have.</exception>
    public static string Append(string descriptor)
    {
        var state = 1ul;
        var (group, inGroup) = (0, 0);
        foreach (var character in descriptor)
        {
            var value = Inputs.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
            {
                throw new ArgumentException("a descriptor does not have such a character", nameof(descriptor));
            }

            state = Next(state, (ulong)value & 31);
            (group, inGroup) = ((group * 3) + (value >> 5), inGroup + 1);
            if (inGroup == 3)
            {
                state = Next(state, (ulong)group);
                (group, inGroup) = (0, 0);
            }
        }

        state = inGroup > 0 ? Next(state, (ulong)group) : state;
        for (var i = 0; i < 8; i++)
        {
            state = Next(state, 0);
        }

        state ^= 1;
        return descriptor + "#" + string.Concat(Enumerable.Range(0, 8).Select(i => Outputs[(int)((state >> (5 * (7 - i))) & 31)]));
    }

    private static ulong Next(ulong state, ulong value)
    {
        var top = state >> 35;
        state = ((state & 0x7_ffff_ffff) << 5) ^ value;
        for (var i = 0; i < Generator.Length; i++)
        {
            state ^= ((top >> i) & 1) == 1 ? Generator[i] : 0;
        }

        return state;
    }
}
