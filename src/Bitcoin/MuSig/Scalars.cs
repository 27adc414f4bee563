namespace Coordinator.Bitcoin;

/// <summary>
/// Arithmetic modulo the group order on 32 big-endian bytes, zero included. Sums, products and negations run in libsecp256k1 and do not
/// branch on the numbers except on zero, which a secret never is.
/// </summary>
internal static unsafe class Scalars
{
    private static ReadOnlySpan<byte> Order =>
    [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
        0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
    ];

    public static ReadOnlySpan<byte> One =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ];

    /// <summary>True for 32 bytes below the group order; zero is a scalar.</summary>
    public static bool IsReduced(ReadOnlySpan<byte> scalar32) => scalar32.Length == 32 && scalar32.SequenceCompareTo(Order) < 0;

    public static bool IsZero(ReadOnlySpan<byte> scalar32) => !scalar32.ContainsAnyExcept((byte)0);

    /// <summary>Brings a hash below the group order, in place (at most one subtraction, as 2^256 is below 2n).</summary>
    public static void Reduce(Span<byte> hash32)
    {
        if (hash32.SequenceCompareTo(Order) < 0)
        {
            return;
        }

        var borrow = 0;
        for (var i = 31; i >= 0; i--)
        {
            var difference = hash32[i] - Order[i] - borrow;
            borrow = difference < 0 ? 1 : 0;
            hash32[i] = (byte)(difference & 0xff);
        }
    }

    /// <summary>target ← target + term.</summary>
    public static void Add(Span<byte> target32, ReadOnlySpan<byte> term32)
    {
        if (IsZero(target32))
        {
            term32.CopyTo(target32);
            return;
        }

        fixed (byte* target = target32, term = term32)
        {
            if (Native.secp256k1_ec_seckey_tweak_add(Native.Context, target, term) != 1)
            {
                target32.Clear(); // both are reduced, so the call refuses only a sum of zero
            }
        }
    }

    /// <summary>target ← target · factor.</summary>
    public static void Multiply(Span<byte> target32, ReadOnlySpan<byte> factor32)
    {
        fixed (byte* target = target32, factor = factor32)
        {
            if (Native.secp256k1_ec_seckey_tweak_mul(Native.Context, target, factor) != 1)
            {
                target32.Clear(); // one of the two was zero
            }
        }
    }

    /// <summary>target ← −target.</summary>
    public static void Negate(Span<byte> target32)
    {
        fixed (byte* target = target32)
        {
            _ = Native.secp256k1_ec_seckey_negate(Native.Context, target); // zero stays zero
        }
    }
}
