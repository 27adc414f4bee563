namespace Coordinator.Bitcoin;

/// <summary>
/// Points in libsecp256k1's 64-byte form, with infinity as 64 zero bytes (a value the library itself never writes). All scalars here are
/// public except in <see cref="Generate"/>, which is constant time.
/// </summary>
internal static unsafe class Points
{
    public const int Size = 64;

    /// <summary>The largest number of points that one call of <see cref="Sum"/> takes.</summary>
    public const int MaximumSum = 1_024;

    public static bool IsInfinity(ReadOnlySpan<byte> point64) => !point64.ContainsAnyExcept((byte)0);

    /// <summary>Reads 33 compressed bytes. Where allowed, 33 zero bytes are infinity.</summary>
    public static bool TryParse(ReadOnlySpan<byte> compressed33, bool allowInfinity, Span<byte> point64)
    {
        if (compressed33.Length != 33)
        {
            return false;
        }

        if (compressed33[0] is not (2 or 3))
        {
            point64.Clear();
            return allowInfinity && !compressed33.ContainsAnyExcept((byte)0);
        }

        fixed (byte* output = point64, input = compressed33)
        {
            return Native.secp256k1_ec_pubkey_parse(Native.Context, output, input, 33) == 1;
        }
    }

    /// <summary>Writes 33 compressed bytes, zeros for infinity (dlctix.md §2).</summary>
    public static void Serialize(ReadOnlySpan<byte> point64, Span<byte> compressed33)
    {
        if (IsInfinity(point64))
        {
            compressed33[..33].Clear();
            return;
        }

        nuint length = 33;
        fixed (byte* output = compressed33, input = point64)
        {
            _ = Native.secp256k1_ec_pubkey_serialize(Native.Context, output, &length, input, Native.Compressed);
        }
    }

    /// <summary>point ← scalar·G, constant time; infinity for zero.</summary>
    public static void Generate(ReadOnlySpan<byte> scalar32, Span<byte> point64)
    {
        fixed (byte* output = point64, scalar = scalar32)
        {
            if (Native.secp256k1_ec_pubkey_create(Native.Context, output, scalar) != 1)
            {
                point64[..Size].Clear();
            }
        }
    }

    /// <summary>point ← scalar·point. The scalar is public and reduced.</summary>
    public static void Multiply(Span<byte> point64, ReadOnlySpan<byte> scalar32)
    {
        if (IsInfinity(point64) || Scalars.IsZero(scalar32))
        {
            point64[..Size].Clear();
            return;
        }

        fixed (byte* point = point64, scalar = scalar32)
        {
            _ = Native.secp256k1_ec_pubkey_tweak_mul(Native.Context, point, scalar);
        }
    }

    public static void Negate(Span<byte> point64)
    {
        if (!IsInfinity(point64))
        {
            fixed (byte* point = point64)
            {
                _ = Native.secp256k1_ec_pubkey_negate(Native.Context, point);
            }
        }
    }

    /// <summary>target ← target + term.</summary>
    public static void Add(Span<byte> target64, ReadOnlySpan<byte> term64)
    {
        if (IsInfinity(term64))
        {
            return;
        }

        if (IsInfinity(target64))
        {
            term64.CopyTo(target64);
            return;
        }

        fixed (byte* target = target64, term = term64)
        {
            var inputs = stackalloc byte*[2] { target, term };
            var sum = stackalloc byte[Size];
            if (Native.secp256k1_ec_pubkey_combine(Native.Context, sum, inputs, 2) == 1)
            {
                new ReadOnlySpan<byte>(sum, Size).CopyTo(target64);
            }
            else
            {
                target64[..Size].Clear();
            }
        }
    }

    /// <summary>The sum of <paramref name="count"/> finite points, <paramref name="stride"/> bytes apart.</summary>
    public static void Sum(ReadOnlySpan<byte> points, int stride, int count, Span<byte> sum64)
    {
        if (count is < 1 or > MaximumSum || points.Length < (stride * (count - 1)) + Size)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"between 1 and {MaximumSum} points can be summed");
        }

        fixed (byte* output = sum64, first = points)
        {
            var inputs = stackalloc byte*[count];
            for (var i = 0; i < count; i++)
            {
                inputs[i] = first + (i * stride);
            }

            if (Native.secp256k1_ec_pubkey_combine(Native.Context, output, inputs, (nuint)count) != 1)
            {
                sum64[..Size].Clear();
            }
        }
    }

    public static bool AreEqual(ReadOnlySpan<byte> left64, ReadOnlySpan<byte> right64)
    {
        if (IsInfinity(left64) || IsInfinity(right64))
        {
            return IsInfinity(left64) && IsInfinity(right64);
        }

        fixed (byte* left = left64, right = right64)
        {
            return Native.secp256k1_ec_pubkey_cmp(Native.Context, left, right) == 0;
        }
    }
}
