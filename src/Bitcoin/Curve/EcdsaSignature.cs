namespace Coordinator.Bitcoin;

/// <summary>Forms of ECDSA signatures: strict DER (BIP-66) and low S (BIP-146).</summary>
public static unsafe class EcdsaSignature
{
    /// <summary>True for strict DER of r and s, without a sighash byte: 8 to 72 bytes.</summary>
    public static bool IsStrictDer(ReadOnlySpan<byte> der)
    {
        if (der.Length is < 8 or > 72 || der[0] != 0x30 || der[1] != der.Length - 2)
        {
            return false;
        }

        var lengthR = der[3];
        if (5 + lengthR >= der.Length)
        {
            return false;
        }

        var lengthS = der[5 + lengthR];
        return lengthR + lengthS + 6 == der.Length
            && der[2] == 0x02 && IsPositive(der.Slice(4, lengthR))
            && der[4 + lengthR] == 0x02 && IsPositive(der.Slice(6 + lengthR, lengthS));
    }

    /// <summary>True where S is at most half the group order. False for what is not strict DER.</summary>
    public static bool IsLowS(ReadOnlySpan<byte> der)
    {
        Span<byte> signature = stackalloc byte[64];
        fixed (byte* sig = signature, input = der)
        {
            return IsStrictDer(der)
                && Native.secp256k1_ecdsa_signature_parse_der(Native.Context, sig, input, (nuint)der.Length) == 1
                && Native.secp256k1_ecdsa_signature_normalize(Native.Context, sig, sig) == 0;
        }
    }

    /// <summary>True for 64 bytes r ‖ s where S is at most half the group order.</summary>
    public static bool IsLowSCompact(ReadOnlySpan<byte> compact64)
    {
        Span<byte> signature = stackalloc byte[64];
        fixed (byte* sig = signature, input = compact64)
        {
            return compact64.Length == 64
                && Native.secp256k1_ecdsa_signature_parse_compact(Native.Context, sig, input) == 1
                && Native.secp256k1_ecdsa_signature_normalize(Native.Context, sig, sig) == 0;
        }
    }

    /// <summary>The same signature with the lower of its two S values, or null for what is not strict DER.</summary>
    public static byte[]? Normalize(ReadOnlySpan<byte> der)
    {
        Span<byte> signature = stackalloc byte[64];
        Span<byte> output = stackalloc byte[72];
        nuint length = 72;
        fixed (byte* sig = signature, input = der, result = output)
        {
            if (!IsStrictDer(der) || Native.secp256k1_ecdsa_signature_parse_der(Native.Context, sig, input, (nuint)der.Length) != 1)
            {
                return null;
            }

            _ = Native.secp256k1_ecdsa_signature_normalize(Native.Context, sig, sig);
            return Native.secp256k1_ecdsa_signature_serialize_der(Native.Context, result, &length, sig) == 1
                ? output[..(int)length].ToArray()
                : null;
        }
    }

    private static bool IsPositive(ReadOnlySpan<byte> integer)
        => integer.Length > 0 && (integer[0] & 0x80) == 0 && (integer.Length == 1 || integer[0] != 0 || (integer[1] & 0x80) != 0);
}
